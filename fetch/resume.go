package fetch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
)

const (
	// resumeBytes is the size from which a download is worth resuming: below
	// it, a new request costs less than the files that tell about the old one.
	resumeBytes = 1 << 20

	// keepFailedBytes is how much must be there of a download that failed for
	// good to be kept for a later run. What a stop interrupts is always kept.
	keepFailedBytes = 64 << 20

	// keepResumeFor is how long a partial file waits for its job to be started
	// again.
	keepResumeFor = 7 * 24 * time.Hour

	partExt   = ".part"
	resumeExt = ".json"
)

// A resume tells what a partial file is a part of. It lies beside the file,
// written before the first byte of it.
type resume struct {
	Request      string `json:"request"` // hash of the request
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	Size         int64  `json:"size"` // of the whole
}

// resumable gives what is needed to resume the download that resp begins;
// false if it is not worth it or not possible.
func resumable(hdr func(name string) string, size int64, request string) (resume, bool) {
	r := resume{Request: request, Size: size}
	if size < resumeBytes || hdr("Content-Encoding") != "" || strings.EqualFold(hdr("Accept-Ranges"), "none") {
		return r, false
	}
	// "A client MUST NOT generate an If-Range header field containing an entity
	// tag that is marked as weak." A date may be sent only where there is no
	// entity tag at all, and only if it is strong.
	// https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
	switch tag := hdr("ETag"); {
	case strings.HasPrefix(tag, `"`):
		r.ETag = tag
	case tag == "" && strongDate(hdr("Last-Modified"), hdr("Date")):
		r.LastModified = hdr("Last-Modified")
	}
	return r, r.validator() != ""
}

// strongDate reports whether modified is older than date by enough to rule out
// a second change and clocks that differ; the minute is ours.
// https://www.rfc-editor.org/rfc/rfc9110#section-8.8.2.2
func strongDate(modified, date string) bool {
	m, err1 := http.ParseTime(modified)
	d, err2 := http.ParseTime(date)
	return err1 == nil && err2 == nil && d.Sub(m) >= time.Minute
}

// validator gives the value of If-Range.
func (r resume) validator() string {
	if r.ETag != "" {
		return r.ETag
	}
	return r.LastModified
}

func partKey(name string) string { return shortHash("part", name) }

// sweep removes what earlier runs left and nobody can use, and remembers what
// can be resumed.
func (s *store) sweep() error {
	entries, err := fs.ReadDir(s.root.FS(), s.parts.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		key, isPart := strings.CutSuffix(e.Name(), partExt)
		if isPart {
			if r, ok := s.readResume(key); ok {
				s.resumes[key] = r
				continue
			}
		}
		if key, isResume := strings.CutSuffix(e.Name(), resumeExt); isResume {
			if _, ok := s.readResume(key); ok {
				continue
			}
		}
		if e.Name() == lockFile {
			continue
		}
		if err := s.root.RemoveAll(path.Join(s.parts.path, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// readResume reads what tells about the partial file of key.
func (s *store) readResume(key string) (resume, bool) {
	part, err := s.root.Lstat(path.Join(s.parts.path, key+partExt))
	if err != nil || s.born.Sub(part.ModTime()) > keepResumeFor {
		return resume{}, false
	}
	name := path.Join(s.parts.path, key+resumeExt)
	if st, err := s.root.Lstat(name); err != nil || st.Size() > 64<<10 { // header fields are shorter
		return resume{}, false
	}
	b, err := s.root.ReadFile(name)
	var r resume
	if err != nil || json.Unmarshal(b, &r) != nil || r.Size < resumeBytes || r.validator() == "" {
		return resume{}, false
	}
	return r, true
}

// resumeOf gives what tells about the partial file of t, if there is one for
// its request.
func (s *store) resumeOf(t *task) (r resume, key string, ok bool) {
	s.mu.Lock()
	none := len(s.resumes) == 0 // as with a million small files: no hashing for them
	s.mu.Unlock()
	if none || t.name == "" {
		return resume{}, "", false
	}
	key = partKey(t.name)
	s.mu.Lock()
	r, ok = s.resumes[key]
	s.mu.Unlock()
	return r, key, ok && r.Request == t.requestHash()
}

// partial gives what is there of the file of t.
func (s *store) partial(t *task) (r resume, size int64, ok bool) {
	r, key, ok := s.resumeOf(t)
	if !ok {
		return resume{}, 0, false
	}
	st, err := s.root.Lstat(path.Join(s.parts.path, key+partExt))
	if err != nil || st.Size() == 0 || !st.Mode().IsRegular() {
		return resume{}, 0, false
	}
	// The last byte is always fetched again, so that there is an answer which
	// confirms that the file has not changed.
	return r, min(st.Size(), r.Size-1), true
}

// abandonPart removes what there is of a download that failed for good, unless
// it is so much that a later run should not have to begin anew.
func (s *store) abandonPart(t *task) {
	_, key, ok := s.resumeOf(t)
	if !ok {
		return
	}
	st, err := s.root.Lstat(path.Join(s.parts.path, key+partExt))
	if err != nil || st.Size() < keepFailedBytes {
		s.dropPart(t.name)
	}
}

// createPart opens a partial file that can be resumed, empty.
func (s *store) createPart(name string, r resume) (f file, temp string, err error) {
	key := partKey(name)
	temp = key + partExt
	// The old bytes go before the new validator comes: a kill in between must
	// not leave a part of one version with the validator of another.
	f, err = s.create(temp, os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return file{}, "", storeError("create", s.shown(path.Join(s.parts.path, temp)), err)
	}
	b, err := json.Marshal(r)
	if err == nil {
		err = s.root.WriteFile(path.Join(s.parts.path, key+resumeExt), b, 0o666)
	}
	if err != nil {
		f.Close()
		s.discard(temp)
		s.discard(key + resumeExt)
		return file{}, "", storeError("create", s.shown(path.Join(s.parts.path, key+resumeExt)), err)
	}
	s.mu.Lock()
	s.resumes[key] = r
	s.mu.Unlock()
	return f, temp, nil
}

// openPart opens a partial file to go on at offset; what is behind it is cut
// off. What is before it is copied to seen, unless that is nil.
func (s *store) openPart(name string, offset int64, seen io.Writer) (f file, temp string, err error) {
	temp = partKey(name) + partExt
	shown := s.shown(path.Join(s.parts.path, temp))
	if seen != nil {
		old, err := s.root.Open(path.Join(s.parts.path, temp))
		if err != nil {
			return file{}, "", storeError("open", shown, err)
		}
		n, err := io.Copy(seen, io.LimitReader(old, offset))
		old.Close()
		if err == nil && n != offset {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return file{}, "", storeError("read", shown, err)
		}
	}
	if f, err = s.create(temp, 0); err != nil {
		return file{}, "", storeError("open", shown, err)
	}
	if err = f.whole().Truncate(offset); err == nil {
		_, err = f.whole().Seek(offset, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return file{}, "", storeError("open", shown, err)
	}
	return f, temp, nil
}

// forgetPart removes what tells about a partial file, after the file itself
// went or has its name.
func (s *store) forgetPart(name string) {
	key := partKey(name)
	s.mu.Lock()
	_, known := s.resumes[key]
	delete(s.resumes, key)
	s.mu.Unlock()
	if known {
		s.discard(key + resumeExt)
	}
}

// dropPart removes a partial file and what tells about it.
func (s *store) dropPart(name string) {
	s.discard(partKey(name) + partExt)
	s.forgetPart(name)
}

var errContentRange = errors.New("the range in the answer is not the one that was asked for")

// checkContentRange checks the answer to "Range: bytes=offset-".
//
// "A client MUST inspect a 206 response's Content-Type and Content-Range
// field(s) to determine what parts are enclosed and whether additional requests
// are needed."
// https://www.rfc-editor.org/rfc/rfc9110#section-15.3.7
func checkContentRange(value string, offset, size int64) error {
	rest, ok := strings.CutPrefix(value, "bytes ")
	first, rest, ok1 := strings.Cut(rest, "-")
	last, total, ok2 := strings.Cut(rest, "/")
	if !ok || !ok1 || !ok2 {
		return fmt.Errorf("%w: %q", errContentRange, shorten(value, 60))
	}
	from, err1 := strconv.ParseUint(first, 10, 63)
	to, err2 := strconv.ParseUint(last, 10, 63)
	if err1 != nil || err2 != nil || int64(from) != offset || int64(to) != size-1 ||
		total != "*" && total != strconv.FormatInt(size, 10) {
		return fmt.Errorf("%w: %q", errContentRange, shorten(value, 60))
	}
	return nil
}
