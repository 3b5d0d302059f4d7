package rounds_test

import (
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

type sample struct{ Figure float64 }

func figure(s sample) float64 { return s.Figure }

// shell makes a contestant of a script.
func shell(name, script string) rounds.Contestant {
	return rounds.Contestant{Name: name, Command: func(ctx context.Context) *exec.Cmd {
		return exec.CommandContext(ctx, "sh", "-c", script)
	}}
}

// conditions run this test's program, as a server that prints and waits.
func conditions(t *testing.T) *rounds.Conditions {
	t.Helper()
	sleep, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	return &rounds.Conditions{Rounds: 2, MaxForeign: math.Inf(1), Program: sleep, ServerCore: -1, ClientCore: -1, Progress: new(strings.Builder)}
}

func TestPlayTakesASampleOfEachInEveryRound(t *testing.T) {
	c := conditions(t)
	server, err := c.Serve(context.Background(), "-c", "echo 127.0.0.1:1; read line")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	if server.Addr != "127.0.0.1:1" {
		t.Errorf("Addr = %q", server.Addr)
	}
	rows, err := rounds.Play(context.Background(), c, server, "some", []rounds.Contestant{
		shell("good", `echo '{"figure": 3}'`), shell("bad", "echo no such thing >&2; exit 1"), shell("mute", "true"),
	}, func(sample) string { return "three" })
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", "bad: exit status 1: no such thing", "mute: unexpected end of JSON input"} {
		if n := len(rows[i].Rounds); n != c.Rounds {
			t.Errorf("%s was measured %d times", rows[i].Name, n)
		}
		for _, o := range rows[i].Rounds {
			if want == "" && (o.Err != nil || o.Sample.Figure != 3) || want != "" && (o.Err == nil || o.Err.Error() != want) {
				t.Errorf("%s: got %+v, want %q", rows[i].Name, o, want)
			}
		}
	}
	if said := c.Progress.(*strings.Builder).String(); !strings.Contains(said, "some, round 2, good: three\n") {
		t.Errorf("progress %q", said)
	}
}

func TestPlayEndsWithItsContext(t *testing.T) {
	c := conditions(t)
	server, err := c.Serve(context.Background(), "-c", "echo ready; read line")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := rounds.Play(ctx, c, server, "", []rounds.Contestant{shell("a", "true")}, func(sample) string { return "" }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestServeTellsWhenTheServerDoesNotStart(t *testing.T) {
	c := conditions(t)
	if _, err := c.Serve(context.Background(), "-c", "exit 3"); err == nil || !strings.HasPrefix(err.Error(), "server: reading its address") {
		t.Errorf("got %v", err)
	}
	c.Program = os.DevNull
	if _, err := c.Serve(context.Background()); err == nil {
		t.Error("no error for a program that is none")
	}
}

func TestRowFigures(t *testing.T) {
	ok := func(f float64) rounds.Outcome[sample] { return rounds.Outcome[sample]{Sample: sample{f}} }
	rows := []rounds.Row[sample]{
		{Name: "base", Rounds: []rounds.Outcome[sample]{ok(2), ok(6), ok(4)}},
		{Name: "other", Rounds: []rounds.Outcome[sample]{ok(1), {Err: errors.New("refused"), Noisy: true}, ok(2)}},
	}
	for _, tt := range []struct{ what, got, want string }{
		{"ratio", rounds.Ratio(rows, "base", &rows[1], figure), "2.00"},
		{"no-base", rounds.Ratio(rows, "none", &rows[1], figure), "-"},
		{"spread", rows[0].Spread("%.0f", figure), "**4** [2-6]"},
		{"spread-of-nothing", (&rounds.Row[sample]{}).Spread("%.0f", figure), "-"},
		{"failures", rounds.Failures(rows), "Failed:\n\n- other, round 2: refused\n\n"},
		{"no-failures", rounds.Failures(rows[:1]), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.what, tt.got, tt.want)
		}
	}
	if n := rows[1].Noisy(); n != 1 {
		t.Errorf("Noisy = %d", n)
	}
	if m := rows[1].Median(figure); m != 1.5 {
		t.Errorf("Median = %v", m)
	}
}
