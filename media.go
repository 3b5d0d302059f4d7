package aiohttp

import (
	"mime"
	"path"
	"strings"

	"github.com/aiohttp-go/aiohttp/form"
	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// MediaType gives the media type of the Content-Type field, in lower case and
// without parameters ("text/html"). It is "" when there is none that can be one.
func (r *Response) MediaType() string {
	kind, _, _ := strings.Cut(r.Header("Content-Type"), ";")
	kind = strings.ToLower(http1.TrimOWS(kind))
	main, sub, _ := strings.Cut(kind, "/")
	if !http1.ValidToken(main) || !http1.ValidToken(sub) {
		return ""
	}
	return kind
}

// Charset gives the charset parameter of the Content-Type field, in lower case,
// or "" when there is none or the field is not well-formed. It is what the server says; Text knows better.
func (r *Response) Charset() string {
	_, params, _ := mime.ParseMediaType(r.Header("Content-Type"))
	return strings.ToLower(params["charset"])
}

// FileName gives a name for a file with the body: what the Content-Disposition
// field suggests, else the last element of the URL's path. It is a name that any
// file system can bear, without a folder in it; "" when there is none.
func (r *Response) FileName() string {
	if d, err := form.ParseDisposition(r.Header("Content-Disposition")); err == nil && d.FileName() != "" {
		return form.SafeName(d.FileName())
	}
	name := path.Base(r.URL().Path)
	if name == "/" || name == "." {
		return ""
	}
	return form.SafeName(name)
}
