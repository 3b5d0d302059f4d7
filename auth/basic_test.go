package auth_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/auth"
)

func TestBasicSendsNameAndPassword(t *testing.T) {
	for _, test := range []struct {
		name       string
		middleware aiohttp.Middleware
		want       string
	}{
		// "Aladdin" and "open sesame", "test" and "123£":
		// https://www.rfc-editor.org/rfc/rfc7617#section-2
		{"ascii", auth.Basic("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
		{"utf-8", auth.Basic("test", "123£"), "Basic dGVzdDoxMjPCow=="},
		{"colon-in-password", auth.Basic("a", "b:c"), "Basic YTpiOmM="},
		{"empty", auth.Basic("", ""), "Basic Og=="},
		{"bearer", auth.Bearer("mF_9.B5f-4.1JqM"), "Bearer mF_9.B5f-4.1JqM"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, st := session(t, nil, test.middleware)
			resp, err := s.Get(t.Context(), "http://a.test/")
			status(t, resp, err)
			if want := []string{"GET http://a.test/ " + test.want}; !slices.Equal(st.log, want) {
				t.Errorf("sent %q, want %q", st.log, want)
			}
		})
	}
}

// Who gets the credentials, hop by hop.
func TestCredentialsStayWhereTheyBelong(t *testing.T) {
	const there = " Bearer t"
	ab := auth.Options{Origins: []string{"http://a.test", "HTTP://B.test:80/"}}
	for _, test := range []struct {
		name string
		opts auth.Options
		base string
		req  aiohttp.Request
		want []string
	}{
		{"same-origin", auth.Options{}, "", aiohttp.Request{URL: "http://a.test/?to=/end"}, []string{"GET http://a.test/?to=/end" + there, "GET http://a.test/end" + there}},
		{"another", auth.Options{}, "", aiohttp.Request{URL: "http://a.test/?to=http://b.test/"}, []string{"GET http://a.test/?to=http://b.test/" + there, "GET http://b.test/"}},
		{"another-port", auth.Options{}, "", aiohttp.Request{URL: "http://a.test/?to=http://a.test:81/"}, []string{"GET http://a.test/?to=http://a.test:81/" + there, "GET http://a.test:81/"}},
		{"there-and-back", auth.Options{}, "", aiohttp.Request{URL: "http://a.test/?to=http://b.test/%3Fto=http://a.test/"},
			[]string{"GET http://a.test/?to=http://b.test/%3Fto=http://a.test/" + there, "GET http://b.test/?to=http://a.test/", "GET http://a.test/"}},
		{"listed", ab, "", aiohttp.Request{URL: "http://a.test/?to=http://b.test/"}, []string{"GET http://a.test/?to=http://b.test/" + there, "GET http://b.test/" + there}},
		{"not-listed", ab, "", aiohttp.Request{URL: "http://c.test/"}, []string{"GET http://c.test/"}},
		{"empty-list", auth.Options{Origins: []string{}}, "", aiohttp.Request{URL: "http://a.test/"}, []string{"GET http://a.test/"}},
		{"base", auth.Options{}, "http://a.test", aiohttp.Request{URL: "/x"}, []string{"GET http://a.test/x" + there}},
		{"not-the-base", auth.Options{}, "http://a.test", aiohttp.Request{URL: "http://b.test/x"}, []string{"GET http://b.test/x"}},
		{"trace", ab, "", aiohttp.Request{Method: "TRACE", URL: "http://a.test/"}, []string{"TRACE http://a.test/"}},
		{"own-field", auth.Options{}, "", aiohttp.Request{URL: "http://a.test/", Header: http.Header{"authorization": {"Own x"}}}, []string{"GET http://a.test/ Own x"}},
		{"url", auth.Options{}, "", aiohttp.Request{URL: "http://u:p@a.test/"}, []string{"GET http://a.test/ Basic dTpw"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, st := with(t, nil, aiohttp.Options{BaseURL: test.base, Middleware: []aiohttp.Middleware{auth.Bearer("t", test.opts)}})
			resp, err := s.Do(t.Context(), test.req)
			status(t, resp, err)
			if !slices.Equal(st.log, test.want) {
				t.Errorf("sent\n%q, want\n%q", st.log, test.want)
			}
		})
	}
}

func TestCredentialsThatCannotBeSentAreAnError(t *testing.T) {
	for _, test := range []struct {
		name, want string
		middleware aiohttp.Middleware
	}{
		{"colon", "user name with a colon", auth.Basic("a:b", "hunter2")},
		{"control", "control character", auth.Basic("a", "hunter2\r\n")},
		{"digest-colon", "user name with a colon", auth.Digest("a:b", "hunter2")},
		{"bearer", "token that is empty", auth.Bearer("hunter2 ")},
		{"bearer-none", "token that is empty", auth.Bearer("")},
		{"origin", `invalid origin "a.test"`, auth.Bearer("hunter2", auth.Options{Origins: []string{"a.test"}})},
		{"origin-path", `invalid origin "http://a.test/x"`, auth.Bearer("hunter2", auth.Options{Origins: []string{"http://a.test/x"}})},
		{"origin-user", `invalid origin "http://u:xxxxx@a.test"`, auth.Bearer("x", auth.Options{Origins: []string{"http://u:hunter2@a.test"}})},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, st := session(t, nil, test.middleware)
			_, err := s.Get(t.Context(), "http://a.test/")
			wantText(t, err, test.want)
			if len(st.log) != 0 {
				t.Errorf("sent %q", st.log)
			}
		})
	}
}
