package summary_test

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/cli/summary"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

const ms = time.Millisecond

func report() *summary.Report {
	r := &summary.Report{
		Elapsed: 1300 * ms, Done: 412, Failed: 2, Retries: 1, Bytes: 12 << 20,
		Statuses: []summary.Status{{200, 410}, {404, 1}},
		Latency:  summary.Latency{P50: 81 * ms, P90: 210 * ms, P99: 390 * ms, Max: 412 * ms},
		Causes: []summary.Cause{
			{Text: "status 404 Not Found", Count: 1, Example: "https://127.0.0.1/pep-0404/"},
			{Text: "connect: connection refused", Count: 1, Example: "https://127.0.0.1:1/"},
		},
	}
	for i := range 412 {
		// Most near 80 ms, with a long tail.
		u := (float64(i) + 0.5) / 412
		r.Latency.Points = append(r.Latency.Points, time.Duration(80e6*math.Pow(u/(1-u), 0.3)))
	}
	return r
}

// What helps is said with the failure that it helps with.
func TestWriteAdvises(t *testing.T) {
	for _, test := range []struct{ cause, want string }{
		{"dns: no such host", "aiohttp doctor https://a.test/ tells more"},
		{"connect: too many open files", "fewer at once (-c) or a higher limit (ulimit -n) helps"},
		{"file: too many open files", "fewer at once (-c) or a higher limit (ulimit -n) helps"},
		{"status 404", ""},
	} {
		var out strings.Builder
		summary.Write(tty.Plain(&out), &summary.Report{Done: 1, Failed: 1,
			Causes: []summary.Cause{{Text: test.cause, Count: 1, Example: "https://a.test/"}}})
		_, after, _ := strings.Cut(out.String(), "https://a.test/\n")
		if got := strings.TrimSpace(after); got != test.want {
			t.Errorf("%s: %q, want %q", test.cause, got, test.want)
		}
	}
}

// No line is wider than the screen, down to 40 columns, but for the two that are one
// sentence each.
func TestWriteFitsTheScreen(t *testing.T) {
	for _, columns := range []int{40, 60, 80} {
		var out strings.Builder
		screen := tty.Plain(&out)
		screen.Columns = columns
		summary.Write(screen, report())
		for line := range strings.Lines(out.String()) {
			if strings.Contains(line, " URLs in ") || strings.Contains(line, "p50") {
				continue
			}
			if got := utf8.RuneCountInString(strings.TrimRight(line, "\n")); got > columns {
				t.Errorf("%d columns: a line of %d: %q", columns, got, line)
			}
		}
	}
}

func TestWriteASCII(t *testing.T) {
	var out strings.Builder
	summary.Write(tty.Plain(&out), report())
	want := `
  !! 410 of 412 URLs in 1.3 s, 317/s, 12 MiB, 9.2 MiB/s

  also       1 tried again
  status     200  ################################################      410
             404  #                                                       1

  latency                            .::||||::.
                                 .::||||||||||||::.
             .   . . ......:.::||||||||||||||||||||||::.:...... . .   .
             11 ms --------------------------------------------- 599 ms
             p50 81 ms, p90 210 ms, p99 390 ms, max 412 ms

  failed         1  status 404 Not Found
                    https://127.0.0.1/pep-0404/
                 1  connect: connection refused
                    https://127.0.0.1:1/
                    aiohttp doctor https://127.0.0.1:1/ tells more
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("summary (-want +got):\n%s\n%s", diff, out.String())
	}
}

func TestWriteFitsEightyColumns(t *testing.T) {
	r := report()
	r.Causes[0].Text = strings.Repeat("very ", 40) + "long"
	r.Causes[0].Example = "https://host/" + strings.Repeat("x", 200)
	for range 20 {
		r.Causes = append(r.Causes, summary.Cause{Text: "other", Count: 1_000_000})
	}
	for _, unicode := range []bool{false, true} {
		var out strings.Builder
		s := tty.Plain(&out)
		s.Unicode = unicode
		summary.Write(s, r)
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(line); n > 80 {
				t.Errorf("unicode %v: line of %d columns: %q", unicode, n, line)
			}
		}
		if !strings.Contains(out.String(), "12 more causes") {
			t.Errorf("unicode %v: the causes left out are not counted", unicode)
		}
	}
}

func TestWriteOfAStoppedJobCountsWhatIsLeft(t *testing.T) {
	var out strings.Builder
	summary.Write(tty.Plain(&out), &summary.Report{Done: 2, Left: 9, Elapsed: time.Second})
	if got := out.String(); !strings.Contains(got, "! 2 of 11 URLs") || !strings.Contains(got, "also       9 left") {
		t.Errorf("got:\n%s", got)
	}
}

func TestWriteOfNothing(t *testing.T) {
	var out strings.Builder
	summary.Write(tty.Plain(&out), &summary.Report{})
	if got := strings.TrimSpace(out.String()); got != "ok 0 of 0 URLs in 0 ms" {
		t.Errorf("got %q", got)
	}
}
