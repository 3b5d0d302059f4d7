package coding_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/aiohttp-go/aiohttp/internal/coding"
)

// FuzzReader feeds any bytes to any decoder: it must not panic, must not give more
// than it may, must not depend on how the bytes come in, and must leave nothing
// behind for the next body.
func FuzzReader(f *testing.F) {
	for i, c := range codecs {
		for _, text := range []string{"", "x", prose(500)} {
			encoded := c.encode(text)
			f.Add(uint8(i), encoded)
			f.Add(uint8(i), encoded[:len(encoded)/2])
			f.Add(uint8(i), append(encoded, encoded...))
			f.Add(uint8(i+1), encoded)
		}
	}
	text := prose(500)
	var good [][]byte
	for _, c := range codecs {
		good = append(good, c.encode(text))
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		i := int(which) % len(codecs)
		c := codecs[i]
		limits := coding.Limits{MaxBytes: 256 << 10, MaxRatio: -1, MaxMembers: 10}
		got, err := decode(bytes.NewReader(body), c.coding, limits)
		if len(got) > 256<<10 {
			t.Errorf("%s: %d bytes, over the limit", c.name, len(got))
		}
		bytewise, bytewiseErr := decode(iotest.OneByteReader(bytes.NewReader(body)), c.coding, limits)
		if (err == nil) != (bytewiseErr == nil) || (err == nil && got != bytewise) {
			t.Errorf("%s: at once %d bytes, %v; byte by byte %d bytes, %v", c.name, len(got), err, len(bytewise), bytewiseErr)
		}
		var bomb *coding.BombError
		var damaged *coding.Error
		if err != nil && !errors.As(err, &bomb) && !errors.As(err, &damaged) {
			t.Errorf("%s: error %T %v, want one of this package", c.name, err, err)
		}
		if err == io.EOF {
			t.Errorf("%s: the end is an error", c.name)
		}
		if again, err := decode(bytes.NewReader(good[i]), c.coding, limits); err != nil || again != text {
			t.Errorf("%s: the next body: %d bytes, %v", c.name, len(again), err)
		}
	})
}
