package request

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/form"
)

// Input is where "@-" reads from.
type Input = io.Reader

// MaxJSONBytes bounds a JSON body that is read from a file or from stdin, which
// is held in memory to be checked. Larger ones can be sent by -d @FILE.
const MaxJSONBytes = 64 << 20

// body sets the body of req from the flags, and tells whether there is one.
func (f *Flags) body(req *aiohttp.Request, in Input) (bool, error) {
	given := 0
	for _, is := range []bool{f.Data != "", f.JSON != "", len(f.Form) > 0} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		return false, Conflict("-d, --json and --form exclude each other")
	case f.Data != "":
		return true, f.dataBody(req, in)
	case f.JSON != "":
		return true, f.jsonBody(req, in)
	case len(f.Form) > 0:
		return true, f.formBody(req)
	}
	return false, nil
}

func (f *Flags) dataBody(req *aiohttp.Request, in Input) error {
	path, isFile := strings.CutPrefix(f.Data, "@")
	switch {
	case isFile && path == "-":
		req.Body = in
		req.Header.Set("Content-Type", "application/octet-stream")
	case isFile:
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("-d: %w", err)
		}
		if info.IsDir() {
			return fmt.Errorf("-d %s: is a directory", f.Data)
		}
		req.File = path
	default:
		req.Bytes = []byte(f.Data)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return nil
}

// jsonBody sends the text as it was written, once it is known to be JSON: a
// server's complaint about it would be harder to understand.
func (f *Flags) jsonBody(req *aiohttp.Request, in Input) error {
	text, err := readText(f.JSON, in)
	if err != nil {
		return fmt.Errorf("--json: %w", err)
	}
	var value json.RawMessage
	if err := json.Unmarshal(text, &value); err != nil {
		if e, ok := errors.AsType[*json.SyntaxError](err); ok {
			return fmt.Errorf("--json: no JSON at byte %d: %w", e.Offset, err)
		}
		return fmt.Errorf("--json: %w", err)
	}
	req.Bytes = text
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, */*;q=0.5")
	return nil
}

// formBody makes a form of the fields, with parts where one of them is a file.
func (f *Flags) formBody(req *aiohttp.Request) error {
	req.Multipart = form.New()
	for _, field := range f.Form {
		name, value, ok := strings.Cut(field, "=")
		if !ok || name == "" {
			return fmt.Errorf("--form %q: want name=value or name=@FILE", field)
		}
		if path, isFile := strings.CutPrefix(value, "@"); isFile {
			req.Multipart.AddFile(name, path)
		} else {
			req.Multipart.Add(name, value)
		}
	}
	return nil
}

// readText gives arg itself, or what the file or stdin named by it holds.
func readText(arg string, in Input) ([]byte, error) {
	path, isFile := strings.CutPrefix(arg, "@")
	if !isFile {
		return []byte(arg), nil
	}
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, MaxJSONBytes+1))
	if err == nil && len(text) > MaxJSONBytes {
		err = fmt.Errorf("%s: more than %d bytes", arg, MaxJSONBytes)
	}
	return bytes.TrimSpace(text), err
}
