package cookie

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// A jar at its limits takes 3000 cookies of about 4 KiB and a path, twice that if
// each octet is escaped: what is larger is not ours.
const maxFileBytes = 64 << 20

var errFileSize = fmt.Errorf("more than %d octets", maxFileBytes)

// Save writes the jar to a file: as cookies.txt if path ends in ".txt", else as JSON.
// It writes a temporary file beside it, which only the owner may read (0600), and
// renames that: the file is the old or the new one, whole, at any time. A symbolic
// link is replaced, not followed.
func (j *Jar) Save(path string) (err error) {
	write := j.WriteJSON
	if isText(path) {
		write = j.WriteNetscape
	}
	// Made with mode 0600 from the start.
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("save cookies: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("save cookies: %w", err)
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Load adds the cookies of a file to the jar; one of the same identity is replaced.
// The content tells JSON from cookies.txt; anything else is an error, and then no
// cookie is added. If there is no file, the error wraps [io/fs.ErrNotExist].
func (j *Jar) Load(path string) error {
	data, err := readFile(path)
	if err != nil {
		return fmt.Errorf("load cookies: %w", err)
	}
	switch head := bytes.TrimLeft(data, " \t\r\n"); {
	case bytes.HasPrefix(head, []byte("{")):
		err = j.readJSON(bytes.NewReader(data))
	case isNetscape(head) || isText(path):
		err = j.readNetscape(bytes.NewReader(data))
	default:
		err = errors.New("neither JSON nor cookies.txt")
	}
	if err != nil {
		return fmt.Errorf("load cookies %s: %w", path, err)
	}
	return nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(bounded(f))
}

func isText(path string) bool { return strings.EqualFold(filepath.Ext(path), ".txt") }

// bounded gives r until it is too long to be a jar.
func bounded(r io.Reader) io.Reader { return &boundedReader{r: r, left: maxFileBytes} }

type boundedReader struct {
	r    io.Reader
	left int
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errFileSize
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
