"""The 76 benchmarks, as promised: a change of this list is a change of what users compare."""

from __future__ import annotations

_RUNTIME = """
GCThroughput GCLatency GCSmallObjects GCMixedWorkload SyncMap/SingleThreaded SyncMap/Parallel SwissMapLarge
SwissMapPresized/Presized SwissMapPresized/GrowAsNeeded SwissMapIteration/Size1000 MapAccess/Sequential
MapAccess/Random GoroutineCreate StackGrowth ChannelPingPong MutexContention AtomicContention
SmallAllocSpecialized/Size64 SyncPool EscapeAnalysis/Heap
"""

_STDLIB = """
JSONEncode/Medium JSONDecode/Medium BinaryEncode/Append BinaryDecode/Read Base64/Encode Base64/Decode
IOReadAll/Size1KB IOReadAll/Size1MB BufferedIO/Reader BufferedIO/Writer IOWriteString AESCTR/Size1KB
AESCTR/Size64KB AESCTR/Size1MB AESGCM/Size1KB AESGCM/Size64KB AESGCM/Size1MB RSAKeyGen/Bits2048
RSAKeyGen/Bits4096 SHA/SHA1 SHA/SHA256 SHA/SHA512 SHA/SHA3_256 CRC32/IEEE FNVHash/FNV1a_64 MD5
RegexpCompile/LogLine RegexpMatch/Email RegexpMatch/LogLine Strings/Builder Strings/Split Gzip/Compress
Gzip/Decompress Deflate/Compress Deflate/Decompress
"""

_NETWORKING = """
TCPConnect/Sequential TCPConnect/Parallel TCPKeepAlive/Default TCPThroughput/64KB TLSHandshake/TLS12
TLSHandshake/TLS13 TLSHandshake/TLS13_ECDHE TLSResume/SessionResume TLSThroughput/64KB HTTPRequest/GET_Small
HTTPRequest/POST_1KB HTTP2/Sequential HTTP2/Parallel_10 HTTP2/Throughput ConnectionPool/ColdPool
ConnectionPool/WarmPool ConnectionPool/WarmPool_Parallel GRPC/Unary GRPC/Streaming QUIC/Handshake
QUIC/Throughput
"""

NAMES = {
    package: text.split() for package, text in (("runtime", _RUNTIME), ("stdlib", _STDLIB), ("networking", _NETWORKING))
}
