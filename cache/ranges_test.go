package cache_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

// parts are ranges of a stored "0123456789", and what is answered: with nothing, the
// origin is asked.
var parts = []struct {
	name    string
	request []string
	status  int
	body    string
	content string
}{
	{"first and last", []string{"Range: bytes=2-4"}, 206, "234", "bytes 2-4/10"},
	{"open end", []string{"Range: bytes=7-"}, 206, "789", "bytes 7-9/10"},
	{"suffix", []string{"Range: bytes=-3"}, 206, "789", "bytes 7-9/10"},
	{"beyond the end", []string{"Range: bytes=8-100"}, 206, "89", "bytes 8-9/10"},
	{"long suffix", []string{"Range: bytes=-100"}, 206, "0123456789", "bytes 0-9/10"},
	{"any case", []string{"Range: BYTES=0-0"}, 206, "0", "bytes 0-0/10"},
	{"several", []string{"Range: bytes=0-1,3-4"}, 0, "", ""},
	{"not there", []string{"Range: bytes=10-"}, 0, "", ""},
	{"nothing", []string{"Range: bytes=-0"}, 0, "", ""},
	{"backwards", []string{"Range: bytes=4-2"}, 0, "", ""},
	{"another unit", []string{"Range: lines=0-1"}, 0, "", ""},
	{"no numbers", []string{"Range: bytes=a-b"}, 0, "", ""},
	{"signed", []string{"Range: bytes=+1-+2"}, 0, "", ""},
	{"huge", []string{"Range: bytes=0-99999999999999999999"}, 0, "", ""},
	{"two lines", []string{"Range: bytes=0-1", "Range: bytes=3-4"}, 0, "", ""},
	{"if the tag is the same", []string{"Range: bytes=0-1", `If-Range: "1"`}, 206, "01", "bytes 0-1/10"},
	{"if another is", []string{"Range: bytes=0-1", `If-Range: "2"`}, 200, "0123456789", ""},
	{"if a weak one is", []string{"Range: bytes=0-1", `If-Range: W/"1"`}, 200, "0123456789", ""},
	{"if the time is the same", []string{"Range: bytes=0-1", "If-Range: " + lastWeek}, 206, "01", "bytes 0-1/10"},
	{"if another time is", []string{"Range: bytes=0-1", "If-Range: Sun, 19 Dec 1999 00:00:00 GMT"}, 200, "0123456789", ""},
	{"a condition goes first", []string{"Range: bytes=0-1", `If-None-Match: "1"`}, 304, "", ""},
}

func TestCacheServesRangesOfWholeResponses(t *testing.T) {
	for _, tt := range parts {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := each(
					answering(200, "0123456789", `Etag: "1"`, "Last-Modified: "+lastWeek, "Cache-Control: max-age=60", "Content-Length: 10"),
					answering(206, "of the origin", "Content-Range: bytes 0-12/99"),
				)
				c := front(t, o)
				c.get()
				g := c.get(tt.request...)
				if tt.status == 0 {
					g.want(t, cache.Bypass, 206, "of the origin")
					c.get().want(t, hit, 200, "0123456789")
					return
				}
				g.want(t, hit, tt.status, tt.body)
				if got := g.Header.Get("Content-Range"); got != tt.content {
					t.Errorf("got Content-Range %q, want %q", got, tt.content)
				}
				if tt.status == 206 && (g.ContentLength != int64(len(tt.body)) || g.Header.Get("Etag") != `"1"`) {
					t.Errorf("got a length of %d, fields %v", g.ContentLength, g.Header)
				}
			})
		})
	}
}

// A part is not stored, and never taken for the whole.
func TestCacheDoesNotStoreParts(t *testing.T) {
	c := front(t, each(
		answering(206, "01", "Content-Range: bytes 0-1/4", "Cache-Control: max-age=60"),
		answering(206, "01", "Content-Range: bytes 0-1/4", "Cache-Control: max-age=60"),
		answering(200, "0123", "Cache-Control: max-age=60"),
	))
	c.get("Range: bytes=0-1").want(t, miss, 206, "01")
	c.get().want(t, miss, 206, "01") // of a broken origin
	c.get().want(t, miss, 200, "0123")
	c.get().want(t, hit, 200, "0123")
}

func TestCacheRevalidatesForARange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := each(
			answering(200, "0123", `Etag: "1"`, "Cache-Control: max-age=10"),
			answering(304, "", `Etag: "1"`, "Cache-Control: max-age=10"),
			answering(206, "45", `Etag: "2"`, "Content-Range: bytes 1-2/9"),
		)
		c := front(t, o)
		c.get()
		time.Sleep(10 * time.Second)
		c.get("Range: bytes=1-2").want(t, cache.Revalidated, 206, "12")
		if got := o.seen[1].Header; got.Get("If-None-Match") != `"1"` || got.Get("Range") != "bytes=1-2" {
			t.Errorf("sent %v", got)
		}
		c.get().want(t, hit, 200, "0123")
		time.Sleep(10 * time.Second)
		c.get("Range: bytes=1-2").want(t, miss, 206, "45")
	})
}

// The bytes of a response that was decompressed on its way are not those that the
// origin counts.
func TestCacheLeavesRangesOfDecodedBodiesToTheOrigin(t *testing.T) {
	o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
		resp := reply(req, 200, "decoded", "Cache-Control: max-age=60")
		resp.Uncompressed = n == 1
		return resp, nil
	}}
	c := front(t, o)
	if g := c.get(); !g.Uncompressed {
		t.Error("it does not say that it was decoded")
	}
	if g := c.get(); !g.Uncompressed || g.outcome != hit {
		t.Errorf("%s does not say that it was decoded", g.outcome)
	}
	c.get("Range: bytes=0-1").want(t, cache.Bypass, 200, "decoded")
}
