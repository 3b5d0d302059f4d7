package har

import (
	"bufio"
	"bytes"
	"fmt"
	"mime"
	"net/textproto"
	"strings"
	"unicode/utf8"

	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// multipart writes a multipart body for people: in the place of a part that is no
// text stands how long it is, and credentials are masked where that is asked for.
// Other octets stay, so that viewers find the parts. It tells whether a part was
// left out. What has no boundary is given as it is.
func multipart(body []byte, boundary string, mask bool) (text string, less bool) {
	if boundary == "" {
		return string(body), false
	}
	var out strings.Builder
	for i, piece := range bytes.Split(body, []byte("--"+boundary)) {
		if i > 0 {
			out.WriteString("--" + boundary)
		}
		head, content, found := bytes.Cut(piece, []byte("\r\n\r\n"))
		if !found {
			out.Write(bytes.ToValidUTF8(piece, []byte("\ufffd")))
			continue
		}
		content, end := bytes.CutSuffix(content, []byte("\r\n"))
		out.Write(bytes.ToValidUTF8(head, []byte("\ufffd")))
		out.WriteString("\r\n\r\n")
		if utf8.Valid(content) {
			out.WriteString(part(string(head), string(content), mask))
		} else {
			less = true
			fmt.Fprintf(&out, "(%d bytes)", len(content))
		}
		if end {
			out.WriteString("\r\n")
		}
	}
	return out.String(), less
}

// part gives the content of a part, masked where it is a credential.
func part(head, content string, mask bool) string {
	if !mask {
		return content
	}
	fields, _ := textproto.NewReader(bufio.NewReader(strings.NewReader(strings.TrimPrefix(head, "\r\n") + "\r\n\r\n"))).ReadMIMEHeader()
	if _, params, err := mime.ParseMediaType(fields.Get("Content-Disposition")); err == nil && secret.Bears(strings.ToLower(params["name"])) {
		return secret.Mask
	}
	return masked(content, fields.Get("Content-Type"))
}
