package coding_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/aiohttp-go/aiohttp/internal/coding"
)

func TestEncoderRoundTrips(t *testing.T) {
	for _, name := range coding.Parse([]string{coding.Accept}) {
		if !coding.Encodes(name) {
			t.Errorf("%s is decoded and not encoded", name)
		}
		for _, text := range []string{"", "x", prose(300 << 10)} {
			for way, src := range map[string]io.Reader{
				"whole":    strings.NewReader(text),
				"halves":   iotest.HalfReader(strings.NewReader(text)),
				"data-err": iotest.DataErrReader(strings.NewReader(text)),
			} {
				e, err := coding.NewEncoder(src, name)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := decode(e, name, coding.Limits{}); got != text || err != nil {
					t.Errorf("%s, %s: %d bytes, want %d; error %v", name, way, len(got), len(text), err)
				}
				if n, err := e.Read(make([]byte, 1)); n != 0 || err != io.EOF {
					t.Errorf("%s, %s: behind the end %d, %v", name, way, n, err)
				}
			}
			coded, err := coding.Encode([]byte(text), name)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := decode(strings.NewReader(string(coded)), name, coding.Limits{}); got != text || err != nil {
				t.Errorf("%s: %d bytes, want %d; error %v", name, len(got), len(text), err)
			}
		}
	}
}

// An error of the source comes as it is, in the place of the body's end.
func TestEncoderGivesTheSourcesError(t *testing.T) {
	broken := errors.New("broken")
	e, err := coding.NewEncoder(io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(broken)), "gzip")
	if err != nil {
		t.Fatal(err)
	}
	coded, err := io.ReadAll(e)
	if err != broken {
		t.Errorf("error %v", err)
	}
	if text, err := decode(strings.NewReader(string(coded)), "gzip", coding.Limits{}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("what came before is the whole body %q, error %v", text, err)
	}
	if _, err := e.Read(make([]byte, 1)); err != broken {
		t.Errorf("error %v when read again", err)
	}
}

func TestEncoderRefusesUnknown(t *testing.T) {
	if _, err := coding.NewEncoder(strings.NewReader(""), "compress"); !errors.Is(err, coding.ErrUnknown) || coding.Encodes("compress") {
		t.Errorf("error %v", err)
	}
	if _, err := coding.Encode(nil, "compress"); !errors.Is(err, coding.ErrUnknown) {
		t.Errorf("error %v", err)
	}
}
