package cookie

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
	"unicode/utf8"
)

// jsonVersion changes when older readers would misunderstand the file.
const jsonVersion = 1

type jsonFile struct {
	Version int          `json:"version"`
	Cookies []jsonCookie `json:"cookies"`
}

type jsonCookie struct {
	Name        octets    `json:"name"`
	Value       octets    `json:"value"`
	Domain      string    `json:"domain"`
	HostOnly    bool      `json:"host_only"`
	Path        octets    `json:"path"`
	Secure      bool      `json:"secure"`
	HttpOnly    bool      `json:"http_only"`
	Partitioned bool      `json:"partitioned,omitzero"`
	SameSite    string    `json:"same_site,omitzero"`
	Expires     time.Time `json:"expires,omitzero"`
	Created     time.Time `json:"created"`
	LastAccess  time.Time `json:"last_access"`
}

// octets is a string that need not be UTF-8. It is written as a JSON string where
// that loses nothing, else as {"base64": "..."}.
type octets string

type base64Octets struct {
	Base64 []byte `json:"base64"`
}

func (o octets) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(o)) {
		return json.Marshal(string(o))
	}
	return json.Marshal(base64Octets{Base64: []byte(o)})
}

func (o *octets) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var b base64Octets
		err := json.Unmarshal(data, &b)
		*o = octets(b.Base64)
		return err
	}
	var s string
	err := json.Unmarshal(data, &s)
	*o = octets(s)
	return err
}

// WriteJSON writes all cookies, session cookies included, as one JSON object.
// Nothing is lost: [Jar.ReadJSON] makes an equal jar of it.
func (j *Jar) WriteJSON(w io.Writer) error {
	file := jsonFile{Version: jsonVersion, Cookies: []jsonCookie{}}
	for c := range j.All() {
		file.Cookies = append(file.Cookies, jsonCookie{
			Name: octets(c.Name), Value: octets(c.Value),
			Domain: c.Domain, HostOnly: c.HostOnly, Path: octets(c.Path),
			Secure: c.Secure, HttpOnly: c.HttpOnly, Partitioned: c.Partitioned,
			SameSite: sameSiteName(c.SameSite),
			Expires:  c.Expires, Created: c.Created, LastAccess: c.LastAccess,
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	return enc.Encode(file)
}

// ReadJSON adds the cookies that [Jar.WriteJSON] wrote; one of the same identity is
// replaced. Expired ones are left out. If anything in r is not as WriteJSON writes
// it, or it is longer than 64 MiB, no cookie is added.
func (j *Jar) ReadJSON(r io.Reader) error { return readError(j.readJSON(r)) }

func (j *Jar) readJSON(r io.Reader) error {
	var file jsonFile
	dec := json.NewDecoder(bounded(r))
	if err := dec.Decode(&file); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	if file.Version != jsonVersion {
		return fmt.Errorf("version is %d and not %d", file.Version, jsonVersion)
	}
	now := j.now()
	cookies := make([]Cookie, 0, len(file.Cookies))
	for i := range file.Cookies {
		c, err := file.Cookies[i].cookie()
		if err == nil {
			c, err = j.normalize(c, now)
		}
		if err != nil {
			return fmt.Errorf("cookie %d: %w", i, err)
		}
		cookies = append(cookies, c)
	}
	for _, c := range cookies {
		j.restore(c, now)
	}
	return nil
}

func (c *jsonCookie) cookie() (Cookie, error) {
	mode, err := sameSiteOf(c.SameSite)
	return Cookie{
		Name: string(c.Name), Value: string(c.Value),
		Domain: c.Domain, HostOnly: c.HostOnly, Path: string(c.Path),
		Secure: c.Secure, HttpOnly: c.HttpOnly, Partitioned: c.Partitioned, SameSite: mode,
		Expires: c.Expires, Created: c.Created, LastAccess: c.LastAccess,
	}, err
}

func sameSiteName(s http.SameSite) string {
	switch s {
	case http.SameSiteNoneMode:
		return "none"
	case http.SameSiteStrictMode:
		return "strict"
	case http.SameSiteLaxMode:
		return "lax"
	}
	return ""
}

func sameSiteOf(name string) (http.SameSite, error) {
	mode := parseSameSite(name)
	if mode == 0 && name != "" {
		return 0, errors.New("unknown same_site")
	}
	return mode, nil
}

func readError(cause error) error {
	if cause == nil {
		return nil
	}
	return fmt.Errorf("read cookies: %w", cause)
}
