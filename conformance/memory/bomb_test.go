//go:build linux

package memory_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

// CVE-2025-69223: a bomb of 10 GiB in 10 MiB at most stops at its limit, however it
// is read.
func TestBombStopsInLittleMemory(t *testing.T) {
	s := newSite(t)
	table := newResults("Bombs of 10 GiB")
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		name := "bomb-" + coding
		b := codedBodies()[name]
		if b.wire() > 11*mebi {
			t.Fatalf("%s has %d bytes on the wire", name, b.wire())
		}
		for _, work := range []string{"bytes", "json", "text", "lines", "chunks", "read", "write-to"} {
			t.Run(coding+"/"+work, func(t *testing.T) {
				o := order{Work: work, URL: s.plain.URL + "/coded?name=" + name}
				r := measure(t, table, coding+": "+work, o, promised)
				if !r.Bomb || r.Bytes > 8*mebi {
					t.Errorf("%d bytes, %s: want ErrBomb", r.Bytes, r.Err)
				}
			})
		}
	}
}

// A bomb that grows slowly enough for the ratio stops at the limits of the options.
func TestSlowBombStopsAtTheOptions(t *testing.T) {
	s := newSite(t)
	table := newResults("Bodies of 10 GiB that grow 200-fold")
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		for _, c := range []struct {
			name, work    string
			body, decoded int64
			most          int64
			want          error
		}{
			{"bytes, MaxBodyBytes 8 MiB", "bytes", 8 * mebi, 0, promised, aiohttp.ErrBodyTooLarge},
			{"text, MaxBodyBytes 8 MiB", "text", 8 * mebi, 0, promised, aiohttp.ErrBodyTooLarge},
			{"bytes, MaxBodyBytes 64 MiB, the default", "bytes", 0, 0, 2 * promised, aiohttp.ErrBodyTooLarge},
			{"lines, MaxDecodedBytes 20 MiB", "lines", 0, 20 * mebi, promised, aiohttp.ErrBomb},
			{"write-to, MaxDecodedBytes 100 MiB", "write-to", 0, 100 * mebi, promised, aiohttp.ErrBomb},
		} {
			t.Run(coding+"/"+c.name, func(t *testing.T) {
				o := order{Work: c.work, URL: s.plain.URL + "/coded?name=slow-" + coding}
				o.Options.MaxBodyBytes, o.Options.MaxDecodedBytes = c.body, c.decoded
				r := measure(t, table, coding+": "+c.name, o, c.most)
				if r.TooLarge != (c.want == aiohttp.ErrBodyTooLarge) || r.Bomb != (c.want == aiohttp.ErrBomb) {
					t.Errorf("%s, want %v", r.Err, c.want)
				}
				if c.work == "write-to" && r.Bytes != c.decoded {
					t.Errorf("%d bytes, want %d", r.Bytes, c.decoded)
				}
			})
		}
	}
}

// Codings upon each other, each with the largest window: what takes too much is not
// begun.
func TestDeepCodingsInLittleMemory(t *testing.T) {
	s := newSite(t)
	table := newResults("Codings upon each other")
	for _, c := range []struct {
		name, body string
		passed     int64
		bomb       bool
	}{
		{"br twice, windows of 4 MiB", "deep", 32 * mebi, false},
		{"br twice, windows of 16 MiB", "deeper", 0, true},
		{"br five times, windows of 16 MiB", "deepest", 0, true},
	} {
		t.Run(c.body, func(t *testing.T) {
			o := order{Work: "write-to", URL: s.plain.URL + "/coded?name=" + c.body}
			r := measure(t, table, c.name, o, promised)
			if r.Bomb != c.bomb || r.Bytes != c.passed {
				t.Errorf("%d of %d bytes, %s", r.Bytes, c.passed, r.Err)
			}
		})
	}
}
