package httpbin_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/aiohttp-go/aiohttp/httpbin"
	"github.com/google/go-cmp/cmp"
)

// The golden streams have been read by andybalholm/brotli and klauspost/zstd.
func TestStoredGolden(t *testing.T) {
	tests := []struct {
		name   string
		encode func(dst, src []byte) []byte
		src    string
		want   string
	}{
		{"brotli", httpbin.AppendBrotli, "hello", "400010" + "68656c6c6f" + "03"},
		{"brotli-empty", httpbin.AppendBrotli, "", "06"},
		{"zstd", httpbin.AppendZstd, "hello", "28b52ffda005000000" + "290000" + "68656c6c6f"},
		{"zstd-empty", httpbin.AppendZstd, "", "28b52ffda000000000" + "010000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := hex.EncodeToString(tt.encode(nil, []byte(tt.src)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStoredDividesLargeBodiesInBlocks(t *testing.T) {
	for _, size := range []int{1, 1<<16 - 1, 1 << 16, 1<<16 + 1, 128 << 10, 128<<10 + 1, 300_000} {
		src := bytes.Repeat([]byte("abcdefg"), size/7+1)[:size]
		if got := storedBrotli(t, httpbin.AppendBrotli(nil, src)); !bytes.Equal(got, src) {
			t.Errorf("brotli of %d bytes: got %d bytes, different", size, len(got))
		}
		if got := storedZstd(t, httpbin.AppendZstd(nil, src)); !bytes.Equal(got, src) {
			t.Errorf("zstd of %d bytes: got %d bytes, different", size, len(got))
		}
	}
}

// storedBrotli reads the uncompressed meta-blocks of a stream.
// https://www.rfc-editor.org/rfc/rfc7932#section-9
func storedBrotli(t *testing.T, b []byte) []byte {
	t.Helper()
	var out []byte
	skip := 1 // WBITS
	for {
		if len(b) == 1 && b[0] == 0x03 {
			return out
		}
		if len(b) < 3 {
			t.Fatal("brotli: no last meta-block")
		}
		bits := (uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16) >> skip
		if isLast, nibbles, stored := bits&1, bits>>1&3, bits>>19&1; isLast != 0 || nibbles != 0 || stored != 1 {
			t.Fatalf("brotli: meta-block header %020b", bits)
		}
		n := int(bits>>3&0xffff) + 1
		if len(b) < 3+n {
			t.Fatal("brotli: meta-block cut short")
		}
		out = append(out, b[3:3+n]...)
		b = b[3+n:]
		skip = 0
	}
}

// storedZstd reads the raw blocks of a frame.
// https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1
func storedZstd(t *testing.T, b []byte) []byte {
	t.Helper()
	if !bytes.HasPrefix(b, []byte{0x28, 0xb5, 0x2f, 0xfd, 0xa0}) {
		t.Fatalf("zstd: magic or descriptor: % x", b[:min(len(b), 5)])
	}
	size := int(b[5]) | int(b[6])<<8 | int(b[7])<<16 | int(b[8])<<24
	b = b[9:]
	var out []byte
	for last := false; !last; {
		head := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
		last = head&1 == 1
		if kind := head >> 1 & 3; kind != 0 {
			t.Fatalf("zstd: block type %d", kind)
		}
		n := head >> 3
		out = append(out, b[3:3+n]...)
		b = b[3+n:]
	}
	if len(b) != 0 || len(out) != size {
		t.Fatalf("zstd: %d bytes left, %d out, want %d", len(b), len(out), size)
	}
	return out
}
