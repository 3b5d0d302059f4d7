package answer

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/aiohttp-go/aiohttp"
)

// Save writes the body of resp to path, closes it, and gives its size. A regular
// file appears, or is replaced, only when it is whole; a symbolic link keeps its
// place and its target is replaced. What is there and is no regular file, such
// as a device or a pipe, is written to and never replaced.
func Save(resp *aiohttp.Response, path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil || info.Mode().IsRegular() {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			path = target
		}
		return resp.Save(path)
	}
	defer resp.Close()
	// Without O_CREATE: if it is gone meanwhile, nothing shall take its place.
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	n, err := resp.WriteTo(f)
	return n, errors.Join(err, f.Close())
}
