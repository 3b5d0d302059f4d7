//go:build linux

package memory_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/form"
	"github.com/aiohttp-go/aiohttp/httpbin"
)

// works are what a child can do. Each gives how many bytes went or came.
var works = map[string]func(context.Context, *aiohttp.Session, order) (int64, error){
	"nothing": func(context.Context, *aiohttp.Session, order) (int64, error) { return 0, nil },

	"upload-multipart": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		f := form.New().Add("title", "large").AddFile("file", o.Path)
		return upload(ctx, s, o.URL, aiohttp.Request{Multipart: f})
	},
	"upload-file": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return upload(ctx, s, o.URL, aiohttp.Request{File: o.Path})
	},
	"upload-file-gzip": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return upload(ctx, s, o.URL, aiohttp.Request{File: o.Path, Compress: "gzip"})
	},
	"upload-reader": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return upload(ctx, s, o.URL, aiohttp.Request{Body: io.LimitReader(newlines{}, o.Size)})
	},

	"save": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return download(ctx, s, o, func(resp *aiohttp.Response) (int64, error) { return resp.Save(o.Path) })
	},
	"write-to": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return download(ctx, s, o, func(resp *aiohttp.Response) (int64, error) { return resp.WriteTo(io.Discard) })
	},
	"read": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return download(ctx, s, o, func(resp *aiohttp.Response) (int64, error) {
			return io.Copy(io.Discard, struct{ io.Reader }{resp})
		})
	},
	"chunks": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return download(ctx, s, o, func(resp *aiohttp.Response) (n int64, err error) {
			for chunk, err := range resp.Chunks() {
				if err != nil {
					return n, err
				}
				n += int64(len(chunk))
			}
			return n, nil
		})
	},
	"lines": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return download(ctx, s, o, func(resp *aiohttp.Response) (n int64, err error) {
			for line, err := range resp.Lines() {
				if err != nil {
					return n, err
				}
				n += int64(len(line)) + 1
			}
			return n, nil
		})
	},
	"bytes": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return download(ctx, s, o, func(resp *aiohttp.Response) (int64, error) {
			content, err := resp.Bytes()
			return int64(len(content)), err
		})
	},
	"text": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return download(ctx, s, o, func(resp *aiohttp.Response) (int64, error) {
			text, err := resp.Text()
			return int64(len(text)), err
		})
	},
	"json": func(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
		return download(ctx, s, o, func(resp *aiohttp.Response) (int64, error) {
			var v any
			return 0, resp.JSON(&v)
		})
	},

	"form-parts":  formParts,
	"form-read":   formRead,
	"httpbin":     toHTTPBin,
	"map":         mapTasks,
	"gather":      gatherTasks,
	"get-all":     getAll,
	"fetch-many":  fetchMany,
	"gather-gets": gatherGets,
}

// upload posts a body, and gives how many bytes the server says it got.
func upload(ctx context.Context, s *aiohttp.Session, url string, req aiohttp.Request) (int64, error) {
	resp, err := s.Post(ctx, url, req)
	if err != nil {
		return 0, err
	}
	text, err := resp.Text()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

// download gets a URL and has the body read.
func download(ctx context.Context, s *aiohttp.Session, o order, read func(*aiohttp.Response) (int64, error)) (int64, error) {
	resp, err := s.Get(ctx, o.URL)
	if err != nil {
		return 0, err
	}
	defer resp.Close()
	if !resp.OK() {
		return 0, resp.RaiseForStatus()
	}
	return read(resp)
}

// formParts reads a form part by part, as a server does that streams its files.
func formParts(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
	return download(ctx, s, o, func(resp *aiohttp.Response) (n int64, err error) {
		r, err := form.NewReader(resp, resp.Header("Content-Type"), form.Limits{})
		if err != nil {
			return 0, err
		}
		for part, err := range r.Parts() {
			if err != nil {
				return n, err
			}
			size, err := io.Copy(io.Discard, part)
			if n += size; err != nil {
				return n, err
			}
		}
		return n, nil
	})
}

// formRead reads a form whole, its file by way of the disk.
func formRead(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
	return download(ctx, s, o, func(resp *aiohttp.Response) (int64, error) {
		received, err := form.ReadForm(resp, resp.Header("Content-Type"), form.ReadOptions{Dir: o.Path})
		if err != nil {
			return 0, err
		}
		return received.File("file").Size, received.Close()
	})
}

// toHTTPBin posts the form to a handler of httpbin, which refuses it for its size.
func toHTTPBin(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
	return download(ctx, s, o, func(resp *aiohttp.Response) (int64, error) {
		post := httptest.NewRequest(http.MethodPost, "/post", resp)
		post.Header.Set("Content-Type", resp.Header("Content-Type"))
		answer := httptest.NewRecorder()
		httpbin.New().ServeHTTP(answer, post)
		if answer.Code < 400 || answer.Code > 499 {
			return 0, fmt.Errorf("httpbin answered with status %d", answer.Code)
		}
		return 0, nil
	})
}

// command runs a program. Its peak is told by the system when it has ended; that
// of this process, which is smaller, counts for it as well.
func (o order) command() (report, error) {
	program := exec.Command(o.Args[0], o.Args[1:]...)
	var errs bytes.Buffer
	program.Stderr = &errs
	if err := program.Run(); err != nil {
		return report{}, fmt.Errorf("%w: %s", err, &errs)
	}
	usage, ok := program.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return report{}, errors.New("the system does not tell what a process has used")
	}
	r := report{Peak: usage.Maxrss << 10}
	err := filepath.WalkDir(o.Path, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			r.Bytes += info.Size()
		}
		return err
	})
	return r, err
}
