package python

import "fmt"

// to redirects.
func to(status int, location string) string {
	return fmt.Sprintf("HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", status, location)
}

// redirected is a program of one request that is redirected.
func redirected(name, location string, step Step) Program {
	if step.URL == "" {
		step.URL = "{A}/from"
	}
	return Program{Name: name, Steps: []Step{step}, Answers: []string{to(302, location), ok}}
}

// ofMethods are about the method and the body after a redirect, one for each method
// and status.
func ofMethods() (all []Program) {
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			step := Step{Method: method, URL: "{A}/from", Follow: true}
			if method != "GET" && method != "HEAD" {
				step.Bytes = "body"
			}
			all = append(all, Program{
				Name: fmt.Sprintf("redirect-%d-%s", status, method), Steps: []Step{step}, Answers: []string{to(status, "/to"), ok},
			})
		}
	}
	return all
}

// secrets are what must not go to another origin.
var secrets = []Field{{"Authorization", "Bearer t"}, {"Cookie", "c=1"}, {"Proxy-Authorization", "Basic eA=="}}

// ofRedirects are about where redirects lead, and what goes along.
var ofRedirects = []Program{
	redirected("redirect-relative", "to?x=1", Step{URL: "{A}/a/from"}),
	redirected("redirect-to-a-query", "?x=1", Step{}),
	redirected("redirect-without-scheme", "//b.test:{b}/to", Step{}),
	redirected("redirect-params-are-not-repeated", "/to", Step{Params: []Field{{"a", "1"}}}),
	redirected("redirect-fragment", "/to", Step{URL: "{A}/from#part"}),
	redirected("redirect-fragment-of-its-own", "/to#other", Step{URL: "{A}/from#part"}),
	redirected("redirect-space", "/a b", Step{}),
	redirected("redirect-not-ascii", "/é", Step{}),
	redirected("redirect-escapes", "/%7e%2f?sig=%2F+%3D", Step{}),
	redirected("redirect-same-origin-keeps", "/to", Step{Headers: secrets}),
	redirected("redirect-other-origin-drops", "{B}/to", Step{Headers: secrets}),
	redirected("redirect-api-key", "{B}/to", Step{Headers: []Field{{"X-Api-Key", "k"}}}),
	redirected("redirect-other-fields", "{B}/to", Step{Headers: []Field{{"X-One", "1"}}}),
	redirected("redirect-cookies-same-origin", "/to", Step{Cookies: []Field{{"c", "1"}}}),
	redirected("redirect-cookies-other-origin", "{B}/to", Step{Cookies: []Field{{"c", "1"}}}),
	redirected("redirect-user-same-origin", "/to", Step{URL: "http://me:x@a.test:{a}/from"}),
	redirected("redirect-user-other-origin", "{B}/to", Step{URL: "http://me:x@a.test:{a}/from"}),
	redirected("redirect-user-in-location", "http://me:x@a.test:{a}/to", Step{}),
	redirected("redirect-user-for-another-origin", "http://me:x@b.test:{b}/to", Step{}),
	redirected("redirect-host-field", "{B}/to", Step{Headers: []Field{{"Host", "virtual.test"}}}),
	redirected("redirect-not-followed", "/to", Step{Stay: true}),
	redirected("redirect-of-head-by-default", "/to", Step{Method: "HEAD"}),
	redirected("redirect-to-ftp", "ftp://a.test/", Step{}),
	redirected("redirect-to-nowhere", "http://[/", Step{}),
	redirected("redirect-to-nobody", "{Z}/", Step{}),
	{Name: "redirect-and-back", Steps: []Step{{URL: "{A}/from", Headers: secrets}}, Answers: []string{to(302, "{B}/x"), to(302, "{A}/y"), ok}},
	{Name: "redirect-without-location", Steps: []Step{{URL: "{A}/"}}, Answers: []string{"HTTP/1.1 302 Found\r\nContent-Length: 2\r\n\r\nok"}},
	{Name: "redirect-by-uri", Steps: []Step{{URL: "{A}/"}}, Answers: []string{"HTTP/1.1 302 Found\r\nURI: /to\r\nContent-Length: 0\r\n\r\n", ok}},
	{Name: "redirect-300", Steps: []Step{{URL: "{A}/"}}, Answers: []string{to(300, "/to"), ok}},
	{Name: "redirect-for-ever", Steps: []Step{{URL: "{A}/"}}, Answers: []string{to(302, "/")}},
	{Name: "redirect-limit", Steps: []Step{{URL: "{A}/", MaxRedirects: 2}}, Answers: []string{to(302, "/x"), to(302, "/y"), ok}},
	{Name: "redirect-of-pieces", Steps: []Step{posted(Step{URL: "{A}/", Pieces: []Field{{"", "x"}}})}, Answers: []string{to(307, "/to"), ok}},
	{Name: "redirect-typed-post-to-get", Answers: []string{to(303, "/to"), ok},
		Steps: []Step{posted(Step{URL: "{A}/", JSON: 1, Headers: []Field{{"X-One", "1"}}})}},
}

// sets answers with cookies.
func sets(cookies ...string) string {
	head := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
	for _, c := range cookies {
		head += "Set-Cookie: " + c + "\r\n"
	}
	return head + "\r\nok"
}

// kept is a program in which a first answer sets cookies, and requests follow.
func kept(name string, cookies []string, urls ...string) Program {
	p := Program{Name: name, Steps: []Step{{URL: "{A}/dir/first"}}, Answers: []string{sets(cookies...), ok}}
	for _, u := range urls {
		p.Steps = append(p.Steps, Step{URL: u})
	}
	return p
}

// ofCookies are about what the jar keeps, and how cookies are written.
var ofCookies = []Program{
	kept("cookie-kept", []string{"a=1"}, "{A}/dir/x", "{A}/dir/sub/x"),
	kept("cookie-default-path", []string{"a=1"}, "{A}/dir", "{A}/directory", "{A}/"),
	kept("cookie-path", []string{"a=1; Path=/p"}, "{A}/p", "{A}/p/q", "{A}/pq"),
	kept("cookie-root", []string{"a=1; Path=/"}, "{A}/", "{B}/"),
	kept("cookie-other-port", []string{"a=1; Path=/"}, "http://a.test:{b}/"),
	kept("cookie-subdomain", []string{"a=1; Path=/; Domain=a.test", "b=2; Path=/"}, "http://sub.a.test:{a}/"),
	kept("cookie-domain-with-dot", []string{"a=1; Path=/; Domain=.a.test"}, "http://sub.a.test:{a}/"),
	kept("cookie-other-domain", []string{"a=1; Path=/; Domain=b.test"}, "{A}/", "{B}/"),
	kept("cookie-public-suffix", []string{"a=1; Path=/; Domain=test"}, "{A}/", "{B}/"),
	kept("cookie-secure", []string{"a=1; Path=/; Secure"}, "{A}/"),
	kept("cookie-max-age", []string{"a=1; Path=/; Max-Age=0", "b=2; Path=/; Max-Age=60"}, "{A}/"),
	kept("cookie-expired", []string{"a=1; Path=/; Expires=Wed, 21 Oct 2015 07:28:00 GMT"}, "{A}/"),
	kept("cookie-replaced", []string{"a=1; Path=/", "a=2; Path=/"}, "{A}/"),
	kept("cookie-of-two-paths", []string{"a=1; Path=/", "a=2; Path=/dir"}, "{A}/dir/x"),
	kept("cookie-quoted-value", []string{`a="x y"; Path=/`}, "{A}/"),
	kept("cookie-json-value", []string{`a={"x":1}; Path=/`}, "{A}/"),
	kept("cookie-equals-in-value", []string{`a=b=c; Path=/`}, "{A}/"),
	kept("cookie-empty-value", []string{`a=; Path=/`}, "{A}/"),
	kept("cookie-without-name", []string{`alone; Path=/`, "b=1; Path=/"}, "{A}/"),
	{Name: "cookie-of-an-ip-address", Steps: []Step{{URL: "{I}/"}, {URL: "{I}/"}}, Answers: []string{sets("a=1"), ok}},
	{Name: "cookie-of-a-redirect", Steps: []Step{{URL: "{A}/"}},
		Answers: []string{"HTTP/1.1 302 Found\r\nLocation: /x\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n", ok}},
	one("cookies", Step{Cookies: []Field{{"b", "1"}, {"a", "2"}}}),
	one("cookies-quoted", Step{Cookies: []Field{{"a", "x y"}}}),
	one("cookies-comma", Step{Cookies: []Field{{"a", "x,y"}}}),
	{Name: "cookies-are-not-kept", Steps: []Step{{URL: "{A}/", Cookies: []Field{{"a", "1"}}}, {URL: "{A}/"}}, Answers: []string{ok}},
	{Name: "cookies-over-the-jars", Steps: []Step{{URL: "{A}/"}, {URL: "{A}/", Cookies: []Field{{"a", "mine"}}}}, Answers: []string{sets("a=1", "b=2"), ok}},
	{Name: "session-cookies", Session: Session{Cookies: []Field{{"a", "1"}}}, Steps: []Step{{URL: "{A}/"}}, Answers: []string{ok}},
	{Name: "session-cookies-to-others", Session: Session{Cookies: []Field{{"a", "1"}}}, Steps: []Step{{URL: "{A}/"}, {URL: "{B}/"}}, Answers: []string{ok}},
}
