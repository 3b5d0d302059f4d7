package form_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/form"
)

func TestParseURLEncoded(t *testing.T) {
	long := strings.Repeat("x", 10000)
	tests := []struct {
		text string
		want url.Values
	}{
		{"", url.Values{}},
		{"&&&", url.Values{}},
		{"a=1&b=2&a=3", url.Values{"a": {"1", "3"}, "b": {"2"}}},
		{"a", url.Values{"a": {""}}},
		{"=", url.Values{"": {""}}},
		{"a=b=c", url.Values{"a": {"b=c"}}},
		{"a+b=%20%2B+%c3%A4&", url.Values{"a b": {" + ä"}}},
		{"a=1;b=2", url.Values{"a": {"1;b=2"}}},
		{"%=%a&%zz=%%41", url.Values{"%": {"%a"}, "%zz": {"%A"}}},
		{"a=%ff\xfe", url.Values{"a": {"\ufffd"}}},
		{"a=%00%26%3D", url.Values{"a": {"\x00&="}}},
		{"a=" + long + "&b=" + long, url.Values{"a": {long}, "b": {long}}},
	}
	for _, tt := range tests {
		got, err := form.ParseURLEncoded(strings.NewReader(tt.text), form.Limits{})
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%.50q: error %v\n%s", tt.text, err, diff)
		}
		again, err := form.ParseURLEncoded(iotest.OneByteReader(strings.NewReader(tt.text)), form.Limits{})
		if diff := cmp.Diff(tt.want, again); err != nil || diff != "" {
			t.Errorf("%.50q by bytes: error %v\n%s", tt.text, err, diff)
		}
	}
}

func TestParseURLEncodedLimits(t *testing.T) {
	tests := []struct {
		name      string
		limits    form.Limits
		good, bad string
		what      string
	}{
		{"fields", form.Limits{}, strings.Repeat("a=&", 1000), strings.Repeat("a=&", 1001), "fields"},
		{"name", form.Limits{MaxNameBytes: 3}, "abc=d&%61%62%63=d", "abcd=", "bytes in the name of a field"},
		{"bytes", form.Limits{MaxBytes: 5}, "a=123", "a=1234", "bytes"},
		{"memory", form.Limits{MaxMemoryBytes: 1000}, "a=" + strings.Repeat("%41", 800), "a=" + strings.Repeat("x", 1000), "bytes to be held in memory"},
		{"memory of many", form.Limits{MaxMemoryBytes: 1000}, "a&b&c", "a&b&c&d&e&f&g&h&i&j&k", "bytes to be held in memory"},
		{"memory of one", form.Limits{MaxMemoryBytes: 1000}, "a", "a=" + strings.Repeat("%4", 10000), "bytes to be held in memory"},
	}
	for _, tt := range tests {
		if _, err := form.ParseURLEncoded(strings.NewReader(tt.good), tt.limits); err != nil {
			t.Errorf("%s: at the limit: %v", tt.name, err)
		}
		_, err := form.ParseURLEncoded(strings.NewReader(tt.bad), tt.limits)
		if limit, ok := errors.AsType[*form.LimitError](err); !ok || limit.What != tt.what {
			t.Errorf("%s: beyond: %v", tt.name, err)
		}
	}
	if _, err := form.ParseURLEncoded(strings.NewReader(strings.Repeat("a=&", 2000)), form.Limits{MaxParts: -1, MaxMemoryBytes: -1}); err != nil {
		t.Errorf("without limits: %v", err)
	}
}

func TestParseURLEncodedErrorOfTheBody(t *testing.T) {
	cause := errors.New("reset")
	if _, err := form.ParseURLEncoded(iotest.ErrReader(cause), form.Limits{}); !errors.Is(err, cause) {
		t.Errorf("error %v", err)
	}
}
