package httpbin

import (
	"net/http"
	"strconv"
	"strings"
)

// samples holds a line of text a charset, in the bytes of that charset. The
// comment is what a client has to show.
var samples = map[string]string{
	// 你好，世界。
	"big5": "\xa7A\xa6n\xa1A\xa5@\xac\xc9\xa1C\n",
	// こんにちは、世界。
	"euc-jp": "\xa4\xb3\xa4\xf3\xa4\xcb\xa4\xc1\xa4\xcf\xa1\xa2\xc0\xa4\xb3\xa6\xa1\xa3\n",
	// 안녕하세요, 세계.
	"euc-kr": "\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4, \xbc\xbc\xb0\xe8.\n",
	// 你好，世界。
	"gbk": "\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7\xa1\xa3\n",
	// Grüße aus Köln, déjà vu, señor, smørrebrød.
	"iso-8859-1": "Gr\xfc\xdfe aus K\xf6ln, d\xe9j\xe0 vu, se\xf1or, sm\xf8rrebr\xf8d.\n",
	// Zażółć gęślą jaźń.
	"iso-8859-2": "Za\xbf\xf3\xb3\xe6 g\xea\xb6l\xb1 ja\xbc\xf1.\n",
	// Съешь ещё этих булок.
	"koi8-r": "\xf3\xdf\xc5\xdb\xd8 \xc5\xdd\xa3 \xdc\xd4\xc9\xc8 \xc2\xd5\xcc\xcf\xcb.\n",
	// こんにちは、世界。
	"shift_jis": "\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd\x81A\x90\xa2\x8aE\x81B\n",
	// Hello, 世界.
	"utf-16le": "H\x00e\x00l\x00l\x00o\x00,\x00 \x00\x16NLu.\x00\n\x00",
	// Съешь ещё этих булок.
	"windows-1251": "\xd1\xfa\xe5\xf8\xfc \xe5\xf9\xb8 \xfd\xf2\xe8\xf5 \xe1\xf3\xeb\xee\xea.\n",
	// “Curly quotes” – and coffee for 3 €.
	"windows-1252": "\x93Curly quotes\x94 \x96 and coffee for 3 \x80.\n",
}

// encoding answers with text in the charset asked for; go-httpbin has the long
// sample in UTF-8.
func (s *site) encoding(w http.ResponseWriter, r *http.Request) {
	charset := strings.ToLower(r.PathValue("charset"))
	if charset == "utf8" || charset == "utf-8" {
		s.bin.UTF8(w, r)
		return
	}
	text, ok := samples[charset]
	if !ok {
		http.Error(w, "charset not found: "+strconv.Quote(charset), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset="+charset)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	// Fails only if the client is gone, who cannot be told.
	_, _ = w.Write([]byte(text))
}
