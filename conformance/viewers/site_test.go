//go:build unix

package viewers_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/coding"
)

// shop is a site with a bit of everything.
func shop(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	time.Sleep(3 * time.Millisecond) // so that it is seen
	switch r.URL.Path {
	case "/":
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "hush", Path: "/", HttpOnly: true, Secure: true, Expires: time.Date(2040, 1, 2, 3, 4, 5, 0, time.UTC)})
		http.Redirect(w, r, "/home", http.StatusMovedPermanently)
	case "/home":
		http.Redirect(w, r, "/home/en", http.StatusFound)
	case "/home/en":
		give(w, "text/html; charset=utf-8", "gzip", []byte(page))
	case "/style.css":
		give(w, "text/css", "br", []byte(style))
	case "/logo.png":
		w.Header().Set("ETag", `"7"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		give(w, "image/png", "", picture())
	case "/app.js":
		w.Header().Set("Cache-Control", "max-age=600")
		give(w, "text/javascript", "", []byte("alert(1)\n"))
	case "/catalogue.json":
		give(w, "application/json", "zstd", []byte(catalogue))
	case "/orders":
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, `{"order": 7}`)
	case "/login":
		http.Redirect(w, r, "/photos", http.StatusSeeOther)
	case "/latin":
		give(w, "text/plain; charset=iso-8859-1", "", []byte("Gr\xfc\xdfe"))
	case "/latin.html": // octets that are UTF-8 by chance
		give(w, "text/html; charset=windows-1252", "", []byte("<p>\xc3\xa4"))
	case "/video":
		give(w, "video/mp4", "", bytes.Repeat([]byte{0, 0xff, 7}, 500_000))
	case "/gone":
		w.WriteHeader(http.StatusNoContent)
	case "/missing":
		http.NotFound(w, r)
	case "/busy":
		w.WriteHeader(http.StatusServiceUnavailable)
	case "/cut":
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	case "/slow":
		<-r.Context().Done()
	default:
		give(w, "text/plain; charset=utf-8", "", []byte("thank you"))
	}
}

// give sends a body in a coding.
func give(w http.ResponseWriter, media, name string, body []byte) {
	w.Header().Set("Content-Type", media)
	if name != "" {
		w.Header().Set("Content-Encoding", name)
		body, _ = coding.Encode(body, name)
	}
	w.Write(body)
}

func picture() []byte {
	var b bytes.Buffer
	png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 40)))
	return b.Bytes()
}

// Bodies that the viewers must show as they are, whatever their coding was.
var (
	page      = "<!doctype html><title>Shop</title>" + strings.Repeat("<p>Grüße\n", 300)
	style     = strings.Repeat("p { color: red }\n", 200)
	catalogue = `{"items": [` + strings.Repeat(`{"name": "cup"}, `, 99) + `{}]}`
)
