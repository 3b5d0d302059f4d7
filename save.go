package aiohttp

import (
	"crypto/rand"
	"os"
	"path/filepath"
)

// Save writes the body to a file and gives its size. The file appears under its
// name only when it is whole: the body is written beside it, under a temporary
// name, which is then changed. An existing file is replaced. When anything
// fails nothing is left behind.
func (r *Response) Save(path string) (n int64, err error) {
	defer r.Close()
	dir, name := filepath.Split(path)
	temporary := filepath.Join(dir, "."+name+"."+rand.Text()[:8]+".part")
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			os.Remove(temporary)
		}
	}()
	n, err = r.WriteTo(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	return n, err
}
