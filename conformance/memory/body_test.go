//go:build linux

package memory_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// measure has a child do an order, and holds its peak against most.
func measure(t *testing.T, table *results, name string, o order, most int64) report {
	t.Helper()
	r := o.run(t)
	table.add(measured{name: name, passed: r.Bytes, peak: r.Peak, most: most, end: r.Err})
	t.Logf("peak %s MiB, %s MiB passed %s", mib(r.Peak), mib(r.Bytes), r.Err)
	if r.Peak > most {
		t.Errorf("peak of %s MiB, want %s at most", mib(r.Peak), mib(most))
	}
	return r
}

// part is what is enough of a large body where it is not about the promise itself.
const part = 8

// A large body, either way, in constant memory.
func TestClientKeepsItsPromises(t *testing.T) {
	s := newSite(t)
	table := newResults("Large bodies")
	codedAs := func(name string) func(int64) string {
		return func(int64) string { return "/coded?name=" + name }
	}
	sized := func(more string) func(int64) string {
		return func(size int64) string { return fmt.Sprintf("/body?size=%d%s", size, more) }
	}
	sink := func(int64) string { return "/sink" }
	for _, c := range []struct {
		name, work  string
		target      func(size int64) string
		http, https int64 // the part of the size
	}{
		{"nothing, the process itself", "nothing", sink, 1, 1},
		{"multipart upload of a file", "upload-multipart", sink, 1, 1},
		{"upload of a file", "upload-file", sink, 1, part},
		{"upload of a file, compressed on the way", "upload-file-gzip", sink, part, part},
		{"upload of a reader, chunked", "upload-reader", sink, 1, part},
		{"Save", "save", sized(""), 1, part},
		{"Save, chunked", "save", sized("&chunked=1"), part, part},
		{"WriteTo", "write-to", sized(""), 1, 1},
		{"WriteTo, chunked", "write-to", sized("&chunked=1"), 1, part},
		{"Read", "read", sized(""), 1, part},
		{"Chunks", "chunks", sized(""), part, part},
		{"Lines", "lines", sized(""), 4 * part, 4 * part},
		{"Save, gzip", "save", codedAs("part-gzip"), part, part},
		{"WriteTo, gzip", "write-to", codedAs("large-gzip"), 1, 1},
		{"WriteTo, deflate", "write-to", codedAs("part-deflate"), part, part},
		{"WriteTo, br", "write-to", codedAs("part-br"), part, part},
		{"WriteTo, zstd", "write-to", codedAs("part-zstd"), part, part},
	} {
		s.promise(t, table, c.name, order{Work: c.work, URL: s.plain.URL, Size: large() / c.http}, c.target)
		o := order{Work: c.work, URL: s.tls.URL, CA: certificate(s.tls), Size: large() / c.https}
		s.promise(t, table, c.name, o, c.target)
	}
}

// promise has a child move a large body.
func (s *site) promise(t *testing.T, table *results, name string, o order, target func(int64) string) {
	scheme, _, _ := strings.Cut(o.URL, ":")
	t.Run(scheme+"/"+name, func(t *testing.T) {
		o.URL += target(o.Size)
		o.Path = filepath.Join(s.folder, "saved")
		defer os.Remove(o.Path)
		if strings.HasPrefix(o.Work, "upload") {
			o.Path = sparse(t, o.Size)
		}
		r := measure(t, table, scheme+": "+name, o, promised)
		size, frame := o.Size, int64(0)
		switch o.Work {
		case "nothing":
			size = 0
		case "upload-multipart":
			frame = 1 << 10
		case "upload-file-gzip":
			size, frame = 0, o.Size // it shrinks
		}
		if r.Err != "" || r.Bytes < size || r.Bytes > size+frame {
			t.Errorf("%d of %d bytes, %s", r.Bytes, size, r.Err)
		}
	})
}

// The command as it is built.
func TestCommandKeepsThePromises(t *testing.T) {
	s := newSite(t)
	table := newResults("The command")
	bin := filepath.Join(t.TempDir(), "aiohttp")
	build := exec.Command("go", "build", "-o", bin, "./cmd/aiohttp")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, certificate(s.tls), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, base := range []struct {
		name, url string
		size      int64
	}{{"http", s.plain.URL, large()}, {"https", s.tls.URL, large() / part}} {
		url := fmt.Sprintf("%s/body?size=%d", base.url, base.size)
		for _, c := range []struct {
			name string
			args []string // without the program; {} is the folder
			want int64    // bytes of files
		}{
			{"get > /dev/null", []string{"get", url, "--cacert", ca}, 0},
			{"get -o FILE", []string{"get", url, "--cacert", ca, "-o", "{}/saved"}, base.size},
			{"fetch -o FOLDER", []string{"fetch", url, "--cacert", ca, "-o", "{}"}, base.size},
		} {
			t.Run(base.name+"/"+c.name, func(t *testing.T) {
				folder, err := os.MkdirTemp(s.folder, "")
				if err != nil {
					t.Fatal(err)
				}
				defer os.RemoveAll(folder)
				o := order{Work: "command", Path: folder, Args: []string{bin}}
				for _, arg := range c.args {
					switch arg {
					case "{}":
						arg = folder
					case "{}/saved":
						arg = filepath.Join(folder, "saved")
					}
					o.Args = append(o.Args, arg)
				}
				r := measure(t, table, base.name+": aiohttp "+c.name, o, promised)
				if r.Err != "" || r.Bytes != c.want {
					t.Errorf("%d of %d bytes, %s", r.Bytes, c.want, r.Err)
				}
			})
		}
	}
}

// What reads forms, as a server does.
func TestFormReaderKeepsThePromises(t *testing.T) {
	s := newSite(t)
	table := newResults("Forms that are received")
	for _, c := range []struct {
		name, work string
		size, want int64
	}{
		{"form.Reader, streamed", "form-parts", large(), large() + int64(len("large"))},
		{"form.ReadForm, by way of a file", "form-read", large() / part, large() / part},
		{"httpbin, above its limit", "httpbin", large(), 0},
	} {
		t.Run(c.work, func(t *testing.T) {
			o := order{Work: c.work, URL: fmt.Sprintf("%s/form?size=%d", s.plain.URL, c.size), Path: s.folder}
			r := measure(t, table, c.name, o, promised)
			if r.Err != "" || r.Bytes != c.want {
				t.Errorf("%d of %d bytes, %s", r.Bytes, c.want, r.Err)
			}
		})
	}
}
