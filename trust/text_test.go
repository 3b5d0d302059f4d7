package trust_test

import (
	"crypto/x509/pkix"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/trust"
)

func TestMomentTellsTheDistance(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		offset time.Duration
		want   string
	}{
		{0, "2026-11-22 12:00 UTC (a moment ago)"},
		{time.Second, "2026-11-22 12:00 UTC (in a moment)"},
		{-90 * time.Second, "2026-11-22 11:58 UTC (90 seconds ago)"},
		{-119 * time.Minute, "2026-11-22 10:01 UTC (119 minutes ago)"},
		{47 * time.Hour, "2026-11-24 11:00 UTC (in 47 hours)"},
		{-48 * time.Hour, "2026-11-20 (2 days ago)"},
		{59 * day, "2027-01-20 (in 59 days)"},
		{-60 * day, "2026-09-23 (2 months ago)"},
		{-729 * day, "2024-11-23 (24 months ago)"},
		{-730 * day, "2024-11-22 (2 years ago)"},
	}
	for _, tt := range tests {
		if got := trust.Moment(now.Add(tt.offset).In(time.FixedZone("", 3600)), now); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.offset, got, tt.want)
		}
	}
}

func TestNameGivesTheTellingParts(t *testing.T) {
	tests := []struct {
		name pkix.Name
		want string
	}{
		{pkix.Name{CommonName: "R3", Organization: []string{"Let's Encrypt"}}, "CN=R3 (Let's Encrypt)"},
		{pkix.Name{CommonName: "R3"}, "CN=R3"},
		{pkix.Name{Organization: []string{"Example\n"}, Country: []string{"DE"}}, "O=Example\uFFFD"},
		{pkix.Name{Country: []string{"DE"}}, "C=DE"},
		{pkix.Name{}, ""},
	}
	for _, tt := range tests {
		if got := trust.Name(tt.name); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestCleanBoundsTheText(t *testing.T) {
	got := trust.Clean(strings.Repeat("ü", 1000) + "\u202e")
	if want := strings.Repeat("ü", 300) + "..."; got != want {
		t.Errorf("got %d bytes: %q", len(got), got)
	}
	if got := trust.Clean("a\u202eb\xff"); got != "a\uFFFDb\uFFFD" {
		t.Errorf("got %q", got)
	}
}
