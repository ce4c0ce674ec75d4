package networking

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	pb "google.golang.org/grpc/interop/grpc_testing"
)

// messages is the number of messages each way in a call of GRPC/Streaming; all of them
// fit into the flow-control window, so that sending them never waits for receiving.
const messages = 100

// payloadSize is the size of the content of a message.
const payloadSize = 128

// BenchmarkGRPC measures calls on one gRPC connection: one unary, or one streaming 100 messages each way.
func BenchmarkGRPC(b *testing.B) {
	server := serveGRPC(b)
	connection, err := grpc.NewClient("passthrough:///"+server.address(),
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy(), grpc.WithDisableServiceConfig())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = connection.Close() })

	client := &grpcClient{stub: pb.NewTestServiceClient(connection), content: randomBytes(payloadSize)}
	server.expect(b, 1, client.unary)
	server.expect(b, 0, times(5, client.unary))
	server.expect(b, 0, times(2, client.stream))

	warmUp(b, 1, client.unary)
	b.Run("Unary", func(b *testing.B) { repeat(b, client.unary) })
	warmUp(b, 1, client.stream)
	b.Run("Streaming", func(b *testing.B) { repeat(b, client.stream) })
}

// grpcClient makes calls of an echoService and checks the answers.
type grpcClient struct {
	stub    pb.TestServiceClient
	content []byte
}

// unary makes a call with one request and one response.
func (c *grpcClient) unary() error {
	response, err := c.stub.UnaryCall(context.Background(), &pb.SimpleRequest{Payload: &pb.Payload{Body: c.content}})
	if err != nil {
		return err
	}
	return c.compare(response.GetPayload())
}

// stream makes a call that sends some messages and receives as many.
func (c *grpcClient) stream() error {
	call, err := c.stub.FullDuplexCall(context.Background())
	if err != nil {
		return err
	}
	for range messages {
		if err := call.Send(&pb.StreamingOutputCallRequest{Payload: &pb.Payload{Body: c.content}}); err != nil {
			return err
		}
	}
	if err := call.CloseSend(); err != nil {
		return err
	}
	received := 0
	for ; ; received++ {
		response, err := call.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := c.compare(response.GetPayload()); err != nil {
			return err
		}
	}
	if received != messages {
		return fmt.Errorf("received %d messages, want %d", received, messages)
	}
	return nil
}

// compare checks that a payload is the one that was sent.
func (c *grpcClient) compare(payload *pb.Payload) error {
	if !bytes.Equal(payload.GetBody(), c.content) {
		return fmt.Errorf("received %x, want %x", payload.GetBody(), c.content)
	}
	return nil
}

// echoService sends back the payloads that it receives.
type echoService struct {
	pb.UnimplementedTestServiceServer
}

func (echoService) UnaryCall(_ context.Context, request *pb.SimpleRequest) (*pb.SimpleResponse, error) {
	return &pb.SimpleResponse{Payload: request.GetPayload()}, nil
}

func (echoService) FullDuplexCall(call pb.TestService_FullDuplexCallServer) error {
	for {
		request, err := call.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := call.Send(&pb.StreamingOutputCallResponse{Payload: request.GetPayload()}); err != nil {
			return err
		}
	}
}

// serveGRPC starts a server of echoService that runs until b is done.
func serveGRPC(b *testing.B) *countingListener {
	b.Helper()
	l := listen(b)
	server := grpc.NewServer()
	pb.RegisterTestServiceServer(server, echoService{})
	var running sync.WaitGroup
	running.Add(1)
	go func() {
		defer running.Done()
		if err := server.Serve(l); err != nil {
			b.Errorf("server: %v", err)
		}
	}()
	b.Cleanup(func() {
		server.Stop()
		running.Wait()
	})
	return l
}
