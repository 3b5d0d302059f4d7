package aiohttptest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Response is an answer as plain data. It is an http.Handler that reads the
// request's body and then gives this answer, as often as it is asked.
type Response struct {
	Status int         // the status code; zero means 200
	Header http.Header // the fields but for Content-Length, which is set
	Body   []byte
}

// JSON gives a response with a value as JSON. It panics if the value has none.
func JSON(status int, v any) Response {
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("aiohttptest: JSON: %v", err))
	}
	return Response{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}

// Text gives a response of plain text.
func Text(status int, text string) Response {
	return Response{Status: status, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: []byte(text)}
}

// Status gives a response without a body.
func Status(status int) Response { return Response{Status: status} }

// With gives the response with one more field.
func (r Response) With(name, value string) Response {
	r.Header = r.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Add(name, value)
	return r
}

// ServeHTTP answers a request.
func (r Response) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	io.Copy(io.Discard, req.Body)
	header := w.Header()
	for name, values := range r.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	status := r.Status
	if status == 0 {
		status = http.StatusOK
	}
	// RFC 9110, section 8.6: "A server MUST NOT send a Content-Length header field
	// in any response with a status code of 1xx (Informational) or 204 (No
	// Content)." A 304 tells that of another response.
	// https://www.rfc-editor.org/rfc/rfc9110#section-8.6-8
	bodiless := status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
	if !bodiless {
		header.Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	w.WriteHeader(status)
	if !bodiless && req.Method != http.MethodHead {
		w.Write(r.Body)
	}
}

// InTurn gives a handler whose n-th request the n-th of handlers answers, and
// all beyond the last one. It panics without handlers.
func InTurn(handlers ...http.Handler) http.Handler {
	if len(handlers) == 0 {
		panic("aiohttptest: InTurn without handlers")
	}
	var mu sync.Mutex
	next := 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := handlers[next]
		next = min(next+1, len(handlers)-1)
		mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

// Delay gives a handler that reads the request's body and waits for d before h
// answers. It does not wait longer than the client.
func Delay(d time.Duration, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			h.ServeHTTP(w, r)
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	})
}
