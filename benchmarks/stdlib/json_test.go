package stdlib

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"reflect"
	"testing"
	"time"
)

type order struct {
	ID        int64             `json:"id"`
	Reference string            `json:"reference"`
	Created   time.Time         `json:"created"`
	Paid      bool              `json:"paid"`
	Total     float64           `json:"total"`
	Customer  customer          `json:"customer"`
	Items     []orderItem       `json:"items"`
	Labels    map[string]string `json:"labels"`
	Note      string            `json:"note,omitempty"`
	Parent    *int64            `json:"parent"`
}

type customer struct {
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	Addresses []address `json:"addresses"`
}

type address struct {
	Street   string     `json:"street"`
	City     string     `json:"city"`
	Postcode string     `json:"postcode"`
	Location [2]float64 `json:"location"`
}

type orderItem struct {
	SKU      string   `json:"sku"`
	Title    string   `json:"title"`
	Quantity int      `json:"quantity"`
	Price    float64  `json:"price"`
	Tags     []string `json:"tags"`
	Discount *float64 `json:"discount,omitempty"`
}

// The JSON of mediumOrder, which must not change unnoticed: it is what is measured.
const (
	orderJSONLen = 4866
	orderJSONCRC = 0xdae95bfc
)

// mediumOrder returns a nested document of about 5 KB as JSON, always the same one.
func mediumOrder() order {
	discount := 0.15
	o := order{
		ID:        9007199254740991,
		Reference: "ORD-2024-000117",
		Created:   time.Date(2024, time.August, 13, 16, 28, 7, 250_000_000, time.UTC),
		Paid:      true,
		Total:     1843.75,
		Customer:  customer{Name: "Zoë \"Zo\" Müller-Østergård", Email: "zoe.mueller@example.org"},
		Labels:    map[string]string{"channel": "web", "currency": "EUR", "priority": "normal", "warehouse": "AMS-2"},
		Note:      "Leave with neighbour <no. 12>\nif not at home & call.",
	}
	for i := range 2 {
		o.Customer.Addresses = append(o.Customer.Addresses, address{
			Street:   fmt.Sprintf("%d Harbour View Road", 17*(i+1)),
			City:     "Rotterdam",
			Postcode: fmt.Sprintf("30%02d AB", 11+i),
			Location: [2]float64{51.9225 + float64(i)/8, 4.47917},
		})
	}
	for i := range 30 {
		item := orderItem{
			SKU:      fmt.Sprintf("SKU-%05d", 7919*(i+1)%100_000),
			Title:    fmt.Sprintf("Stainless steel widget, size %d, pack of %d", i%7+1, 5*(i%4+1)),
			Quantity: i%5 + 1,
			Price:    float64(199+i*125) / 100,
			Tags:     []string{"hardware", "steel", fmt.Sprintf("size-%d", i%7+1)},
		}
		if i%3 == 0 {
			item.Discount = &discount
		}
		o.Items = append(o.Items, item)
	}
	return o
}

// encodeOrder returns mediumOrder and its JSON, having checked that JSON.
func encodeOrder(b *testing.B) (order, []byte) {
	b.Helper()
	doc := mediumOrder()
	data, err := json.Marshal(doc)
	if err != nil {
		b.Fatalf("json.Marshal: %v", err)
	}
	if crc := crc32.ChecksumIEEE(data); len(data) != orderJSONLen || crc != orderJSONCRC {
		b.Fatalf("json.Marshal gave %d bytes with CRC %#08x, want %d bytes with CRC %#08x",
			len(data), crc, orderJSONLen, orderJSONCRC)
	}
	return doc, data
}

// BenchmarkJSONEncode measures json.Marshal of a nested order of 30 items, about 5 KB of JSON.
func BenchmarkJSONEncode(b *testing.B) {
	b.Run("Medium", func(b *testing.B) {
		doc, want := encodeOrder(b)
		if !json.Valid(want) || !bytes.Contains(want, []byte(`\u003cno. 12\u003e\nif`)) {
			b.Fatalf("json.Marshal gave JSON that is invalid or not escaped for HTML:\n%s", want)
		}
		b.SetBytes(int64(len(want)))
		measure(b, func() {
			data, err := json.Marshal(&doc)
			if err != nil {
				b.Fatalf("json.Marshal: %v", err)
			}
			sinkBytes = data
		})
	})
}

// sinkOrder takes the result of BenchmarkJSONDecode.
var sinkOrder *order

// BenchmarkJSONDecode measures json.Unmarshal of about 5 KB of JSON into a fresh nested struct.
func BenchmarkJSONDecode(b *testing.B) {
	b.Run("Medium", func(b *testing.B) {
		want, data := encodeOrder(b)
		var got order
		if err := json.Unmarshal(data, &got); err != nil {
			b.Fatalf("json.Unmarshal: %v", err)
		}
		if !reflect.DeepEqual(got, want) {
			b.Fatalf("json.Unmarshal gave another document than was encoded:\n%+v\nwant\n%+v", got, want)
		}
		b.SetBytes(int64(len(data)))
		measure(b, func() {
			doc := new(order)
			if err := json.Unmarshal(data, doc); err != nil {
				b.Fatalf("json.Unmarshal: %v", err)
			}
			sinkOrder = doc
		})
	})
}
