package har_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// schema is HAR 1.2 as the standard has it: for each object its members, each with
// its type, and "?" where it is optional. Types beyond JSON's are: date, ISO 8601
// with a zone; count, an integer from -1 on; time, milliseconds from 0 on; span,
// likewise or -1 for what does not apply; ip; url, absolute; "[x]", a list of x.
// Members that begin with an underscore are free.
// http://www.softwareishard.com/blog/har-12-spec/
var schema = map[string]map[string]string{
	"log":     {"version": "string", "creator": "creator", "browser": "creator?", "pages": "[page]?", "entries": "[entry]", "comment": "string?"},
	"creator": {"name": "string", "version": "string", "comment": "string?"},
	"page":    {"startedDateTime": "date", "id": "string", "title": "string", "pageTimings": "pageTimings", "comment": "string?"},
	"entry": {"pageref": "string?", "startedDateTime": "date", "time": "time", "request": "request", "response": "response",
		"cache": "cache", "timings": "timings", "serverIPAddress": "ip?", "connection": "string?", "comment": "string?"},
	"request": {"method": "string", "url": "url", "httpVersion": "string", "cookies": "[cookie]", "headers": "[pair]", "queryString": "[pair]",
		"postData": "postData?", "headersSize": "count", "bodySize": "count", "comment": "string?"},
	"response": {"status": "count", "statusText": "string", "httpVersion": "string", "cookies": "[cookie]", "headers": "[pair]",
		"content": "content", "redirectURL": "string", "headersSize": "count", "bodySize": "count", "comment": "string?"},
	"cookie": {"name": "string", "value": "string", "path": "string?", "domain": "string?", "expires": "date?",
		"httpOnly": "bool?", "secure": "bool?", "comment": "string?"},
	"pair":     {"name": "string", "value": "string", "comment": "string?"},
	"postData": {"mimeType": "string", "params": "[param]?", "text": "string?", "comment": "string?"},
	"content":  {"size": "count", "compression": "number?", "mimeType": "string", "text": "string?", "encoding": "string?", "comment": "string?"},
	"cache":    {"comment": "string?"},
	"timings": {"blocked": "span?", "dns": "span?", "connect": "span?", "send": "time", "wait": "time", "receive": "time",
		"ssl": "span?", "comment": "string?"},
}

// faults gives what is wrong with a value of a type.
func faults(at, kind string, v any) (all []string) {
	if members, ok := schema[kind]; ok {
		return append(memberFaults(at, members, v), ruleFaults(at, kind, v)...)
	}
	if each, ok := strings.CutPrefix(kind, "["); ok {
		items, ok := v.(list)
		if !ok {
			return []string{fmt.Sprintf("%s is %v, no list", at, v)}
		}
		for i, item := range items {
			all = append(all, faults(fmt.Sprintf("%s[%d]", at, i), strings.TrimSuffix(each, "]"), item)...)
		}
		return all
	}
	text, isText := v.(string)
	n, isNumber := v.(float64)
	ok := false
	switch kind {
	case "string":
		ok = isText
	case "bool":
		_, ok = v.(bool)
	case "number":
		ok = isNumber
	case "count":
		ok = isNumber && n == math.Trunc(n) && n >= -1
	case "time":
		ok = isNumber && n >= 0
	case "span":
		ok = isNumber && (n >= 0 || n == -1)
	case "date":
		_, err := time.Parse(time.RFC3339, text)
		ok = err == nil
	case "ip":
		_, err := netip.ParseAddr(text)
		ok = err == nil
	case "url":
		u, err := url.Parse(text)
		ok = err == nil && u.IsAbs() && u.Host != ""
	}
	if !ok {
		return []string{fmt.Sprintf("%s is %v, no %s", at, v, kind)}
	}
	return nil
}

func memberFaults(at string, members map[string]string, v any) (all []string) {
	o, ok := v.(object)
	if !ok {
		return []string{fmt.Sprintf("%s is %v, no object", at, v)}
	}
	for name, kind := range members {
		plain, optional := strings.CutSuffix(kind, "?")
		if value, given := o[name]; given {
			all = append(all, faults(at+"."+name, plain, value)...)
		} else if !optional {
			all = append(all, fmt.Sprintf("%s has no %s", at, name))
		}
	}
	for name := range o {
		if members[name] == "" && !strings.HasPrefix(name, "_") {
			all = append(all, fmt.Sprintf("%s has %s", at, name))
		}
	}
	return all
}

// ruleFaults looks at what the standard says of several members together.
func ruleFaults(at, kind string, v any) (all []string) {
	o, _ := v.(object)
	number := func(name string) float64 { n, _ := o[name].(float64); return n }
	switch kind {
	case "entry":
		// "This is the sum of all timings available in the timings object (i.e. not
		// including -1 values)."
		sum := 0.0
		spent, _ := o["timings"].(object)
		for name, v := range spent {
			if n, _ := v.(float64); name != "ssl" {
				sum += max(n, 0)
			}
		}
		if math.Abs(sum-number("time")) > 0.001 {
			all = append(all, fmt.Sprintf("%s.time is %v, the sum %v", at, o["time"], sum))
		}
	case "timings":
		// "If this field is defined then the time is also included in the connect
		// field".
		if number("ssl") > number("connect") {
			all = append(all, fmt.Sprintf("%s.ssl is beyond connect", at))
		}
	case "postData":
		// "Note that text and params fields are mutually exclusive."
		if (o["text"] == nil) == (o["params"] == nil) {
			all = append(all, fmt.Sprintf("%s has not one of text and params", at))
		}
	case "content":
		text, _ := o["text"].(string)
		if _, err := base64.StdEncoding.DecodeString(text); o["encoding"] != nil && (o["encoding"] != "base64" || err != nil) {
			all = append(all, fmt.Sprintf("%s.encoding is %v: %v", at, o["encoding"], err))
		}
	}
	return all
}

// parse gives the log of a file, which must obey the schema.
func parse(t *testing.T, text []byte) object {
	t.Helper()
	var file object
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	log, ok := file["log"].(object)
	if !ok || len(file) != 1 {
		t.Fatalf("no log: %s", text)
	}
	for _, fault := range faults("log", "log", log) {
		t.Error(fault)
	}
	return log
}

// The schema finds what is wrong.
func TestSchemaIsAtWork(t *testing.T) {
	log := func() object {
		pairs := list{object{"name": "a", "value": "b"}}
		return object{"version": "1.2", "creator": object{"name": "a", "version": "1"}, "entries": list{object{
			"startedDateTime": "2026-01-02T03:04:05.678+01:00", "time": 3.5, "cache": object{}, "serverIPAddress": "::1", "_free": nil,
			"request": object{"method": "GET", "url": "http://a.test/", "httpVersion": "HTTP/1.1", "cookies": list{}, "headers": pairs, "queryString": pairs,
				"headersSize": -1.0, "bodySize": 0.0, "postData": object{"mimeType": "", "text": ""}},
			"response": object{"status": 0.0, "statusText": "", "httpVersion": "", "cookies": pairs, "headers": pairs, "redirectURL": "",
				"headersSize": 1.0, "bodySize": 1.0, "content": object{"size": 1.0, "mimeType": "", "encoding": "base64", "text": "AA=="}},
			"timings": object{"connect": 2.0, "ssl": 1.0, "dns": -1.0, "send": 0.5, "wait": 0.5, "receive": 0.5},
		}}}
	}
	if all := faults("log", "log", log()); all != nil {
		t.Errorf("a good one: %q", all)
	}
	for _, test := range []struct {
		path string // to the member
		v    any
		want string
	}{
		{"version", 1.2, "log.version is 1.2, no string"},
		{"entries", object{}, "log.entries is map[], no list"},
		{"own", "x", "log has own"},
		{"entry time", 4.0, "log.entries[0].time is 4, the sum 3.5"},
		{"entry startedDateTime", "2026-01-02T03:04:05", "log.entries[0].startedDateTime is 2026-01-02T03:04:05, no date"},
		{"entry serverIPAddress", "[::1]", "log.entries[0].serverIPAddress is [::1], no ip"},
		{"entry request url", "/", "log.entries[0].request.url is /, no url"},
		{"entry request bodySize", 0.5, "log.entries[0].request.bodySize is 0.5, no count"},
		{"entry request cookies", nil, "log.entries[0].request.cookies is <nil>, no list"},
		{"entry request postData params", list{}, "log.entries[0].request.postData has not one of text and params"},
		{"entry response content encoding", "gzip", "log.entries[0].response.content.encoding is gzip: <nil>"},
		{"entry timings ssl", 3.0, "log.entries[0].timings.ssl is beyond connect"},
		{"entry timings dns", -2.0, "log.entries[0].timings.dns is -2, no span"},
	} {
		root := log()
		o, names := root, strings.Fields(test.path)
		for _, name := range names[:len(names)-1] {
			if name == "entry" {
				o = o["entries"].(list)[0].(object)
			} else {
				o = o[name].(object)
			}
		}
		o[names[len(names)-1]] = test.v
		if got := faults("log", "log", root); len(got) == 0 || got[0] != test.want {
			t.Errorf("%s: got %q, want %q", test.path, got, test.want)
		}
	}
	missing := log()
	delete(missing, "creator")
	if got := fmt.Sprint(faults("log", "log", missing)); got != "[log has no creator]" {
		t.Errorf("got %s", got)
	}
}
