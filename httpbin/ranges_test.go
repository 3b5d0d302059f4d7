package httpbin_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

func TestParseWait(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"", 0, true},
		{"0", 0, true},
		{"2", 2 * time.Second, true},
		{"1.5", 1500 * time.Millisecond, true},
		{"300ms", 300 * time.Millisecond, true},
		{"10s", 10 * time.Second, true},
		{"10.001s", 0, false},
		{"-1", 0, false},
		{"soon", 0, false},
		{"NaN", 0, false},
	}
	for _, tt := range tests {
		got, err := httpbin.ParseWait(tt.text, 10*time.Second)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("%q: got %v, %v; want %v, ok %v", tt.text, got, err, tt.want, tt.ok)
		}
	}
}

func TestServerManyRangesDoNotMultiply(t *testing.T) {
	// range-bomb: ten thousand ranges of the whole are not the whole ten thousand
	// times.
	req := httptest.NewRequest("GET", "/range/1000", nil)
	req.Header.Set("Range", "bytes=0-"+strings.Repeat(",0-", 10_000))
	w := httptest.NewRecorder()
	httpbin.New().ServeHTTP(w, req)
	if n := w.Body.Len(); n > 2000 {
		t.Errorf("status %d, %d bytes for a body of 1000", w.Code, n)
	}
}

func FuzzParseWait(f *testing.F) {
	f.Add("1.5")
	f.Add("300ms")
	f.Add("-1h")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := httpbin.ParseWait(text, time.Minute)
		if d < 0 || d > time.Minute || err != nil && d != 0 {
			t.Errorf("%q: got %v, %v", text, d, err)
		}
	})
}
