package aiohttp

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
)

// fromReader takes a reader, whose length some types tell.
func (b *body) fromReader(r io.Reader, length int64) error {
	b.reader, b.length, b.contentType = r, -1, defaultBodyType
	switch r := r.(type) {
	case *carried:
		return r.handOver(b)
	case *bytes.Reader:
		b.length = int64(r.Len())
	case *strings.Reader:
		b.length = int64(r.Len())
	case *bytes.Buffer:
		// The content changes hands, and the caller's buffer is empty as after
		// reading: what is written to it next lands elsewhere.
		b.reader, b.payload = nil, r.Bytes()
		*r = bytes.Buffer{}
		if length > 0 && length != int64(len(b.payload)) {
			return fmt.Errorf("request body of %d bytes with a ContentLength of %d", len(b.payload), length)
		}
		return nil
	case *os.File:
		b.length = restOfFile(r)
	}
	inMemory := b.length >= 0 && b.length <= smallBody && !isFile(r)
	switch {
	case length < 0:
		return fmt.Errorf("negative ContentLength %d", length)
	case length > 0:
		inMemory = inMemory && length == b.length
		b.length = length
	}
	if b.length == 0 {
		b.close()
		b.reader = nil
		return nil
	}
	if inMemory {
		b.payload = make([]byte, b.length)
		_, err := io.ReadFull(r, b.payload)
		b.reader = nil
		return err
	}
	if seeker, ok := r.(io.ReadSeeker); ok {
		if b.replay, ok = newReplay(seeker); ok {
			b.reader, b.reopen = b.replay.turn, b.replay.again
		}
	}
	return nil
}

func isFile(r io.Reader) bool {
	_, ok := r.(*os.File)
	return ok
}

// restOfFile gives the number of bytes from a regular file's position to its
// end, or -1.
func restOfFile(f *os.File) int64 {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return -1
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return -1
	}
	return max(info.Size()-at, 0)
}
