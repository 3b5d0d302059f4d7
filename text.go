package aiohttp

import "github.com/aiohttp-go/aiohttp/internal/text"

// Text reads the whole body as text. Its charset is taken from a byte order
// mark, else from the Content-Type field, else from what the text says of itself
// (a meta element of HTML, the declaration of XML). JSON is UTF-8. Without any
// of these it is UTF-8 if it can be, else Windows-1252, as in browsers. Octets
// that are invalid in it become U+FFFD; the byte order mark is dropped.
func (r *Response) Text() (string, error) {
	content, err := r.Bytes()
	if err != nil {
		return "", err
	}
	decoded, err := text.Decode(content, r.Header("Content-Type"))
	return decoded, r.about(r.explain(err))
}
