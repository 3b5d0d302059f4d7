package aiohttp_test

import (
	"io"
	"net/http"
	"testing"
)

func TestResponseTextCharset(t *testing.T) {
	const utf16 = "\xff\xfeh\x00\xe4\x00"
	for _, test := range []struct{ name, contentType, body, want string }{
		{"header-utf-8", "text/plain; charset=utf-8", "ä", "ä"},
		{"header-latin-1", "text/plain; charset=ISO-8859-1", "\xe4", "ä"},
		{"header-quoted", `text/plain; charset="windows-1251"`, "\xcf\xf0", "Пр"},
		{"header-shift-jis", "text/html; charset=Shift_JIS", "\x83\x65", "テ"},
		{"header-gb2312", "text/html; charset=gb2312", "\xc4\xe3", "你"},
		{"header-over-meta", "text/html; charset=iso-8859-1", "<meta charset=utf-8>\xe4", "<meta charset=utf-8>ä"},
		{"header-unknown", "text/plain; charset=x-none", "ä", "ä"},
		{"header-invalid-octets", "text/plain; charset=utf-8", "a\xffb", "a\ufffdb"},
		{"bom-utf-8", "text/plain", "\ufeffä", "ä"},
		{"bom-utf-16le", "text/plain", utf16, "hä"},
		{"bom-utf-16be", "text/plain", "\xfe\xff\x00h\x00\xe4", "hä"},
		{"bom-over-header", "text/plain; charset=iso-8859-1", "\ufeffä", "ä"},
		{"utf-16le-without-bom", "text/plain; charset=utf-16le", "h\x00\xe4\x00", "hä"},
		{"meta", "text/html", "<meta charset=windows-1251>\xcf\xf0", "<meta charset=windows-1251>Пр"},
		{"meta-http-equiv", "text/html", `<meta http-equiv=Content-Type content="text/html; charset=koi8-r">` + "\xf0", `<meta http-equiv=Content-Type content="text/html; charset=koi8-r">П`},
		{"meta-ascii-only", "text/html", "<meta charset=iso-2022-jp>\x1b$B%F\x1b(B", "<meta charset=iso-2022-jp>テ"},
		{"meta-without-type", "", "<meta charset=windows-1251>\xcf", "<meta charset=windows-1251>П"},
		{"meta-in-plain-text", "text/plain", "<meta charset=windows-1251>ä", "<meta charset=windows-1251>ä"},
		{"meta-in-json", "application/json", `"<meta charset=windows-1251>ä"`, `"<meta charset=windows-1251>ä"`},
		{"xml", "application/xml", "<?xml version='1.0' encoding='windows-1251'?>\xcf", "<?xml version='1.0' encoding='windows-1251'?>П"},
		{"xml-feed", "application/rss+xml", "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\xe4", "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>ä"},
		{"xml-none", "text/xml", "<a>ä</a>", "<a>ä</a>"},
		{"json", "application/problem+json", "\"\xff\"", "\"\ufffd\""},
		{"none-utf-8", "text/plain", "ä", "ä"},
		{"none-windows-1252", "text/plain", "\x93\xe4\x94", "“ä”"},
		{"none-html-windows-1252", "text/html", "<p>\xe4", "<p>ä"},
		{"broken-type", ";;;", "\xe4", "ä"},
		{"empty", "text/html", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := site(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{test.contentType}
				if test.contentType == "" {
					w.Header()["Content-Type"] = nil
				}
				io.WriteString(w, test.body)
			})
			resp, err := s.Get(t.Context(), "http://a.test/")
			if err != nil {
				t.Fatal(err)
			}
			if got, err := resp.Text(); got != test.want || err != nil {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
}
