package fetch

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

const (
	// The protocol allows a file, and an index, 50,000 URLs and 52,428,800 bytes.
	// https://www.sitemaps.org/protocol.html#index
	maxSitemapURLs  = 50_000
	maxSitemapBytes = 52_428_800

	// maxSitemaps is how many sitemaps one call reads: as many as one index may
	// list. An index that lists itself would never end otherwise.
	maxSitemaps = 50_000

	// The protocol lets an index list sitemaps only; sites that nest indexes
	// stop at one more level.
	maxSitemapDepth = 3

	// The protocol allows 2,048 characters for a URL; the rest is room for the
	// markup around it.
	maxSitemapTokenBytes = 64 << 10
)

// Sitemap fetches a sitemap and yields the URLs in it, as they are read. An
// index is followed, one sitemap after the other; gzip is decoded. The limits
// of the protocol hold: 50,000 URLs and 50 MiB a file; and there are 50,000
// sitemaps at most. What is wrong with one sitemap yields an error beside an
// Item with its URL, and the next one of the index is read.
//
// It does not hold a sitemap in memory, only the list of an index.
func Sitemap(ctx context.Context, s *aiohttp.Session, url string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		left := maxSitemaps
		walkSitemap(ctx, s, url, 1, &left, yield)
	}
}

// walkSitemap reports whether to go on. left is how many more may be read.
func walkSitemap(ctx context.Context, s *aiohttp.Session, url string, depth int, left *int, yield func(Item, error) bool) bool {
	if *left--; *left < 0 {
		yield(Item{URL: url}, fmt.Errorf("sitemap %s: more than %d sitemaps", shorten(secret.Text(url), 200), maxSitemaps))
		return false
	}
	if depth > maxSitemapDepth {
		return yield(Item{URL: url}, fmt.Errorf("sitemap %s: more than %d levels of indexes", shorten(secret.Text(url), 200), maxSitemapDepth))
	}
	index, more, err := readSitemap(ctx, s, url, yield)
	if !more {
		return false
	}
	if err != nil && !yield(Item{URL: url}, fmt.Errorf("sitemap %s: %w", shorten(secret.Text(url), 200), err)) {
		return false
	}
	for _, child := range index {
		if ctx.Err() != nil {
			return false
		}
		if !walkSitemap(ctx, s, child, depth+1, left, yield) {
			return false
		}
	}
	return true
}

// readSitemap yields the URLs of one sitemap and gives those of an index.
func readSitemap(ctx context.Context, s *aiohttp.Session, url string, yield func(Item, error) bool) (index []string, more bool, err error) {
	resp, err := s.Get(ctx, url)
	if err != nil {
		return nil, true, err
	}
	defer resp.Close()
	if resp.Status != 200 {
		return nil, true, fmt.Errorf("status %d", resp.Status)
	}
	br := bufio.NewReader(resp)
	body := io.Reader(br)
	if magic, _ := br.Peek(2); string(magic) == "\x1f\x8b" { // sitemap.xml.gz is no Content-Encoding
		if body, err = gzip.NewReader(br); err != nil {
			return nil, true, err
		}
	}
	for loc, err := range locations(body) {
		if err != nil {
			return index, true, err
		}
		if loc.index {
			index = append(index, loc.url)
		} else if !yield(Item{URL: loc.url}, nil) {
			return nil, false, nil
		}
	}
	return index, true, nil
}

type location struct {
	url   string
	index bool // of a sitemap, not a page
}

// locations reads the <loc> of each <url> and <sitemap>.
func locations(r io.Reader) iter.Seq2[location, error] {
	return func(yield func(location, error) bool) {
		bounded := &tokenReader{r: r}
		d := xml.NewDecoder(bounded)
		var (
			root, entry string // names of the elements around
			depth, n    int
			text        strings.Builder
		)
		for {
			bounded.token = 0
			tok, err := d.RawToken()
			if err == io.EOF && root != "" && depth == 0 {
				return
			}
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			if err != nil {
				yield(location{}, err)
				return
			}
			switch t := tok.(type) {
			case xml.StartElement:
				switch depth++; depth {
				case 1:
					if root = t.Name.Local; root != "urlset" && root != "sitemapindex" {
						yield(location{}, fmt.Errorf("no sitemap: begins with <%s>", shorten(root, 40)))
						return
					}
				case 2:
					entry = t.Name.Local
				}
				text.Reset()
			case xml.CharData:
				if depth == 3 && text.Len()+len(t) <= maxSitemapTokenBytes {
					text.Write(t)
				}
			case xml.EndElement:
				if depth == 3 && t.Name.Local == "loc" && (entry == "url" || entry == "sitemap") {
					if n++; n > maxSitemapURLs {
						yield(location{}, fmt.Errorf("more than %d URLs", maxSitemapURLs))
						return
					}
					loc := location{url: strings.TrimSpace(text.String()), index: entry == "sitemap"}
					if !yield(loc, nil) {
						return
					}
				}
				depth--
				text.Reset()
			}
		}
	}
}

// A tokenReader bounds what is read in all and for one token.
type tokenReader struct {
	r            io.Reader
	total, token int
}

func (t *tokenReader) Read(p []byte) (int, error) {
	if t.total >= maxSitemapBytes {
		return 0, fmt.Errorf("more than %d bytes", maxSitemapBytes)
	}
	if t.token >= maxSitemapTokenBytes {
		return 0, errors.New("an element of more than 64 KiB")
	}
	n, err := t.r.Read(p)
	t.total += n
	t.token += n
	return n, err
}
