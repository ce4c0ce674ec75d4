package stdlib

import (
	"regexp"
	"slices"
	"testing"
)

// The expressions, each with a text, and what its groups match there.
const (
	emailExpr = `([a-zA-Z0-9._%+\-]+)@([a-zA-Z0-9.\-]+\.[a-zA-Z]{2,})`
	emailText = "Dear customer service, my parcel 00-4711 hasn't come yet; could you please look into this and " +
		"write to jane.doe+parcels@mail.example.co.uk (rather than call)? Thank you."

	// A line of an access log in the combined format.
	logLineExpr = `^(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) ([^"]*)" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"$`
	logLineText = `203.0.113.42 - alice [13/Aug/2024:16:28:07 +0000] "GET /downloads/go1.23.0.src.tar.gz?mirror=2 ` +
		`HTTP/1.1" 200 28163 "https://example.org/news/index.html" "Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101"`
)

var (
	emailGroups   = []string{"jane.doe+parcels@mail.example.co.uk", "jane.doe+parcels", "mail.example.co.uk"}
	logLineGroups = []string{
		logLineText, "203.0.113.42", "-", "alice", "13/Aug/2024:16:28:07 +0000", "GET",
		"/downloads/go1.23.0.src.tar.gz?mirror=2", "HTTP/1.1", "200", "28163", "https://example.org/news/index.html",
		"Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101",
	}
)

// compiled returns the compiled expression, which must match text with exactly these groups.
func compiled(b *testing.B, expr, text string, groups []string) *regexp.Regexp {
	b.Helper()
	re, err := regexp.Compile(expr)
	if err != nil {
		b.Fatalf("regexp.Compile: %v", err)
	}
	if got := re.FindStringSubmatch(text); !slices.Equal(got, groups) {
		b.Fatalf("%s matches %q, want %q", expr, got, groups)
	}
	return re
}

// sinkRegexp takes the result of BenchmarkRegexpCompile.
var sinkRegexp *regexp.Regexp

// BenchmarkRegexpCompile measures regexp.Compile of an expression for lines of an access log.
func BenchmarkRegexpCompile(b *testing.B) {
	b.Run("LogLine", func(b *testing.B) {
		if got := compiled(b, logLineExpr, logLineText, logLineGroups).NumSubexp(); got != 11 {
			b.Fatalf("the compiled expression has %d groups, want 11", got)
		}
		measure(b, func() {
			re, err := regexp.Compile(logLineExpr)
			if err != nil {
				b.Fatalf("regexp.Compile: %v", err)
			}
			sinkRegexp = re
		})
	})
}

// BenchmarkRegexpMatch measures finding an e-mail address and a whole log line, with their groups.
func BenchmarkRegexpMatch(b *testing.B) {
	for _, match := range []struct {
		name, expr, text string
		groups           []string
	}{
		{"Email", emailExpr, emailText, emailGroups},
		{"LogLine", logLineExpr, logLineText, logLineGroups},
	} {
		b.Run(match.name, func(b *testing.B) {
			re := compiled(b, match.expr, match.text, match.groups)
			b.SetBytes(int64(len(match.text)))
			measure(b, func() { sinkStrings = re.FindStringSubmatch(match.text) })
		})
	}
}
