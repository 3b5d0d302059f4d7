package python

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/cookie"
	"github.com/aiohttp-go/aiohttp/form"
)

// loopback leads every name but one to the machine itself.
type loopback struct{}

func (loopback) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if host == "none.test" {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// playOurs plays a program on a stage.
func playOurs(ctx context.Context, s *stage) ([]Conclusion, error) {
	text, err := json.Marshal(s.program)
	if err != nil {
		return nil, err
	}
	var p Program
	if err := json.Unmarshal([]byte(s.names.Replace(string(text))), &p); err != nil {
		return nil, err
	}
	c := connector.New(connector.Options{Resolver: loopback{}})
	defer c.Close()
	jar := cookie.New()
	for _, f := range p.Session.Cookies {
		u, _ := url.Parse(p.Steps[0].URL)
		jar.SetCookies(u, []*http.Cookie{{Name: f[0], Value: f[1], Path: "/"}})
	}
	session := aiohttp.NewSession(aiohttp.Options{
		Connector: c, Jar: jar, BaseURL: p.Session.BaseURL, Header: header(p.Session.Headers), RaiseForStatus: p.Session.Raise,
	})
	defer session.Close()
	var concluded []Conclusion
	for _, step := range p.Steps {
		concluded = append(concluded, playStep(ctx, session, step, p.Session.Raw))
	}
	return concluded, nil
}

func header(fields []Field) http.Header {
	h := http.Header{}
	for _, f := range fields {
		h[f[0]] = append(h[f[0]], f[1])
	}
	return h
}

func values(fields []Field) url.Values {
	v := url.Values{}
	for _, f := range fields {
		v.Add(f[0], f[1])
	}
	return v
}

// playStep sends one request.
func playStep(ctx context.Context, session *aiohttp.Session, step Step, raw bool) Conclusion {
	if step.Total > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(step.Total*float64(time.Second)))
		defer cancel()
	}
	resp, err := session.Do(ctx, request(step, raw))
	if err == nil && step.Raise {
		err = resp.RaiseForStatus()
	}
	if err != nil {
		return Conclusion{Error: classes(err)}
	}
	defer resp.Close()
	got := Conclusion{
		Status: resp.Status, Reason: resp.Reason(), URL: resp.URL().String(), Method: resp.Method(),
		Type: resp.MediaType(), History: []string{},
	}
	for _, hop := range resp.History() {
		got.History = append(got.History, strconv.Itoa(hop.Status)+" "+hop.URL().String())
	}
	if got.Body, err = read(resp, step.Read); err != nil {
		return Conclusion{Error: classes(err)}
	}
	return got
}

// request makes the request of a step.
func request(step Step, raw bool) aiohttp.Request {
	req := aiohttp.Request{
		Method: step.Method, URL: step.URL, Header: header(step.Headers),
		Bytes: octets(step.Bytes), Text: step.Text, JSON: step.JSON,
		Compress: step.Compress, Expect100: step.Expect, MaxRedirects: step.MaxRedirects, DisableDecompression: raw,
		Timeouts: connector.Timeouts{BodyStall: time.Duration(step.SockRead * float64(time.Second)), Head: time.Duration(step.SockRead * float64(time.Second))},
	}
	if step.Params != nil {
		req.Query = values(step.Params)
	}
	if step.Form != nil {
		req.Form = values(step.Form)
	}
	if step.Parts != nil {
		req.Multipart = form.New()
		for _, p := range step.Parts {
			if p.FileName == "" && p.Type == "" {
				req.Multipart.Add(p.Name, p.Content)
				continue
			}
			req.Multipart.AddPart(form.Part{Name: p.Name, FileName: p.FileName, ContentType: p.Type, Bytes: []byte(p.Content)})
		}
	}
	if step.Pieces != nil {
		var readers []io.Reader
		for _, f := range step.Pieces {
			readers = append(readers, strings.NewReader(f[1]))
		}
		req.Body = io.MultiReader(readers...)
	}
	if step.Stay {
		req.MaxRedirects = -1
	}
	for _, f := range step.Cookies {
		req.Cookies = append(req.Cookies, &http.Cookie{Name: f[0], Value: f[1]})
	}
	if step.Login != nil {
		req.Header.Set("Authorization", connector.BasicAuth(url.UserPassword(step.Login[0], step.Login[1])))
	}
	for _, name := range step.Without {
		req.Header[name] = nil
	}
	return req
}

// octets encodes as Python's "latin-1" does; nil for nothing.
func octets(text string) (all []byte) {
	for _, r := range text {
		all = append(all, byte(r))
	}
	return all
}

// read takes from a response what the step asks for.
func read(resp *aiohttp.Response, what string) (any, error) {
	switch what {
	case "json":
		return aiohttp.JSON[any](resp)
	case "octets":
		content, err := resp.Bytes()
		latin := make([]rune, len(content)) // as Python's "latin-1" gives them
		for i, c := range content {
			latin[i] = rune(c)
		}
		return string(latin), err
	case "lines":
		lines := []any{}
		for line, err := range resp.Lines() {
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
		return lines, nil
	case "fields":
		fields := []any{}
		for _, value := range resp.Headers()["X-One"] {
			fields = append(fields, value)
		}
		return fields, nil
	case "links":
		var links []string
		for _, l := range resp.Links() {
			links = append(links, strings.Join(l.Rel, " ")+" "+l.URL.String())
		}
		slices.Sort(links)
		found := []any{}
		for _, l := range links {
			found = append(found, l)
		}
		return found, nil
	case "name":
		d, err := form.ParseDisposition(resp.Header("Content-Disposition"))
		if err != nil || d.FileName() == "" {
			return nil, nil
		}
		return d.FileName(), nil
	case "nothing":
		return nil, nil
	}
	return resp.Text()
}
