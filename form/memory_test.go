package form_test

import (
	"io"
	"runtime"
	"testing"

	"github.com/aiohttp-go/aiohttp/form"
)

// A file goes through writer and reader in constant memory: what is allocated
// for 64 MiB is what is allocated for 4 GiB, so the larger size needs no run.
func TestFormLargeFileTakesNoMemory(t *testing.T) {
	through := func(size int64) uint64 {
		return allocated(func() {
			content := io.LimitReader(zeros{}, size)
			body, err := form.New().Add("title", "x").AddReader("file", "f", content, size).Encode()
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			if body.Length < size {
				t.Errorf("Length %d of %d bytes and more", body.Length, size)
			}
			r, err := form.NewReader(body, body.ContentType, form.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			var most int64
			for p, err := range r.Parts() {
				if err != nil {
					t.Fatal(err)
				}
				n, err := io.Copy(io.Discard, p)
				if err != nil {
					t.Fatal(err)
				}
				most = max(most, n)
			}
			if most != size {
				t.Errorf("%d of %d bytes came through", most, size)
			}
		})
	}
	small, large := through(64<<10), through(64<<20)
	if large > small+16<<10 || large > 256<<10 {
		t.Errorf("%d bytes allocated for a small file, %d for a large one", small, large)
	}
}

// 4 GiB and more are counted right.
func TestFormLengthBeyond32Bits(t *testing.T) {
	const size = 5 << 32
	body, err := form.New().AddReader("file", "f", zeros{}, size).Encode()
	if err != nil || body.Length <= size {
		t.Errorf("%v, Length %d", err, body.Length)
	}
}

// Content in memory is not copied to be sent.
func TestBodyWriteToDoesNotCopy(t *testing.T) {
	content := make([]byte, 8<<20)
	f := form.New().AddBytes("file", "f", content)
	used := allocated(func() {
		body, err := f.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if n, err := body.WriteTo(io.Discard); err != nil || n != body.Length {
			t.Errorf("%d of %d bytes, %v", n, body.Length, err)
		}
	})
	if used > 64<<10 {
		t.Errorf("%d bytes allocated", used)
	}
	runtime.KeepAlive(content)
}
