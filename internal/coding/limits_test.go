package coding_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/aiohttp-go/aiohttp/internal/coding"
)

const mebi = 1 << 20

// repeat is a body of one head and a block again and again.
type repeat struct {
	left  []byte
	block []byte
	times int
}

func (r *repeat) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		if r.times == 0 {
			return 0, io.EOF
		}
		r.times--
		r.left = r.block
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// bombs are bodies of 10 GiB of zeros in 10 MiB or far less.
var bombs = []struct {
	coding string
	open   func() io.Reader
}{
	{"gzip", func() io.Reader {
		head, block := zeroBlocks(codecs[2])
		return &repeat{append([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), head...), block, 10 << 10}
	}},
	{"deflate", func() io.Reader {
		head, block := zeroBlocks(codecs[2])
		return &repeat{append([]byte("\x78\x9c"), head...), block, 10 << 10}
	}},
	{"br", func() io.Reader {
		head, block := zeroBlocks(codecs[3])
		return &repeat{head, block, 10 << 10}
	}},
	{"zstd", func() io.Reader {
		// A frame of 1 MiB window and run-length blocks of 128 KiB, 4 bytes each.
		var block [4]byte
		binary.LittleEndian.PutUint32(block[:], 128<<10<<3|1<<1)
		return &repeat{[]byte("\x28\xb5\x2f\xfd\x00\x50"), block[:], 10 << 30 / (128 << 10)}
	}},
}

// zeroBlocks gives a stream of 1 MiB of zeros, and what continues it by as many.
func zeroBlocks(c codec) (head, block []byte) {
	var b bytes.Buffer
	w := c.open(&b)
	zeros := make([]byte, mebi)
	must(w.Write(zeros))
	w.Flush()
	head = bytes.Clone(b.Bytes())
	b.Reset()
	must(w.Write(zeros))
	w.Flush()
	return head, b.Bytes()
}

func TestBombStopsAtItsLimit(t *testing.T) {
	// CVE-2025-69223: a bomb stops at a limit, whatever it is made of.
	tests := []struct {
		name   string
		limits coding.Limits
		limit  coding.Limit
		least  int64 // bytes that are given before the error
		most   int64
	}{
		// Sources are used in steps of 4 KiB, each of which may grow as far as the ratio.
		{"default", coding.Limits{}, coding.LimitRatio, mebi, 4 * mebi},
		{"ratio", coding.Limits{MaxRatio: 100}, coding.LimitRatio, mebi, 2 * mebi},
		{"bytes", coding.Limits{MaxBytes: 5*mebi + 1, MaxRatio: -1}, coding.LimitBytes, 5*mebi + 1, 5*mebi + 1},
		{"many-bytes", coding.Limits{MaxBytes: 16 * mebi, MaxRatio: -1}, coding.LimitBytes, 16 * mebi, 16 * mebi},
	}
	for _, b := range bombs {
		for _, tt := range tests {
			t.Run(b.coding+"/"+tt.name, func(t *testing.T) {
				r, err := coding.NewReader(b.open(), []string{b.coding}, tt.limits)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				n, err := io.Copy(io.Discard, r)
				runtime.ReadMemStats(&after)
				var bomb *coding.BombError
				if !errors.As(err, &bomb) || bomb.Limit != tt.limit || bomb.Coding != b.coding {
					t.Fatalf("got %v after %d bytes, want a *coding.BombError of limit %d", err, n, tt.limit)
				}
				if n < tt.least || n > tt.most {
					t.Errorf("got %d bytes, want %d to %d", n, tt.least, tt.most)
				}
				if bomb.Decoded < n || bomb.Decoded > n+64<<10 || bomb.Encoded <= 0 || bomb.Encoded > mebi {
					t.Errorf("sizes in the error: decoded %d, encoded %d", bomb.Decoded, bomb.Encoded)
				}
				// The largest window is brotli's, of 16 MiB.
				if got := after.TotalAlloc - before.TotalAlloc; got > 40*mebi {
					t.Errorf("allocated %d MiB", got/mebi)
				}
			})
		}
	}
}

func TestBombInsideABomb(t *testing.T) {
	gz, br := codecs[0], codecs[3]
	zeros := strings.Repeat("\x00", 4*mebi)
	tests := []struct {
		name, encoding, want string
		body                 []byte
	}{
		{"inner", "gzip, br", "decode gzip", br.encode(string(gz.encode(zeros)))},
		{"outer", "gzip, br", "decode br", br.encode(string(gz.encode("")) + zeros)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(bytes.NewReader(tt.body), tt.encoding, coding.Limits{})
			var bomb *coding.BombError
			if !errors.As(err, &bomb) || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %d bytes, %v, want a bomb: %s", len(got), err, tt.want)
			}
		})
	}
}

func TestLimitBytesLetsTheExactSizePass(t *testing.T) {
	text := prose(100_000)
	eachCodec(t, func(t *testing.T, c codec) {
		encoded := c.encode(text)
		for _, tt := range []struct {
			limit int64
			want  int
			ok    bool
		}{{100_001, 100_000, true}, {100_000, 100_000, true}, {99_999, 99_999, false}, {1, 1, false}, {0, 100_000, true}, {-1, 100_000, true}} {
			got, err := decode(bytes.NewReader(encoded), c.coding, coding.Limits{MaxBytes: tt.limit})
			if got != text[:tt.want] || (err == nil) != tt.ok {
				t.Errorf("limit %d: got %d bytes, %v, want %d and success %v", tt.limit, len(got), err, tt.want, tt.ok)
			}
		}
	})
}

func TestLimitRatioLetsContentPass(t *testing.T) {
	var rows strings.Builder
	for rows.Len() < 3*mebi/2 {
		rows.WriteString("<tr><td class=\"number\">0</td><td class=\"name\">nobody</td></tr>\n")
	}
	text := prose(9 * mebi / 8)
	for _, c := range codecs {
		if got, err := decode(bytes.NewReader(c.encode(text)), c.coding, coding.Limits{}); err != nil || got != text {
			t.Errorf("prose in %s: got %d bytes, %v", c.name, len(got), err)
		}
	}
	zeros := strings.Repeat("\x00", mebi)
	if got, err := decode(bytes.NewReader(codecs[4].encode(zeros)), "zstd", coding.Limits{}); err != nil || got != zeros {
		t.Errorf("1 MiB of zeros: got %d bytes, %v", len(got), err)
	}
	// The same row again and again is as much as gzip is good for, and passes.
	if got, err := decode(bytes.NewReader(codecs[0].encode(rows.String())), "gzip", coding.Limits{}); err != nil {
		t.Errorf("rows in gzip: got %d bytes, %v", len(got), err)
	}
}

func TestLimitMembers(t *testing.T) {
	// CVE-2026-128131, CVE-2022-30631: many members, most of them empty.
	member := codecs[0].encode("x")
	empty := codecs[0].encode("")
	padding := make([]byte, 10_000)
	tests := []struct {
		name   string
		body   []byte
		limits coding.Limits
		want   int // bytes
		ok     bool
	}{
		{"default", bytes.Repeat(member, 1024), coding.Limits{}, 1024, true},
		{"over-default", bytes.Repeat(member, 1025), coding.Limits{}, 1024, false},
		{"empty-ones", bytes.Repeat(empty, 1025), coding.Limits{}, 0, false},
		{"own", bytes.Repeat(member, 3), coding.Limits{MaxMembers: 2}, 2, false},
		{"none", bytes.Repeat(member, 2000), coding.Limits{MaxMembers: -1}, 2000, true},
		{"padding", append(bytes.Repeat(member, 2), padding...), coding.Limits{MaxMembers: 2}, 2, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(bytes.NewReader(tt.body), "gzip", tt.limits)
			if len(got) != tt.want || (err == nil) != tt.ok {
				t.Errorf("got %d bytes, %v, want %d and success %v", len(got), err, tt.want, tt.ok)
			}
			var bomb *coding.BombError
			if !tt.ok && (!errors.As(err, &bomb) || bomb.Limit != coding.LimitMembers) {
				t.Errorf("got %v, want a *coding.BombError of LimitMembers", err)
			}
		})
	}
}

// A frame of one raw block says how much the decoder would have to remember.
func TestLimitWindow(t *testing.T) {
	// zstd-window: a frame may ask for gigabytes to be remembered.
	const rawLast = "\x09\x00\x00x" // a last, raw block of one byte
	tests := []struct {
		name, frame string
		ok          bool
	}{
		{"8-mib", "\x28\xb5\x2f\xfd\x00\x68" + rawLast, true},
		{"9-mib", "\x28\xb5\x2f\xfd\x00\x69" + rawLast, false},
		{"2-tib", "\x28\xb5\x2f\xfd\x00\xf8" + rawLast, false},
		{"one-segment-of-9-mib", "\x28\xb5\x2f\xfd\xa0\x00\x00\x90\x00" + rawLast, false},
		{"one-segment-of-2-eib", "\x28\xb5\x2f\xfd\xe0\x00\x00\x00\x00\x00\x00\x00\x20" + rawLast, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(strings.NewReader(tt.frame), "zstd", coding.Limits{})
			var bomb *coding.BombError
			switch {
			case tt.ok && (got != "x" || err != nil):
				t.Errorf("got %q, %v, want it to pass", got, err)
			case !tt.ok && (!errors.As(err, &bomb) || bomb.Limit != coding.LimitWindow):
				t.Errorf("got %q, %v, want a *coding.BombError of LimitWindow", got, err)
			}
		})
	}
}

func TestBombErrorText(t *testing.T) {
	tests := []struct {
		err  coding.BombError
		want string
	}{
		{coding.BombError{Coding: "gzip", Limit: coding.LimitBytes, Max: 67108864, Decoded: 67108865, Encoded: 65300}, "decode gzip: more than 67108864 bytes (67108865 bytes of 65300)"},
		{coding.BombError{Coding: "br", Limit: coding.LimitRatio, Max: 1000, Decoded: 1048577, Encoded: 14}, "decode br: grows more than 1000-fold (1048577 bytes of 14)"},
		{coding.BombError{Coding: "gzip", Limit: coding.LimitMembers, Max: 1024, Encoded: 20480}, "decode gzip: more than 1024 members (0 bytes of 20480)"},
		{coding.BombError{Coding: "zstd", Limit: coding.LimitWindow, Max: 8388608, Encoded: 6}, "decode zstd: window of more than 8388608 bytes (0 bytes of 6)"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

// Codings on top of each other share a limit of memory: what each asks for by its
// first byte is added up.
func TestLimitWindowOfAllCodings(t *testing.T) {
	window := func(bits int) codec {
		return codec{"br", "br", func(w io.Writer) encoder {
			return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: 1, LGWin: bits})
		}}
	}
	zstd := codecs[4]
	for _, tt := range []struct {
		name     string
		encoding string
		layers   []codec // in the order in which they are applied
		ok       bool
	}{
		{"br-24", "br", []codec{window(24)}, true},
		{"br-24-twice", "br, br", []codec{window(24), window(24)}, false},
		{"br-22-twice", "br, br", []codec{window(22), window(22)}, true},
		{"br-22-five-times", "br, br, br, br, br", []codec{window(22), window(22), window(22), window(22), window(22)}, true},
		{"br-23-twice", "br, br", []codec{window(23), window(23)}, true},
		{"br-23-thrice", "br, br, br", []codec{window(23), window(23), window(23)}, false},
		{"br-24-and-16", "br, br", []codec{window(24), window(16)}, true},
		{"br-24-and-10", "br, br", []codec{window(24), window(10)}, true},
		{"br-24-in-zstd", "br, zstd", []codec{window(24), zstd}, true},
		{"br-24-in-zstd-twice", "br, zstd, zstd", []codec{window(24), zstd, zstd}, false},
		{"zstd-four-times", "zstd, zstd, zstd, zstd", []codec{zstd, zstd, zstd, zstd}, true},
		{"zstd-five-times", "zstd, zstd, zstd, zstd, zstd", []codec{zstd, zstd, zstd, zstd, zstd}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := "text"
			for _, c := range tt.layers {
				body = string(c.encode(body))
			}
			for range 2 { // the second has layers of the pool
				got, err := decode(strings.NewReader(body), tt.encoding, coding.Limits{})
				var bomb *coding.BombError
				switch {
				case tt.ok && (got != "text" || err != nil):
					t.Errorf("got %q, %v, want it to pass", got, err)
				case !tt.ok && (!errors.As(err, &bomb) || bomb.Limit != coding.LimitWindow || !errors.Is(err, coding.ErrBomb)):
					t.Errorf("got %q, %v, want a *coding.BombError of LimitWindow", got, err)
				}
			}
		})
	}
}
