package bulk

import (
	"fmt"
	"strings"
)

// Kind is what is done with a body. Each has a table.
type Kind string

// The kinds, in the order of the tables.
const (
	Discard Kind = "discard" // a download that is thrown away
	TLS     Kind = "tls"     // the same over TLS
	File    Kind = "file"    // a download to a file
	Upload  Kind = "upload"  // a file is sent
)

// Kinds lists them all.
var Kinds = [...]Kind{Discard, TLS, File, Upload}

// Title gives a kind in words.
func (k Kind) Title() string {
	return map[Kind]string{
		Discard: "Download to io.Discard",
		TLS:     "Download over TLS 1.3 to io.Discard",
		File:    "Download to a file in memory (tmpfs)",
		Upload:  "Upload of a file in memory (tmpfs)",
	}[k]
}

func (k Kind) secure() bool { return k == TLS }

// Job is what is to be moved.
type Job struct {
	Addr  string // of the server
	Kind  Kind
	Bytes int64  // of a body
	Path  string // of the file that is written or sent
}

// url gives the URL for the body.
func (j Job) url() string {
	scheme := "http"
	if j.Kind.secure() {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s/%d", scheme, j.Addr, j.Bytes)
}

// haul moves one body.
type haul func() error

// Way is a client, and how it is told to move a body.
type Way struct {
	Name, What string
	Kinds      []Kind
	open       func(Job) (haul, error)
}

// The names of those that ratios are taken against.
const (
	Raw     = "raw"
	NetHTTP = "net/http"
)

// Ways lists all, in the order of the tables.
func Ways() []Way {
	downloads := []Kind{Discard, TLS, File}
	all := Kinds[:]
	return []Way{
		{Raw, "sockets: reads of 64 KiB, splice or sendfile", all, openRaw(64 << 10)},
		{"raw-128k", "sockets: reads of 128 KiB", []Kind{Discard, TLS}, openRaw(128 << 10)},
		{"session", "aiohttp.Session", all, openSession},
		{"client", "http.Client over connector", all, openClient},
		{NetHTTP, "http.Client over http.Transport", all, openNetHTTP(0)},
		{"net/http-64k", "the same with buffers of 64 KiB", downloads, openNetHTTP(64 << 10)},
		{"fasthttp", "fasthttp.Client, streamed", downloads, openFastHTTP},
	}
}

// Select gives the ways of a kind whose names are in a list with commas, or all
// of the kind if it is empty.
func Select(kind Kind, list string) ([]Way, error) {
	var chosen []Way
	for _, w := range Ways() {
		for _, k := range w.Kinds {
			if k == kind && (list == "" || strings.Contains(","+list+",", ","+w.Name+",")) {
				chosen = append(chosen, w)
			}
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no client named %q for %q", list, kind)
	}
	return chosen, nil
}
