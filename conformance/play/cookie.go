package play

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
	"github.com/aiohttp-go/aiohttp/cookie"
)

// A Face is a way into a cookie jar.
type Face struct {
	// Target is the client that uses the jar in this way.
	Target *Target

	// Store and Field do without a client what it does with an answer and for a
	// request: for what cannot be sent over a connection.
	Store func(jar *cookie.Jar, u *url.URL, lines []string)
	Field func(jar *cookie.Jar, u *url.URL) string
}

// RawFace is the jar's own, which takes Set-Cookie octet for octet: the way of
// a session.
func RawFace() *Face {
	return &Face{Session(), (*cookie.Jar).SetCookieStrings, (*cookie.Jar).Header}
}

// StdFace is the jar as an http.CookieJar, behind net/http's parser and writer
// of cookies: the way of an http.Client.
func StdFace() *Face {
	store := func(jar *cookie.Jar, u *url.URL, lines []string) {
		resp := http.Response{Header: http.Header{"Set-Cookie": lines}}
		jar.SetCookies(u, resp.Cookies())
	}
	field := func(jar *cookie.Jar, u *url.URL) string {
		req := http.Request{Header: http.Header{}}
		for _, c := range jar.Cookies(u) {
			req.AddCookie(c)
		}
		return req.Header.Get("Cookie")
	}
	return &Face{Connector(), store, field}
}

// RunCookies plays a sequence and gives the Cookie field that followed.
func RunCookies(f *Face, c *vector.Cookie) Outcome {
	play := overWire
	if c.Mode == "jar" {
		play = inJar
	}
	field, err := play(f, c)
	switch {
	case err != nil:
		return Outcome{Fail, err.Error(), "an error", false}
	case !c.Accepts(field):
		return Outcome{Fail, fmt.Sprintf("want Cookie: %q", vector.Octets(c.Expect)), fmt.Sprintf("Cookie: %q", field), true}
	}
	return Outcome{Got: fmt.Sprintf("Cookie: %q", field), Accepted: true}
}

func inJar(f *Face, c *vector.Cookie) (string, error) {
	jar := cookie.New()
	for _, step := range c.Steps {
		u, err := url.Parse(step.URL)
		if err != nil {
			return "", err
		}
		f.Store(jar, u, step.Lines())
	}
	u, err := url.Parse(c.RequestURL)
	if err != nil {
		return "", err
	}
	return f.Field(jar, u), nil
}

func overWire(f *Face, c *vector.Cookie) (string, error) {
	s, err := startCookieServer(c.Steps)
	if err != nil {
		return "", err
	}
	defer s.stop()
	client := f.Target.Open(s.dial, true)
	defer client.Close()
	for _, step := range c.Steps {
		if err := fetch(client, step.URL); err != nil {
			return "", err
		}
	}
	if err := fetch(client, c.RequestURL); err != nil {
		return "", err
	}
	return s.lastCookie(), nil
}

func fetch(client Client, url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Send(req, false)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
