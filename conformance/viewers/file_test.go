//go:build unix

package viewers_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// entry is what the tests look at of an entry.
type entry struct {
	Time       float64
	ServerIP   string `json:"serverIPAddress"`
	Connection string
	ID         string `json:"_connectionId"`
	Comment    string
	Request    struct {
		Method, URL string
		Headers     []struct{ Name, Value string }
		Cookies     []struct{ Name, Value string }
		PostData    *struct{ MimeType, Text string }
	}
	Response struct {
		Status                int
		HeadersSize, BodySize int
		Content               struct {
			Size     int
			MimeType string
		}
		Cookies []struct{ Name, Value string }
	}
	Timings struct{ Blocked, DNS, Connect, SSL, Send, Wait, Receive float64 }
}

// address is that of the server, as both viewers write it.
func (e *entry) address() string {
	if e.ServerIP == "" {
		return ""
	}
	return e.ServerIP + ":" + e.Connection
}

// file records a session, checks the list of its exchanges, and writes it.
func file(t *testing.T) (path string, all []entry) {
	t.Helper()
	text := record(t)
	var file struct{ Log struct{ Entries []entry } }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	all = file.Log.Entries
	if len(all) != len(shown) {
		t.Fatalf("%d exchanges are in the file, want %d:\n%s", len(all), len(shown), text)
	}
	for i, e := range all {
		want := &shown[i]
		u, err := url.Parse(e.Request.URL)
		if err != nil || e.Request.Method != want.method || u.RequestURI() != want.path || e.Response.Status != want.status || (e.Comment != "") != want.failed {
			t.Errorf("exchange %d is %s %s %d %q, want %+v", i, e.Request.Method, e.Request.URL, e.Response.Status, e.Comment, want)
		}
		if e.ServerIP != "" && (e.ServerIP != "127.0.0.1" || e.Connection != u.Port()) {
			t.Errorf("exchange %d is with %s", i, e.address())
		}
		if size := e.Response.Content.Size; want.text != "" && !strings.HasPrefix(want.path, "/latin") && size != len(want.text) {
			t.Errorf("exchange %d has a body of %d bytes, want %d", i, size, len(want.text))
		}
		if i > 0 && (e.ID != "" && e.ID == all[i-1].ID) != want.reused {
			t.Errorf("exchange %d has connection %s after %s", i, e.ID, all[i-1].ID)
		}
	}
	if bytes.Contains(text, []byte("hush")) {
		t.Error("a secret is in the file")
	}
	path = filepath.Join(t.TempDir(), "session.har")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, all
}

var pictures = flag.String("pictures", "", "write pictures of the panels to this `folder`")

// keep writes a picture where that is asked for.
func keep(t *testing.T, name string, picture []byte) {
	t.Helper()
	if *pictures == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*pictures, name), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
