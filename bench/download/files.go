package download

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Load is a set of files to download.
type Load struct {
	Name  string // of its folder
	Count int
	Bytes int64 // of each file
}

// String gives "10000 x 4 KiB".
func (l Load) String() string {
	size := fmt.Sprintf("%d B", l.Bytes)
	switch {
	case l.Bytes >= 1<<20 && l.Bytes%(1<<20) == 0:
		size = fmt.Sprintf("%d MiB", l.Bytes>>20)
	case l.Bytes >= 1<<10 && l.Bytes%(1<<10) == 0:
		size = fmt.Sprintf("%d KiB", l.Bytes>>10)
	}
	return fmt.Sprintf("%d x %s", l.Count, size)
}

func (l Load) file(n int) string { return fmt.Sprintf("%s-%05d.bin", l.Name, n) }

type sum = [sha256.Size]byte

// write makes the files of a load in a folder, and gives their checksums by
// name. The content is the same in every run.
func (l Load) write(folder string) (map[string]sum, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	sums := make(map[string]sum, l.Count)
	for n := range l.Count {
		digest := sha256.New()
		f, err := os.Create(filepath.Join(folder, l.file(n)))
		if err != nil {
			return nil, err
		}
		content := rand.NewChaCha8(sha256.Sum256([]byte(l.file(n))))
		_, err = io.CopyN(io.MultiWriter(f, digest), content, l.Bytes)
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return nil, err
		}
		sums[l.file(n)] = sum(digest.Sum(nil))
	}
	return sums, nil
}

// verify looks for every file, once, anywhere below a folder. Files that a
// downloader keeps for itself may be there too.
func verify(folder string, sums map[string]sum) error {
	found := make(map[string]bool, len(sums))
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		want, ours := sums[d.Name()]
		if !ours {
			return nil
		}
		if found[d.Name()] {
			return fmt.Errorf("%s is there twice", d.Name())
		}
		found[d.Name()] = true
		got, err := sumOf(path)
		if err == nil && got != want {
			err = fmt.Errorf("%s has another checksum", d.Name())
		}
		return err
	})
	if err == nil && len(found) < len(sums) {
		err = fmt.Errorf("%d of %d files are there", len(found), len(sums))
	}
	return err
}

func sumOf(path string) (sum, error) {
	f, err := os.Open(path)
	if err != nil {
		return sum{}, err
	}
	defer f.Close()
	digest := sha256.New()
	_, err = io.Copy(digest, f)
	return sum(digest.Sum(nil)), err
}
