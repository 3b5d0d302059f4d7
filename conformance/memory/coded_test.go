//go:build linux

package memory_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/andybalholm/brotli"
)

// bombSize is what a bomb decodes to.
const bombSize = 10 << 30

// coded is a body in a content coding: a head, then a block again and again, then a
// tail.
type coded struct {
	coding            string
	times             int // that the coding was applied; zero means once
	head, block, tail []byte
	blocks            int64
}

// wire gives its size.
func (c coded) wire() int64 {
	return int64(len(c.head)) + c.blocks*int64(len(c.block)) + int64(len(c.tail))
}

func (c coded) open() io.Reader {
	return io.MultiReader(bytes.NewReader(c.head), &repeated{block: c.block, times: c.blocks}, bytes.NewReader(c.tail))
}

// repeated is a block again and again.
type repeated struct {
	block, left []byte
	times       int64
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(r.left) == 0 {
			if r.times == 0 {
				return n, io.EOF
			}
			r.times--
			r.left = r.block
		}
		m := copy(p[n:], r.left)
		r.left = r.left[m:]
		n += m
	}
	return n, nil
}

// codedBodies gives the bodies by name:
//
//   - bomb-CODING grows as much as the coding can, a thousandfold and more
//   - slow-CODING grows about 200-fold, which no limit of the ratio stops
//   - large-CODING has the size of a large body and is whole, part-CODING that of a
//     part of it; both grow 100-fold
//   - deep, deeper and deepest do not shrink, in br twice and five times
var codedBodies = sync.OnceValue(func() map[string]coded {
	bodies := map[string]coded{}
	for _, c := range []string{"gzip", "deflate", "br", "zstd"} {
		bodies["bomb-"+c] = repeatMebi(c, 0, bombSize/mebi)
		bodies["slow-"+c] = repeatMebi(c, mebi/200, bombSize/mebi)
		bodies["large-"+c] = whole(c, large()/mebi)
		bodies["part-"+c] = whole(c, large()/mebi/part)
	}
	bodies["deep"], bodies["deeper"], bodies["deepest"] = deep(2, 22), deep(2, 24), deep(5, 24)
	return bodies
})

// mebiOf gives 1 MiB that begins with something random, of newlines.
func mebiOf(random int) []byte {
	content := bytes.Repeat([]byte{'\n'}, mebi)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range random - 1 { // the last is what a repetition repeats
		content[i] = byte(r.Uint32())
	}
	return content
}

// repeatMebi encodes a content of n MiB, each of them mebiOf(random).
func repeatMebi(name string, random int, n int64) coded {
	content := mebiOf(random)
	raw, same := content[:random], content[random:]
	var b bytes.Buffer
	var w interface {
		io.Writer
		Flush() error
	}
	switch name {
	case "zstd":
		return repeatZstd(raw, same, n)
	case "br":
		w = brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: 5, LGWin: 24})
	default:
		z, err := flate.NewWriter(&b, flate.BestCompression)
		if err != nil {
			panic(err)
		}
		w = z
	}
	// A block may refer to what is before it, and so is the second one.
	once := func(content []byte) []byte {
		b.Reset()
		w.Write(content)
		w.Flush()
		return bytes.Clone(b.Bytes())
	}
	if name == "br" {
		return repeatBrotli(once(same), once(same), raw, n)
	}
	head := once(content)
	switch name {
	case "gzip":
		head = append([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), head...)
	case "deflate":
		head = append([]byte("\x78\x9c"), head...)
	}
	return coded{coding: name, head: head, block: once(content), blocks: n - 1}
}

// repeatBrotli puts something before each block that is not compressed: the encoder
// would find it again in the window.
//
// https://www.rfc-editor.org/rfc/rfc7932#section-9.2
func repeatBrotli(head, same, raw []byte, n int64) coded {
	var before []byte
	if len(raw) > 0 {
		const uncompressed = 1 << 19
		before = binary.LittleEndian.AppendUint32(nil, uint32(len(raw)-1)<<3|uncompressed)[:3]
		before = append(before, raw...)
	}
	// The head's comes last.
	return coded{coding: "br", head: head, block: slices.Concat(before, same), blocks: n - 1, tail: before}
}

// repeatZstd makes a frame of a window of 8 MiB, the largest, with blocks of one
// byte again and again and a raw one.
//
// https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.2
func repeatZstd(raw, same []byte, n int64) coded {
	const largest = 128 << 10
	var block []byte
	add := func(kind, size int) {
		var header [4]byte
		binary.LittleEndian.PutUint32(header[:], uint32(size<<3|kind<<1))
		block = append(block, header[:3]...)
	}
	if len(raw) > 0 {
		add(0, len(raw))
		block = append(block, raw...)
	}
	for left := len(same); left > 0; left -= largest {
		add(1, min(left, largest))
		block = append(block, '\n')
	}
	return coded{coding: "zstd", head: []byte("\x28\xb5\x2f\xfd\x00\x68"), block: block, blocks: n}
}

// whole is a body of n MiB with what it ends with.
func whole(name string, n int64) coded {
	const random = mebi / 100
	content := mebiOf(random)
	c := repeatMebi(name, random, n)
	lastFlate := []byte("\x03\x00") // an empty block, the last
	switch c.coding {
	case "gzip":
		var sum uint32
		for range n {
			sum = crc32.Update(sum, crc32.IEEETable, content)
		}
		c.tail = binary.LittleEndian.AppendUint32(lastFlate, sum)
		c.tail = binary.LittleEndian.AppendUint32(c.tail, uint32(n*mebi))
	case "deflate":
		sum := adler32.New()
		for range n {
			sum.Write(content)
		}
		c.tail = sum.Sum(lastFlate)
	case "br":
		c.tail = append(c.tail, 3) // an empty meta-block, the last
	case "zstd":
		c.tail = []byte{1, 0, 0} // an empty raw block, the last
	}
	return c
}

// deep makes 32 MiB that do not shrink, in br some times, with the same window.
func deep(times, windowBits int) coded {
	random := make([]byte, 32*mebi)
	rand.NewChaCha8([32]byte{}).Read(random)
	body := random
	for range times {
		var b bytes.Buffer
		w := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: 1, LGWin: windowBits})
		for piece := range slices.Chunk(body, 64<<10) { // the window grows by and by
			w.Write(piece)
			w.Flush()
		}
		w.Close()
		body = b.Bytes()
	}
	return coded{coding: "br", times: times, head: body}
}
