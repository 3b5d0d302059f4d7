package cache_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

// disk opens a store in a folder.
func disk(t *testing.T, dir string, maxBytes int64) *cache.Disk {
	t.Helper()
	d, err := cache.OpenDisk(dir, maxBytes)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// stores are the stores that the package has.
func eachStore(t *testing.T, test func(t *testing.T, s cache.Store)) {
	t.Run("memory", func(t *testing.T) { test(t, cache.NewMemory(1<<20)) })
	t.Run("disk", func(t *testing.T) { test(t, disk(t, t.TempDir(), 1<<20)) })
}

// write puts a response into a store.
func write(t *testing.T, s cache.Store, key, body string) *cache.Record {
	t.Helper()
	d, err := s.Create(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{body[:len(body)/2], body[len(body)/2:]} {
		if _, err := io.WriteString(d, part); err != nil {
			t.Fatal(err)
		}
	}
	name, sum, err := d.Commit()
	if err != nil {
		t.Fatal(err)
	}
	r := &cache.Record{
		Status: 200, Header: http.Header{"A": {"1", "2"}, "B": {""}}, Vary: []string{"Foo"}, Selected: [32]byte{1, 2, 3},
		Requested: time.Unix(1, 2), Received: time.Unix(3, 4), Body: name, BodyBytes: int64(len(body)), BodySum: sum,
	}
	if err := s.Save(key, []*cache.Record{r}); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return r
}

// load gives the body of what is stored under key.
func load(t *testing.T, s cache.Store, key string) (string, error) {
	t.Helper()
	records, err := s.Load(key)
	if err != nil {
		t.Fatal(err)
	}
	if len(records) == 0 {
		return "", fs.ErrNotExist
	}
	content, err := s.Open(key, records[0])
	if err != nil {
		return "", err
	}
	defer content.Close()
	body, err := io.ReadAll(content)
	return string(body), err
}

func TestStoreKeepsResponses(t *testing.T) {
	eachStore(t, func(t *testing.T, s cache.Store) {
		defer s.Close()
		const key = "http://site.test/../../etc/passwd?\x00"
		if _, err := load(t, s, key); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("empty: %v", err)
		}
		write(t, s, key, "first")
		old, _ := s.Load(key)
		write(t, s, key, "second")
		if body, err := load(t, s, key); body != "second" || err != nil {
			t.Errorf("got %q, %v", body, err)
		}
		if _, err := s.Open(key, old[0]); !errors.Is(err, cache.ErrGone) {
			t.Errorf("the old body: %v", err)
		}
		records, _ := s.Load(key)
		r := records[0]
		if r.Status != 200 || fmt.Sprint(r.Header) != "map[A:[1 2] B:[]]" || r.Header["B"][0] != "" || r.Vary[0] != "Foo" || r.Selected[2] != 3 ||
			!r.Requested.Equal(time.Unix(1, 2)) || !r.Received.Equal(time.Unix(3, 4)) || r.BodyBytes != 6 {
			t.Errorf("got %+v", r)
		}
		content, err := s.Open(key, r)
		if err != nil {
			t.Fatal(err)
		}
		part := make([]byte, 3)
		if _, err := content.ReadAt(part, 2); err != nil || string(part) != "con" {
			t.Errorf("got %q, %v", part, err)
		}
		if err := s.Save(key, nil); err != nil {
			t.Error(err)
		}
		if body, err := io.ReadAll(content); string(body) != "second" || err != nil {
			t.Errorf("what was opened: %q, %v", body, err)
		}
		content.Close()
		if _, err := load(t, s, key); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("removed: %v", err)
		}
	})
}

// A draft that comes to nothing leaves nothing.
func TestStoreDropsDrafts(t *testing.T) {
	dir := t.TempDir()
	d := disk(t, dir, 0)
	defer d.Close()
	draft, err := d.Create("k")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(draft, "x")
	got := make([]byte, 1)
	if _, err := draft.ReadAt(got, 0); err != nil || got[0] != 'x' {
		t.Errorf("read %q: %v", got, err)
	}
	draft.Close()
	for _, file := range list(t, dir) {
		if filepath.Ext(file) == ".b" {
			t.Errorf("left behind: %s", file)
		}
	}
}

// list gives the files in a folder.
func list(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestMemoryForgetsWhatWasUsedLeastRecently(t *testing.T) {
	m := cache.NewMemory(10 << 10)
	defer m.Close()
	body := strings.Repeat("x", 1<<10)
	for i := range 20 {
		write(t, m, fmt.Sprint(i), body)
		if _, err := load(t, m, "0"); err != nil { // which keeps it
			t.Fatalf("after %d: %v", i, err)
		}
	}
	if _, err := load(t, m, "1"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the oldest: %v", err)
	}
	if _, err := load(t, m, "19"); err != nil {
		t.Errorf("the newest: %v", err)
	}
}

func TestMemoryBoundsWhatIsBeingReceived(t *testing.T) {
	m := cache.NewMemory(10 << 10)
	defer m.Close()
	d, _ := m.Create("k")
	if _, err := d.Write(make([]byte, 5<<10)); err != nil {
		t.Fatal(err)
	}
	other, _ := m.Create("k")
	if _, err := other.Write(make([]byte, 1)); !errors.Is(err, cache.ErrFull) {
		t.Errorf("got %v", err)
	}
	other.Close()
	d.Close()
	d, _ = m.Create("k")
	if _, err := d.Write(make([]byte, 5<<10)); err != nil {
		t.Errorf("after they ended: %v", err)
	}
	d.Close()
}

func TestDiskOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	d := disk(t, dir, 0)
	write(t, d, "k", "body")
	d.Close()
	d = disk(t, dir, 0)
	defer d.Close()
	if body, err := load(t, d, "k"); body != "body" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestDiskIsSharedByProcesses(t *testing.T) {
	dir := t.TempDir()
	a, b := disk(t, dir, 0), disk(t, dir, 0)
	defer a.Close()
	defer b.Close()
	write(t, a, "k", "of a")
	if body, err := load(t, b, "k"); body != "of a" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
	write(t, b, "k", "of b")
	if body, err := load(t, a, "k"); body != "of b" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
}

// damage changes the files of a kind.
func damage(t *testing.T, dir, ending string, change func([]byte) []byte) {
	t.Helper()
	for _, path := range list(t, dir) {
		if filepath.Ext(path) != ending {
			continue
		}
		data, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, change(data), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

var damages = map[string]func([]byte) []byte{
	"empty":   func([]byte) []byte { return nil },
	"cut":     func(b []byte) []byte { return b[:len(b)-1] },
	"zeroed":  func(b []byte) []byte { return make([]byte, len(b)) },
	"flipped": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
	"longer":  func(b []byte) []byte { return append(b, 0) },
}

// What was damaged is not given, and gone.
func TestDiskDropsWhatIsDamaged(t *testing.T) {
	for name, change := range damages {
		for _, ending := range []string{".r", ".b"} {
			t.Run(name+ending, func(t *testing.T) {
				dir := t.TempDir()
				c := front(t, always(200, "", "Cache-Control: max-age=60"), cache.Options{Store: disk(t, dir, 0)})
				c.get().want(t, miss, 200, "I")
				c.get().want(t, hit, 200, "I")
				damage(t, dir, ending, change)
				c.get().want(t, miss, 200, "II")
				c.get().want(t, hit, 200, "II")
			})
		}
	}
}

// A large body is not read twice: its damage shows as an error at its end.
func TestDiskNeverGivesADamagedBodyAsWhole(t *testing.T) {
	dir := t.TempDir()
	d := disk(t, dir, 0)
	defer d.Close()
	write(t, d, "k", strings.Repeat("x", 3<<20))
	if _, err := load(t, d, "k"); err != nil {
		t.Fatal(err)
	}
	damage(t, dir, ".b", damages["flipped"])
	if _, err := load(t, d, "k"); !errors.Is(err, cache.ErrGone) {
		t.Errorf("got %v", err)
	}
}

// look lets a store look at its folder.
func look(t *testing.T, dir string, most int64) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "v1", "swept")); err != nil {
		t.Fatal(err)
	}
	disk(t, dir, most).Close()
}

func TestDiskIsBounded(t *testing.T) {
	const most = 1 << 20
	dir := t.TempDir()
	d := disk(t, dir, most)
	body := strings.Repeat("x", 64<<10)
	const many = 40
	for i := range many {
		write(t, d, fmt.Sprint(i), body)
		// The files' times order them; make them tell the order.
		then := time.Now().Add(time.Duration(i-many) * time.Hour)
		for _, path := range list(t, dir) {
			if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) < time.Minute {
				os.Chtimes(path, then, then)
			}
		}
	}
	d.Close()
	look(t, dir, most)
	d = disk(t, dir, most)
	defer d.Close()
	var size int64
	for _, path := range list(t, dir) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size > most || size < most/2 {
		t.Errorf("%d bytes lie there", size)
	}
	if _, err := load(t, d, "0"); err == nil {
		t.Error("the oldest is there")
	}
	if body, err := load(t, d, fmt.Sprint(many-1)); err != nil || len(body) != 64<<10 {
		t.Errorf("the newest: %d bytes, %v", len(body), err)
	}
}

// What a process that was killed left behind is removed when it is old, and not
// before: it may be in use.
func TestDiskRemovesWhatNothingNames(t *testing.T) {
	dir := t.TempDir()
	d := disk(t, dir, 0)
	write(t, d, "k", "body")
	bodies, err := filepath.Glob(filepath.Join(dir, "v1", "*", "*.b"))
	if err != nil || len(bodies) != 1 {
		t.Fatalf("bodies %q, %v", bodies, err)
	}
	stem := strings.TrimSuffix(bodies[0], filepath.Ext(bodies[0]))
	stem = strings.TrimSuffix(stem, filepath.Ext(stem))
	old := time.Now().Add(-25 * time.Hour)
	for _, name := range []string{stem + ".OLD.b", stem + ".OLD.t", stem[:len(stem)-1] + "_.OLD.b", stem + ".NEW.b", stem + ".NEW.t"} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(name, "OLD") {
			os.Chtimes(name, old, old)
		}
	}
	for _, path := range list(t, dir) { // a body that is named may be older still
		if !strings.Contains(path, "NEW") {
			os.Chtimes(path, old, old)
		}
	}
	d.Close()
	look(t, dir, 0)
	files := strings.Join(list(t, dir), " ")
	if strings.Contains(files, "OLD") || strings.Count(files, "NEW") != 2 {
		t.Errorf("there are %s", files)
	}
	d = disk(t, dir, 0)
	defer d.Close()
	if body, err := load(t, d, "k"); body != "body" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
}

// No name in a record leads out of the folder.
func TestDiskOpensNothingElsewhere(t *testing.T) {
	d := disk(t, t.TempDir(), 0)
	defer d.Close()
	for _, body := range []string{"/../../x", "..", `\x`, "c:x"} {
		if _, err := d.Open("k", &cache.Record{Body: body}); !errors.Is(err, cache.ErrGone) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestDiskSaysWhyItCannotBeOpened(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cache.OpenDisk(file, 0); err == nil || !strings.HasPrefix(err.Error(), "open cache: ") {
		t.Errorf("got %v", err)
	}
}

// failing is a store that does nothing right.
type failing struct{ cache.Store }

var errDisk = errors.New("disk on fire")

func (failing) Load(string) ([]*cache.Record, error)              { return nil, errDisk }
func (failing) Save(string, []*cache.Record) error                { return errDisk }
func (failing) Create(string) (cache.Draft, error)                { return nil, errDisk }
func (failing) Open(string, *cache.Record) (cache.Content, error) { return nil, errDisk }

// A store that fails costs nobody their response.
func TestCacheGoesOnWithoutItsStore(t *testing.T) {
	var told []error
	c := front(t, always(200, "", "Cache-Control: max-age=60"), cache.Options{
		Store: failing{cache.NewMemory(0)}, OnError: func(err error) { told = append(told, err) },
	})
	c.get().want(t, miss, 200, "I")
	c.get().want(t, miss, 200, "II")
	c.do(request(t, http.MethodPost, page)).want(t, cache.Bypass, 200, "III")
	if len(told) < 4 || !errors.Is(told[0], errDisk) {
		t.Errorf("told of %v", told)
	}
}
