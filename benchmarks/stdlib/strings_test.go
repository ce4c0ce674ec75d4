package stdlib

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// BenchmarkStrings measures joining 200 fields with a strings.Builder and splitting them again.
func BenchmarkStrings(b *testing.B) {
	fields := make([]string, 200)
	for i := range fields {
		fields[i] = fmt.Sprintf("field-%d", i*i)
	}
	const separator = ','
	line := strings.Join(fields, string(separator))

	b.Run("Builder", func(b *testing.B) {
		build := func() string {
			var sb strings.Builder
			for i, field := range fields {
				if i > 0 {
					sb.WriteByte(separator)
				}
				sb.WriteString(field)
			}
			return sb.String()
		}
		if got := build(); got != line {
			b.Fatalf("strings.Builder built %q, want %q", got, line)
		}
		b.SetBytes(int64(len(line)))
		measure(b, func() { sinkString = build() })
	})

	b.Run("Split", func(b *testing.B) {
		if got := strings.Split(line, string(separator)); !slices.Equal(got, fields) {
			b.Fatalf("strings.Split gave %d fields %q, want %d fields %q", len(got), got, len(fields), fields)
		}
		b.SetBytes(int64(len(line)))
		measure(b, func() { sinkStrings = strings.Split(line, string(separator)) })
	})
}
