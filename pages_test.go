package aiohttp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/google/go-cmp/cmp"
)

// page is one of the test's API: its entries, and where the next one is.
type page struct {
	Items []int
	Next  string
}

// collect runs a loop to its end.
func collect[T any](t testing.TB, seq iter.Seq2[T, error]) (all []T, err error) {
	t.Helper()
	for v, e := range seq {
		if err != nil {
			t.Error("an error was not the last thing")
		}
		if err = e; err == nil {
			all = append(all, v)
		}
	}
	return all, err
}

func items(p page) []int { return p.Items }

// answer writes a page.
func answer(w http.ResponseWriter, p page) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(p)
}

func TestPagesFollow(t *testing.T) {
	for _, test := range []struct {
		name, url string
		paging    aiohttp.Paging[page]
		reply     func(w http.ResponseWriter, r *http.Request, n int)
		want      []string // what was asked for
	}{
		{"link", "http://a.test/list?per_page=2", aiohttp.Paging[page]{},
			func(w http.ResponseWriter, _ *http.Request, n int) {
				if n < 3 {
					w.Header().Set("Link", fmt.Sprintf(`</list?per_page=2&page=%d>; rel="next", </>; rel=first`, n+1))
				}
				answer(w, page{})
			},
			[]string{"/list?per_page=2", "/list?per_page=2&page=2", "/list?per_page=2&page=3"}},
		{"link-has-the-query", "http://a.test/list", aiohttp.Paging[page]{Request: aiohttp.Request{Query: url.Values{"q": {"a b"}}}},
			func(w http.ResponseWriter, r *http.Request, n int) {
				if n < 2 {
					w.Header().Set("Link", `<?q=a%20b&p=2>; rel=next`)
				}
				answer(w, page{})
			},
			[]string{"/list?q=a+b", "/list?q=a%20b&p=2"}},
		{"url", "http://a.test/list", aiohttp.Paging[page]{Next: aiohttp.NextURL(func(p page) string { return p.Next })},
			func(w http.ResponseWriter, _ *http.Request, n int) {
				answer(w, page{[]int{n}, []string{"http://A.TEST/2#top", "3", ""}[n-1]})
			},
			[]string{"/list", "/2", "/3"}},
		{"cursor", "http://a.test/list?b=%7e&cursor=old&a=1#f", aiohttp.Paging[page]{Next: aiohttp.NextCursor("cursor", func(p page) string { return p.Next })},
			func(w http.ResponseWriter, _ *http.Request, n int) {
				answer(w, page{[]int{n}, []string{"a&b", "c", ""}[n-1]})
			},
			[]string{"/list?b=%7e&cursor=old&a=1", "/list?b=%7e&a=1&cursor=a%26b", "/list?b=%7e&a=1&cursor=c"}},
		{"number", "http://a.test/list", aiohttp.Paging[page]{Next: aiohttp.NextNumber("page", func(p page) bool { return len(p.Items) > 0 })},
			func(w http.ResponseWriter, _ *http.Request, n int) {
				answer(w, page{Items: make([]int, 3-n)})
			},
			[]string{"/list", "/list?page=2", "/list?page=3"}},
		{"number-from", "http://a.test/list?page=0", aiohttp.Paging[page]{Next: aiohttp.NextNumber("page", func(p page) bool { return len(p.Items) > 0 })},
			func(w http.ResponseWriter, _ *http.Request, n int) {
				answer(w, page{Items: make([]int, 2-n)})
			},
			[]string{"/list?page=0", "/list?page=1"}},
		{"offset", "http://a.test/list", aiohttp.Paging[page]{
			Request: aiohttp.Request{Query: url.Values{"limit": {"2"}, "skip": {"10"}}},
			Next:    aiohttp.NextOffset("skip", func(p page) int { return len(p.Items) }),
		},
			func(w http.ResponseWriter, _ *http.Request, n int) {
				answer(w, page{Items: make([]int, []int{2, 1, 0}[n-1])})
			},
			[]string{"/list?limit=2&skip=10", "/list?limit=2&skip=12", "/list?limit=2&skip=13"}},
		{"no-content", "http://a.test/list", aiohttp.Paging[page]{Next: aiohttp.NextNumber("page", func(page) bool { return true })},
			func(w http.ResponseWriter, _ *http.Request, n int) {
				if n == 2 {
					w.WriteHeader(http.StatusNoContent)
					return
				}
				answer(w, page{})
			},
			[]string{"/list", "/list?page=2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var asked []string
			s := site(t, func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.RequestURI)
				test.reply(w, r, len(asked))
			})
			loop := aiohttp.Pages(t.Context(), s, test.url, test.paging)
			pages, err := collect(t, loop)
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(test.want, asked); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			want := len(test.want)
			if test.name == "no-content" {
				want--
			}
			if len(pages) != want {
				t.Errorf("%d pages, want %d", len(pages), want)
			}
			// The caller's own Request is as it was.
			if q := test.paging.Request.Query; q.Get("page") != "" || q.Get("skip") != "" && q.Get("skip") != "10" {
				t.Errorf("the caller's query has become %v", q)
			}
		})
	}
}

// A cursor that goes in the JSON of a POST, by a Next of the caller's own.
func TestPagesOwnNext(t *testing.T) {
	rec := &recorder{}
	rec.reply = func(w http.ResponseWriter, _ *http.Request) {
		_, n := rec.last(t)
		answer(w, page{Items: []int{n}, Next: strings.Repeat("x", 3-n)})
	}
	s := site(t, rec.serve)
	pages := aiohttp.Pages(t.Context(), s, "http://a.test/search", aiohttp.Paging[page]{
		Request: aiohttp.Request{Method: "POST", JSON: map[string]string{}},
		Next: func(p page, _ *aiohttp.Response, req *aiohttp.Request) bool {
			req.JSON = map[string]string{"after": p.Next}
			return p.Next != ""
		},
	})
	got, err := collect(t, aiohttp.Items(pages, items))
	if diff := cmp.Diff([]int{1, 2, 3}, got); diff != "" || err != nil {
		t.Errorf("items (-want +got):\n%s\nerror %v", diff, err)
	}
	if last, _ := rec.last(t); last.Method != "POST" || last.Body != `{"after":"x"}` {
		t.Errorf("last request %+v", last)
	}
}

// Pages are asked for when the loop comes to them.
func TestItemsAskNoFurther(t *testing.T) {
	rec := &recorder{reply: func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("page"))
		answer(w, page{Items: []int{2 * n, 2*n + 1}})
	}}
	s := site(t, rec.serve)
	pages := aiohttp.Pages(t.Context(), s, "http://a.test/?page=0", aiohttp.Paging[page]{
		Next: aiohttp.NextNumber("page", func(page) bool { return true }),
	})
	var got []int
	for item, err := range aiohttp.Items(pages, items) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, item); item == 3 {
			break
		}
	}
	if _, n := rec.last(t); n != 2 || len(got) != 4 {
		t.Errorf("%d requests for %v, want 2", n, got)
	}
}

func TestPagesGuards(t *testing.T) {
	same := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</b>; rel=next")
		answer(w, page{})
	}
	count := func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.RawQuery)
		w.Header().Set("Link", fmt.Sprintf("<?%d>; rel=next", n+1))
		answer(w, page{})
	}
	for _, test := range []struct {
		name   string
		reply  http.HandlerFunc
		paging aiohttp.Paging[page]
		pages  int
		is     error
		want   []string
	}{
		{"loop", same, aiohttp.Paging[page]{}, 2, aiohttp.ErrPageLoop, []string{`get "http://a.test/b": prepare: next page was asked for before`}},
		{"too-many", count, aiohttp.Paging[page]{MaxPages: 3}, 3, aiohttp.ErrTooManyPages, []string{"too many pages: more than 3"}},
		{"scheme", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "<https://a.test/>; rel=next")
			answer(w, page{})
		}, aiohttp.Paging[page]{}, 1, aiohttp.ErrOtherOrigin, []string{`get "https://a.test/": prepare: next page is of another origin`, "from a.test:80 to a.test:443"}},
		{"body", same, aiohttp.Paging[page]{Request: aiohttp.Request{Method: "POST", Body: strings.NewReader("x")}}, 0, nil, []string{"Request.Body, which cannot be sent again"}},
		{"status", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 404) }, aiohttp.Paging[page]{}, 0, nil, []string{"status 404"}},
		{"json", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, aiohttp.Paging[page]{}, 0, nil, []string{"decoding JSON"}},
		{"url", func(w http.ResponseWriter, _ *http.Request) { answer(w, page{Next: "http://[/"}) },
			aiohttp.Paging[page]{Next: aiohttp.NextURL(func(p page) string { return p.Next })}, 1, nil, []string{"invalid URL"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := site(t, test.reply)
			pages, err := collect(t, aiohttp.Pages(t.Context(), s, "http://a.test/", test.paging))
			wantError(t, err, test.want...)
			if len(pages) != test.pages || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%d pages, want %d; error %v", len(pages), test.pages, err)
			}
		})
	}
}

// A list without end has one after ten thousand pages, unless the caller says
// otherwise.
func TestPagesEndByDefault(t *testing.T) {
	endless := func(aiohttp.Handler) aiohttp.Handler {
		return func(_ context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			return aiohttp.FromHTTP(req, &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("{}"))})
		}
	}
	s := site(t, nil, aiohttp.Options{Middleware: []aiohttp.Middleware{endless}})
	count := aiohttp.NextNumber("page", func(page) bool { return true })
	pages, err := collect(t, aiohttp.Pages(t.Context(), s, "http://a.test/", aiohttp.Paging[page]{Next: count}))
	if len(pages) != 10_000 || !errors.Is(err, aiohttp.ErrTooManyPages) {
		t.Errorf("%d pages, error %v", len(pages), err)
	}
	n := 0
	for _, err := range aiohttp.Pages(t.Context(), s, "http://a.test/", aiohttp.Paging[page]{Next: count, MaxPages: -1}) {
		if n++; err != nil || n > 10_001 {
			if err != nil {
				t.Error(err)
			}
			break
		}
	}
}

// A page of another origin, where the caller allows it, gets no credentials; and
// neither does what that leads back to.
func TestPagesOtherOriginGetsNoCredentials(t *testing.T) {
	next := map[string]string{"a.test": "http://u:p@b.test/2", "b.test": "http://a.test/3"}
	own := func(_ page, resp *aiohttp.Response, req *aiohttp.Request) bool {
		if to := resp.Link("next"); to != nil {
			req.URL = to.String()
			return true
		}
		return false
	}
	for _, test := range []struct {
		base string
		next aiohttp.NextPage[page]
	}{{"", nil}, {"http://a.test/", nil}, {"", own}} {
		rec := &recorder{}
		rec.reply = func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/3" {
				w.Header().Set("Link", "<"+next[r.Host]+">; rel=next")
			}
			answer(w, page{})
		}
		s := site(t, rec.serve, aiohttp.Options{
			BaseURL: test.base,
			Header:  http.Header{"Authorization": {"Bearer session"}, "Cookie": {"session=1"}, "X-Plain": {"1"}},
			Query:   url.Values{"api_key": {"secret"}},
		})
		_, err := collect(t, aiohttp.Pages(t.Context(), s, "http://a.test/1", aiohttp.Paging[page]{
			Request: aiohttp.Request{
				Header:  http.Header{"x-api-key": {"own"}, "X-Own": {"1"}},
				Cookies: []*http.Cookie{{Name: "own", Value: "1"}},
			},
			AllowOtherOrigins: true,
			Next:              test.next,
		}))
		if err != nil {
			t.Fatal(err)
		}
		if len(rec.all) != 3 {
			t.Fatalf("%d requests", len(rec.all))
		}
		first := rec.all[0]
		if first.URL != "/1?api_key=secret" || first.Header.Get("Authorization") == "" || first.Header.Get("X-Api-Key") == "" || first.Header.Get("Cookie") != "session=1; own=1" {
			t.Errorf("first request %+v", first)
		}
		for _, later := range rec.all[1:] {
			h := later.Header
			if strings.Contains(later.URL, "api_key") || h.Get("Authorization") != "" || h.Get("Cookie") != "" || h.Get("X-Api-Key") != "" {
				t.Errorf("credentials went to %s: %+v", later.Host, later)
			}
			if h.Get("X-Plain") != "1" || h.Get("X-Own") != "1" {
				t.Errorf("fields are missing: %+v", later)
			}
		}
	}
}

// Within the origin credentials go along, those of the URL too; and the session's
// queries stand in each URL once, whether the server repeats them or not.
func TestPagesKeepCredentials(t *testing.T) {
	rec := &recorder{reply: func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/1":
			w.Header().Set("Link", "</2?lang=de>; rel=next")
		case "/2":
			w.Header().Set("Link", "<http://other:own@a.test/3?api_key=echo>; rel=next")
		}
		answer(w, page{})
	}}
	s := site(t, rec.serve, aiohttp.Options{Query: url.Values{"api_key": {"k"}}})
	if _, err := collect(t, aiohttp.Pages[page](t.Context(), s, "http://u:p@a.test/1")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rec.all {
		got = append(got, r.URL+" "+r.Header.Get("Authorization"))
	}
	const basic = " Basic dTpw"
	if diff := cmp.Diff([]string{"/1?api_key=k" + basic, "/2?lang=de&api_key=k" + basic, "/3?api_key=echo" + basic}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}
