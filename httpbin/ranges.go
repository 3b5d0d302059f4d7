package httpbin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// byteRange answers with the alphabet again and again, in whole or in ranges.
// ?duration=5s spreads the body over that time. It stands before go-httpbin's
// because that one's ETag has no quotes, and a download cannot be resumed on it:
//
// "opaque-tag = DQUOTE *etagc DQUOTE"
// https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3-2
func (s *site) byteRange(w http.ResponseWriter, r *http.Request) {
	n, err := parseCount(r.PathValue("bytes"), s.opts.MaxBodyBytes)
	if err != nil {
		badRequest(w, err)
		return
	}
	duration, err := parseWait(r.URL.Query().Get("duration"), s.opts.MaxDelay)
	if err != nil {
		badRequest(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("ETag", fmt.Sprintf(`"range-%d"`, n))
	http.ServeContent(w, r, "", s.start, &letters{ctx: r.Context(), size: n, duration: duration})
}

// cache answers as /get, or with 304 to any conditional request. It stands
// before go-httpbin's because that one's validators are not valid.
//
// "An HTTP-date value represents time as an instance of Coordinated Universal
// Time (UTC). The first two formats indicate UTC by the three-letter
// abbreviation for Greenwich Mean Time, "GMT"..."
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7-8
func (s *site) cache(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, s.start.UnixNano()))
	w.Header().Set("Last-Modified", s.start.UTC().Format(http.TimeFormat))
	if r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "" {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	newEcho(r).write(w, "", nil)
}

// parseWait parses a time to wait, as "1.5s" or in seconds as "1.5"; empty is
// none.
func parseWait(text string, limit time.Duration) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = time.ParseDuration(text + "s")
	}
	if err != nil || d < 0 || d > limit {
		return 0, fmt.Errorf("duration %q: not a time from 0 to %v", text, limit)
	}
	return d, nil
}

// letters is the alphabet repeated up to size bytes, read in the given time if
// that is not zero. It is not safe for concurrent use.
type letters struct {
	ctx      context.Context
	size     int64
	duration time.Duration
	offset   int64
}

// waits is the number of pauses in which [letters] divides its duration: often
// enough for a progress bar to move.
const waits = 50

// Read fills p with the next letters, one pause at a time.
func (l *letters) Read(p []byte) (int, error) {
	left := l.size - l.offset
	if left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), left)
	if l.duration > 0 {
		step := max(l.size/waits, 1)
		n = min(n, step)
		pause := time.Duration(float64(l.duration) * float64(n) / float64(l.size))
		if err := sleep(l.ctx, pause); err != nil {
			return 0, err
		}
	}
	for i := range p[:n] {
		p[i] = 'a' + byte((l.offset+int64(i))%26)
	}
	l.offset += n
	return int(n), nil
}

// Seek moves to the offset that [http.ServeContent] asks for.
func (l *letters) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += l.offset
	case io.SeekEnd:
		offset += l.size
	}
	if offset < 0 {
		return 0, errors.New("seek " + strconv.FormatInt(offset, 10) + ": before the start")
	}
	l.offset = offset
	return offset, nil
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
