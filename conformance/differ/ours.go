package differ

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// unlimited takes the limits on sizes out of the comparison: they are a matter
// of taste, and each reader has its own.
var unlimited = http1.Limits{LineBytes: math.MaxInt, HeadBytes: math.MaxInt, Fields: math.MaxInt}

// Ours reads a case with internal/http1 in the way of the connector. wrap, which
// may be nil, decides in what pieces the octets arrive.
func Ours(c Case, wrap func(io.Reader) io.Reader) Outcome {
	src := bytes.NewReader(c.Wire)
	var rd http1.Reader
	if wrap == nil {
		rd.Reset(src)
	} else {
		rd.Reset(wrap(src))
	}
	defer rd.Release()
	var o Outcome
	var h http1.ResponseHead
	if c.Method == "CONNECT" {
		h.Method = c.Method // other methods it does not tell: see exchange.nextHead
	}
	for {
		if err := rd.ReadResponseHead(&h, &unlimited); err != nil {
			return failed(err)
		}
		if h.Status >= 200 || h.Status == 101 {
			break
		}
		o.Interims++
	}
	o.Status, o.Minor = h.Status, h.Minor
	o.Fields = fieldsOf(h.Fields)
	kind, length := h.BodyOf(c.Method)
	if o.Switched = switches(c.Method, h.Status); o.Switched {
		o.Used = len(c.Wire) - src.Len() - len(rd.Buffered())
		return o
	}
	var b http1.Body
	b.Reset(&rd, kind, length, &unlimited)
	var err error
	if o.Body, err = io.ReadAll(&b); err != nil {
		return failed(err)
	}
	o.Trailer = fieldsOf(b.Trailer())
	o.Used = len(c.Wire) - src.Len() - len(rd.Buffered())
	o.Persists = !h.Close && kind != http1.UntilClose
	return o
}

// failed is the outcome of an error.
func failed(err error) Outcome {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Outcome{Verdict: Incomplete, Err: err.Error()}
	}
	return Outcome{Verdict: Refused, Err: err.Error()}
}

func fieldsOf(block http1.Fields) []Field {
	var fields []Field
	for name, value := range block.All() {
		fields = append(fields, Field{strings.ToLower(string(name)), string(value)})
	}
	return fields
}
