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
		shown, whole := part(string(head), content, mask)
		out.WriteString(shown)
		less = less || !whole
		if end {
			out.WriteString("\r\n")
		}
	}
	return out.String(), less
}

// part gives the content of a part, masked where it is a credential, and whether
// it is text.
func part(head string, content []byte, mask bool) (string, bool) {
	var kind string
	if mask {
		fields, _ := textproto.NewReader(bufio.NewReader(strings.NewReader(strings.TrimPrefix(head, "\r\n") + "\r\n\r\n"))).ReadMIMEHeader()
		if _, params, err := mime.ParseMediaType(fields.Get("Content-Disposition")); err == nil && secret.Bears(strings.ToLower(params["name"])) {
			return secret.Mask, true
		}
		// A multipart body in another one holds files; going down would take as long as
		// a server likes.
		if kind = fields.Get("Content-Type"); strings.HasPrefix(strings.ToLower(kind), "multipart/") {
			kind = ""
		}
	}
	if !utf8.Valid(content) {
		return fmt.Sprintf("(%d bytes)", len(content)), false
	}
	return masked(string(content), kind), true
}
