package cookie_test

import (
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/cookie"
)

// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.1
func TestParseDate(t *testing.T) {
	day := time.Date(2007, 8, 7, 8, 4, 19, 0, time.UTC)
	for _, c := range []struct {
		in   string
		want time.Time // zero: must fail
	}{
		{"Tue, 07 Aug 2007 08:04:19 GMT", day},
		{"Tuesday, 07-Aug-07 08:04:19 GMT", day},
		{"Tue Aug  7 8:4:19 2007", day},
		{"2007 AUGUST 7th 08:04:19.5", day},
		{"07 08:04:19 aug 2007 08 2008 09:09:09", day},
		{"\"7/aug/2007@08:04:19\"", day},
		{"7 aug 2007\x01 08:04:19", day},
		{"7aug 7 2007 08:04:19", time.Time{}}, // "7aug" is the day and "7" neither month nor year
		{"1 jan 69 0:0:0", time.Date(2069, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"1 jan 70 0:0:0", time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"1 jan 099 0:0:0", time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"29 feb 2024 0:0:0", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
		{"29 feb 2023 0:0:0", time.Time{}},
		{"31 apr 2023 0:0:0", time.Time{}},
		{"0 jan 2023 0:0:0", time.Time{}},
		{"32 jan 2023 0:0:0", time.Time{}},
		{"1 jan 1600 0:0:0", time.Time{}},
		{"1 jan 1601 0:0:0", time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"1 jan 100 0:0:0", time.Time{}},
		{"1 jan 2023 24:0:0", time.Time{}},
		{"1 jan 2023 0:60:0", time.Time{}},
		{"1 jan 2023 0:0:60", time.Time{}},
		{"1 jan 2023 0:0", time.Time{}},
		{"1 jan 2023 000:0:0", time.Time{}},
		{"1 jan 2023 0:0:000", time.Time{}},
		{"1 jan 20233 0:0:0", time.Time{}},
		{"1 ja\u0148 2023 0:0:0", time.Time{}},
		{"1 2023 0:0:0", time.Time{}},
		{"", time.Time{}},
	} {
		got, ok := cookie.ParseDate(c.in)
		if ok == c.want.IsZero() || ok && !got.Equal(c.want) {
			t.Errorf("ParseDate(%q) = %v, %v, want %v", c.in, got, ok, c.want)
		}
	}
}
