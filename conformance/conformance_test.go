package conformance_test

import (
	"flag"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp/conformance/play"
	"github.com/aiohttp-go/aiohttp/conformance/vector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

var update = flag.Bool("update", false, "write RESULTS.md anew")

func TestMain(m *testing.M) { testnet.Main(m) }

func TestConformance(t *testing.T) {
	vectors, err := vector.LoadClients("testdata/client_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := vector.LoadCookies("testdata/cookies.json")
	if err != nil {
		t.Fatal(err)
	}
	suites := []*suite{
		{name: "connector", title: "Client vectors: connector.Connector (http.RoundTripper; redirects by http.Client)", excluded: excludedConnector},
		{name: "session", title: "Client vectors: aiohttp.Session (redirects and cookies by itself)", excluded: excludedSession},
		{name: "cookies-raw", title: "Cookies: aiohttp.Session, octet for octet", excluded: excludedCookiesRaw},
		{name: "cookies-std", title: "Cookies: http.Client with cookie.Jar as its http.CookieJar", excluded: excludedCookiesStd},
	}
	t.Run(suites[0].name, func(t *testing.T) { suites[0].playVectors(t, play.Connector(), vectors) })
	t.Run(suites[1].name, func(t *testing.T) { suites[1].playVectors(t, play.Session(), vectors) })
	t.Run(suites[2].name, func(t *testing.T) { suites[2].playCookies(t, play.RawFace(), cases) })
	t.Run(suites[3].name, func(t *testing.T) { suites[3].playCookies(t, play.StdFace(), cases) })
	if played := 2 * (len(vectors) + len(cases)); !t.Failed() && played == countPlayed(suites) {
		checkResults(t, suites)
	}
}

// suite is one target with what must be met.
type suite struct {
	name, title string
	excluded    exclusions

	mu       sync.Mutex
	outcomes map[string]play.Outcome
	table    play.Table
	soft     []string // vectors for which the client took the less hardened choice
}

func countPlayed(suites []*suite) int {
	played := 0
	for _, s := range suites {
		played += s.table.Played()
	}
	return played
}

// playVectors plays those that measure memory one at a time, after the others.
func (s *suite) playVectors(t *testing.T, target *play.Target, vectors []*vector.Client) {
	t.Run("at-once", func(t *testing.T) {
		for _, v := range vectors {
			if v.MaxHeapMB == 0 {
				t.Run(v.ID, func(t *testing.T) {
					t.Parallel()
					s.judge(t, v.ID, v.RFC, v.Why, play.Run(target, v))
				})
			}
		}
	})
	t.Run("alone", func(t *testing.T) {
		for _, v := range vectors {
			if v.MaxHeapMB > 0 {
				t.Run(v.ID, func(t *testing.T) { s.judge(t, v.ID, v.RFC, v.Why, play.Run(target, v)) })
			}
		}
	})
	for _, v := range vectors {
		s.count(v.ID, v.Category, v.Prefer)
	}
	s.log(t)
}

func (s *suite) playCookies(t *testing.T, face *play.Face, cases []*vector.Cookie) {
	t.Run("at-once", func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.ID, func(t *testing.T) {
				t.Parallel()
				s.judge(t, c.ID, c.RFC, c.Why, play.RunCookies(face, c))
			})
		}
	})
	for _, c := range cases {
		s.count(c.ID, c.Category, "")
	}
	s.log(t)
}

// judge fails the test unless the vector passes or is excluded.
func (s *suite) judge(t *testing.T, id, rfc, why string, o play.Outcome) {
	s.mu.Lock()
	if s.outcomes == nil {
		s.outcomes = map[string]play.Outcome{}
	}
	s.outcomes[id] = o
	s.mu.Unlock()
	reason, excluded := s.excluded[id]
	switch passed := o.Verdict == play.Pass; {
	case passed && excluded:
		t.Errorf("passes, and is excluded: %s", reason)
	case excluded:
		t.Skipf("excluded: %s", reason)
	case !passed:
		t.Errorf("%s: %s\ngot %s\nthe rule: %s (RFC %s)", o.Verdict, o.Why, o.Got, why, rfc)
	}
}

// count enters a vector, if it was played, into the table.
func (s *suite) count(id, category, prefer string) {
	if o, played := s.outcomes[id]; played {
		if prefer != "" && !o.Hardened(prefer) {
			s.soft = append(s.soft, id)
		}
		_, excluded := s.excluded[id]
		s.table.Add(category, o, prefer, excluded)
	}
}

func (s *suite) log(t *testing.T) {
	for _, id := range slices.Sorted(maps.Keys(s.excluded)) {
		t.Logf("excluded: %s: %s", id, s.excluded[id])
	}
	t.Logf("not hardened: %v", s.soft)
	t.Logf("%s\n\n%s", s.title, &s.table)
}
