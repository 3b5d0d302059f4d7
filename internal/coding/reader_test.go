package coding_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/coding"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestReaderRoundTrip(t *testing.T) {
	texts := map[string]string{"empty": "", "byte": "x", "page": prose(20_000), "large": prose(300_000), "binary": "\x00\xff\x1f\x8b"}
	sources := map[string]func(io.Reader) io.Reader{
		"whole":    func(r io.Reader) io.Reader { return r },
		"bytewise": iotest.OneByteReader,
		"half":     iotest.HalfReader,
		"eof-with": iotest.DataErrReader,
	}
	eachCodec(t, func(t *testing.T, c codec) {
		for name, text := range texts {
			encoded := c.encode(text)
			for source, wrap := range sources {
				t.Run(name+"/"+source, func(t *testing.T) {
					got, err := decode(wrap(bytes.NewReader(encoded)), c.coding, coding.Limits{})
					if err != nil || got != text {
						t.Errorf("got %d bytes, %v, want the %d that were encoded", len(got), err, len(text))
					}
				})
			}
		}
	})
}

func TestReaderSmallReads(t *testing.T) {
	text := prose(3000)
	eachCodec(t, func(t *testing.T, c codec) {
		r, err := coding.NewReader(bytes.NewReader(c.encode(text)), []string{c.coding}, coding.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, []byte(text)); err != nil {
			t.Error(err)
		}
		r.Close()
	})
}

func TestReaderUndoesSeveralCodingsInReverseOrder(t *testing.T) {
	text := prose(5000)
	for _, first := range codecs {
		for _, second := range codecs {
			t.Run(first.name+"-then-"+second.name, func(t *testing.T) {
				encoded := second.encode(string(first.encode(text)))
				got, err := decode(bytes.NewReader(encoded), first.coding+", identity, "+second.coding, coding.Limits{})
				if err != nil || got != text {
					t.Errorf("got %d bytes, %v, want the %d that were encoded", len(got), err, len(text))
				}
			})
		}
	}
}

func TestReaderNames(t *testing.T) {
	for _, tt := range []struct{ encoding, body string }{
		{"", "as it is"},
		{"identity", "as it is"},
		{"X-GZIP", string(codecs[0].encode("as it is"))},
	} {
		if got, err := decode(strings.NewReader(tt.body), tt.encoding, coding.Limits{MaxBytes: 100}); err != nil || got != "as it is" {
			t.Errorf("%q: got %q, %v", tt.encoding, got, err)
		}
	}
}

func TestReaderEmptyBodyIsEmpty(t *testing.T) {
	for _, encoding := range []string{"", "gzip", "deflate", "br", "zstd", "gzip, br", "zstd, deflate"} {
		if got, err := decode(strings.NewReader(""), encoding, coding.Limits{}); err != nil || got != "" {
			t.Errorf("%q: got %q, %v, want nothing and no error", encoding, got, err)
		}
	}
}

// A body that ends too soon never passes for a whole one, wherever it is cut.
func TestReaderCutShort(t *testing.T) {
	text := prose(2000)
	eachCodec(t, func(t *testing.T, c codec) {
		encoded := c.encode(text)
		for n := 1; n < len(encoded); n++ {
			got, err := decode(bytes.NewReader(encoded[:n]), c.coding, coding.Limits{})
			var damaged *coding.Error
			if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, &damaged) || damaged.Coding != c.coding {
				t.Fatalf("cut after %d of %d bytes: got error %v, want a *coding.Error of %s around io.ErrUnexpectedEOF", n, len(encoded), err, c.coding)
			}
			if !strings.HasPrefix(text, got) {
				t.Fatalf("cut after %d bytes: got bytes that were not encoded", n)
			}
		}
	})
}

// What the source says is passed on, even where a decoder could take it for the end.
func TestReaderSourceFails(t *testing.T) {
	text := prose(2000)
	for _, boom := range []error{errors.New("boom"), io.ErrUnexpectedEOF} {
		eachCodec(t, func(t *testing.T, c codec) {
			encoded := c.encode(text)
			for n := range len(encoded) + 1 {
				src := io.MultiReader(bytes.NewReader(encoded[:n]), iotest.ErrReader(boom))
				if _, err := decode(src, c.coding, coding.Limits{}); err != boom {
					t.Fatalf("source fails after %d of %d bytes: got %v, want %v itself", n, len(encoded), err, boom)
				}
			}
		})
	}
}

func TestReaderDamaged(t *testing.T) {
	flip := func(c codec, text string, at int) []byte {
		b := c.encode(text)
		b[(at+len(b))%len(b)] ^= 0x40
		return b
	}
	text := prose(2000)
	gz, zl, raw, br, zs := codecs[0], codecs[1], codecs[2], codecs[3], codecs[4]
	tests := []struct {
		name, coding string
		body         []byte
		want         string
	}{
		{"gzip-magic", "gzip", flip(gz, text, 0), "decode gzip: invalid header"},
		{"gzip-crc", "gzip", flip(gz, text, -8), "decode gzip: invalid checksum"},
		{"gzip-size", "gzip", flip(gz, text, -4), "decode gzip: invalid checksum"},
		{"gzip-cut-name", "gzip", []byte("\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x00name"), "decode gzip: unexpected EOF"},
		{"gzip-garbage", "gzip", append(gz.encode(text), "garbage"...), "decode gzip: garbage after the end"},
		{"gzip-garbage-in-padding", "gzip", append(gz.encode(text), "\x00\x00x"...), "decode gzip: garbage after the end"},
		{"gzip-half-a-member", "gzip", append(gz.encode(text), "\x1f\x8b"...), "decode gzip: unexpected EOF"},
		{"zlib-sum", "deflate", flip(zl, text, -1), "decode deflate: zlib: invalid checksum"},
		{"zlib-garbage", "deflate", append(zl.encode(text), "garbage"...), "decode deflate: garbage after the end"},
		{"zlib-dictionary", "deflate", []byte("\x78\xbb\x01\x02\x03\x04rest"), "decode deflate: zlib: invalid dictionary"},
		{"raw-garbage", "deflate", append(raw.encode(text), "garbage"...), "decode deflate: garbage after the end"},
		{"raw-block-type", "deflate", []byte("\x07\x00"), "decode deflate: flate: corrupt input before offset 1"},
		{"br-garbage", "br", append(br.encode(text), "garbage"...), "decode br: brotli: excessive input"},
		{"zstd-magic", "zstd", flip(zs, text, 0), "decode zstd: invalid input: magic number mismatch"},
		{"zstd-sum", "zstd", flip(zs, text, -1), "decode zstd: CRC check failed"},
		{"zstd-garbage", "zstd", append(zs.encode(text), "garbage"...), "decode zstd: invalid input: magic number mismatch"},
		{"inner", "gzip, br", br.encode("this is no gzip"), "decode gzip: invalid header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decode(bytes.NewReader(tt.body), tt.coding, coding.Limits{})
			var damaged *coding.Error
			if !errors.As(err, &damaged) || err.Error() != tt.want {
				t.Errorf("got %T %v, want *coding.Error %s", err, err, tt.want)
			}
		})
	}
}

func TestReaderZstdFrames(t *testing.T) {
	zs := codecs[4]
	skippable := "\x50\x2a\x4d\x18\x04\x00\x00\x00skip"
	body := skippable + string(zs.encode("one ")) + skippable + string(zs.encode("")) + string(zs.encode("two")) + skippable
	if got, err := decode(strings.NewReader(body), "zstd", coding.Limits{}); err != nil || got != "one two" {
		t.Errorf("got %q, %v", got, err)
	}
}

// Nothing is read before the first Read, and nothing after Close.
func TestReaderIsLazy(t *testing.T) {
	eachCodec(t, func(t *testing.T, c codec) {
		src := &countingReader{r: bytes.NewReader(c.encode(prose(400_000)))}
		r, err := coding.NewReader(src, []string{c.coding}, coding.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if src.n != 0 {
			t.Errorf("NewReader read %d bytes", src.n)
		}
		if _, err := r.Read(make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		before := src.n
		// zstd has blocks of up to 128 KiB, that is what one Read may need.
		if total := src.n + src.r.Len(); before > total/2 {
			t.Errorf("the first Read took %d of %d bytes", before, total)
		}
		for range 2 {
			if err := r.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}
		if src.n != before {
			t.Errorf("Close read %d bytes", src.n-before)
		}
		if n, err := r.Read(make([]byte, 10)); n != 0 || err != coding.ErrClosed {
			t.Errorf("read after close: %d, %v, want 0, ErrClosed", n, err)
		}
	})
}

type countingReader struct {
	r *bytes.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func TestReaderCloseBeforeRead(t *testing.T) {
	eachCodec(t, func(t *testing.T, c codec) {
		r, err := coding.NewReader(iotest.ErrReader(errors.New("touched")), []string{c.coding}, coding.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestReaderEndIsRepeated(t *testing.T) {
	eachCodec(t, func(t *testing.T, c codec) {
		for _, body := range [][]byte{c.encode("x"), c.encode(prose(100))[:20]} {
			r, err := coding.NewReader(bytes.NewReader(body), []string{c.coding}, coding.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			_, want := io.ReadAll(r)
			if want == nil {
				want = io.EOF
			}
			for range 2 {
				if n, err := r.Read(make([]byte, 1)); n != 0 || err != want {
					t.Errorf("got %d, %v, want 0, %v", n, err, want)
				}
			}
			r.Close()
		}
	})
}

// A sender that flushes is heard at once, whatever the size of the buffer read into.
func TestReaderDoesNotWaitForMore(t *testing.T) {
	eachCodec(t, func(t *testing.T, c codec) {
		synctest.Test(t, func(t *testing.T) {
			client, server := testnet.Pipe()
			defer client.Close()
			go func() {
				defer server.Close()
				w := c.open(server)
				for i := range 3 {
					fmt.Fprintf(w, "event %d", i)
					w.Flush()
					time.Sleep(time.Minute)
				}
				w.Close()
			}()
			r, err := coding.NewReader(client, []string{c.coding}, coding.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			start := time.Now()
			for i := range 3 {
				buf := make([]byte, 4096)
				n, err := r.Read(buf)
				if got, want := string(buf[:n]), fmt.Sprintf("event %d", i); got != want || err != nil {
					t.Fatalf("got %q, %v, want %q", got, err, want)
				}
				if got, want := time.Since(start), time.Duration(i)*time.Minute; got != want {
					t.Errorf("event %d came after %v, want %v", i, got, want)
				}
			}
			if rest, err := io.ReadAll(r); len(rest) != 0 || err != nil {
				t.Errorf("after the last event: %q, %v", rest, err)
			}
		})
	})
}

// Close while a Read waits does not wait for it, and the decoder is not handed on to
// somebody else before that Read is over.
func TestReaderCloseWhileReading(t *testing.T) {
	eachCodec(t, func(t *testing.T, c codec) {
		synctest.Test(t, func(t *testing.T) {
			client, server := testnet.Pipe()
			defer server.Close()
			encoded := c.encode(prose(2000))
			server.Write(encoded[:len(encoded)/2])
			r, err := coding.NewReader(client, []string{c.coding}, coding.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan error)
			go func() {
				_, err := io.Copy(io.Discard, r)
				done <- err
			}()
			synctest.Wait()
			if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("second Read at the same time: %d, %v, want an error", n, err)
			}
			r.Close()
			if got, err := decode(bytes.NewReader(encoded), c.coding, coding.Limits{}); err != nil || got != prose(2000) {
				t.Errorf("another body: %d bytes, %v", len(got), err)
			}
			client.Close()
			if err := <-done; err == nil {
				t.Error("the Read that waited gave no error")
			}
			if _, err := r.Read(make([]byte, 1)); err != coding.ErrClosed {
				t.Errorf("read after close: %v, want ErrClosed", err)
			}
		})
	})
}

// A decoder from the pool knows nothing of the body before, however that ended.
func TestReaderReuse(t *testing.T) {
	text := prose(10_000)
	eachCodec(t, func(t *testing.T, c codec) {
		encoded := c.encode(text)
		var wg sync.WaitGroup
		for worker := range 4 {
			wg.Go(func() {
				for i := range 30 {
					body := bytes.Clone(encoded)
					switch (i + worker) % 3 {
					case 0:
						body = body[:i*len(body)/30]
					case 1:
						body[i*len(body)/30] ^= 0xff
					}
					r, err := coding.NewReader(bytes.NewReader(body), []string{c.coding}, coding.Limits{MaxBytes: 1 << 20})
					if err != nil {
						t.Error(err)
						return
					}
					io.CopyN(io.Discard, r, int64(i*1000))
					r.Close()
					if got, err := decode(bytes.NewReader(encoded), c.coding, coding.Limits{}); err != nil || got != text {
						t.Errorf("got %d bytes, %v", len(got), err)
					}
				}
			})
		}
		wg.Wait()
	})
}

// Decoders are pooled for all tests of a process, bubbles are not: a channel of one
// must not come to another.
func TestReaderInBubbles(t *testing.T) {
	text := prose(1000)
	eachCodec(t, func(t *testing.T, c codec) {
		encoded := c.encode(text)
		once := func(t *testing.T) {
			if got, err := decode(bytes.NewReader(encoded), c.coding, coding.Limits{}); err != nil || got != text {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		}
		for range 20 {
			synctest.Test(t, once)
			once(t)
		}
	})
}
