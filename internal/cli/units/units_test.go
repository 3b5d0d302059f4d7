package units_test

import (
	"math"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/cli/units"
)

func TestBytes(t *testing.T) {
	tests := []struct {
		n    int64
		want string
	}{
		{-1, "?"}, {0, "0 B"}, {1023, "1023 B"}, {1024, "1 KiB"}, {1536, "1.5 KiB"},
		{10 << 10, "10 KiB"}, {1023 << 10, "1.0 MiB"}, {1 << 20, "1 MiB"}, {12 << 20, "12 MiB"},
		{5 << 30, "5 GiB"}, {math.MaxInt64, "8 EiB"},
	}
	for _, tt := range tests {
		if got := units.Bytes(tt.n); got != tt.want {
			t.Errorf("Bytes(%d) = %q, want %q", tt.n, got, tt.want)
		}
	}
}

func TestDuration(t *testing.T) {
	tests := []struct {
		d    time.Duration
		want string
	}{
		{0, "0 ms"},
		{310 * time.Microsecond, "0.31 ms"},
		{999600 * time.Nanosecond, "1.0 ms"},
		{4 * time.Microsecond, "0.00 ms"},
		{1200 * time.Microsecond, "1.2 ms"},
		{12 * time.Millisecond, "12 ms"},
		{999600 * time.Microsecond, "1.0 s"},
		{1300 * time.Millisecond, "1.3 s"},
		{99 * time.Second, "99.0 s"},
		{100 * time.Second, "1m40s"},
		{3*time.Hour + 7*time.Minute, "3h07m"},
		{98 * time.Hour, "4d02h"},
		{-2 * time.Second, "-2.0 s"},
	}
	for _, tt := range tests {
		if got := units.Duration(tt.d); got != tt.want {
			t.Errorf("Duration(%v) = %q, want %q", tt.d, got, tt.want)
		}
	}
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 0: "0s", 41 * time.Second: "41s",
		59*time.Second + 600*time.Millisecond: "1m00s", 125 * time.Second: "2m05s",
	} {
		if got := units.Clock(d); got != want {
			t.Errorf("Clock(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -100: "-100", 1234567: "1,234,567",
	} {
		if got := units.Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestRates(t *testing.T) {
	tests := []struct{ got, want string }{
		{units.Rate(0), "0 B/s"},
		{units.Rate(math.NaN()), "? B/s"},
		{units.Rate(math.Inf(1)), "? B/s"},
		{units.Rate(3.1 * (1 << 20)), "3.1 MiB/s"},
		{units.PerSecond(0.5), "0.5/s"},
		{units.PerSecond(41.2), "41/s"},
		{units.PerSecond(1309.7), "1,310/s"},
		{units.Plural(1, "page", "pages"), "1 page"},
		{units.Plural(1200, "page", "pages"), "1,200 pages"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "500": 500, "500B": 500, "10k": 10 << 10, "10 MiB": 10 << 20, "1.5G": 3 << 29, "2TB": 2 << 40,
	} {
		if got, err := units.ParseBytes(text); err != nil || got != want {
			t.Errorf("ParseBytes(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "0", "-1", "M", "10X", "10MM", "NaN", "Inf", "1e30", "0.5", "1IB", "1BB", "1I", "9999999T"} {
		if got, err := units.ParseBytes(bad); err == nil {
			t.Errorf("ParseBytes(%q) = %d, want an error", bad, got)
		}
	}
}

func FuzzParseBytes(f *testing.F) {
	for _, s := range []string{"10M", "1.5 GiB", "", "k", "0x10", "1_000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := units.ParseBytes(text); err == nil && n < 1 {
			t.Fatalf("ParseBytes(%q) = %d", text, n)
		}
	})
}
