package differ_test

import (
	"errors"
	"flag"
	"maps"
	"reflect"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/aiohttp-go/aiohttp/conformance/differ"
)

var (
	flagCases = flag.Int("cases", 20_000, "how many generated cases are played")
	flagSeed  = flag.Uint64("seed", 1, "of the generator")
)

// TestResponseDiffersOnlyByRules plays the vectors, the seeds and the generated
// cases against each oracle.
func TestResponseDiffersOnlyByRules(t *testing.T) {
	var cases []differ.Case
	cases = append(append(cases, vectorCases(t)...), seeds()...)
	g := differ.NewGenerator(*flagSeed)
	for range *flagCases {
		cases = append(cases, g.Next())
	}
	ours := make([]differ.Outcome, len(cases))
	for i, c := range cases {
		ours[i] = readOurs(t, c)
	}
	t.Run("net-http", func(t *testing.T) {
		judge(t, differ.NetHTTP, differ.AllowedStd, cases, ours, func(cases []differ.Case) ([]differ.Outcome, error) {
			outcomes := make([]differ.Outcome, len(cases))
			for i, c := range cases {
				outcomes[i] = differ.Std(c)
			}
			return outcomes, nil
		})
	})
	t.Run("llhttp", func(t *testing.T) {
		node := startNode(t)
		if node == nil {
			t.Skip(differ.ErrNoNode)
		}
		judge(t, differ.Node, differ.AllowedLLHTTP, cases, ours, node.Read)
	})
}

// startNode gives an llhttp that ends with the test, or nil where there is none.
func startNode(t testing.TB) *differ.LLHTTP {
	node, err := differ.StartLLHTTP()
	if errors.Is(err, differ.ErrNoNode) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	})
	return node
}

// readOurs reads a case, which must read the same octet by octet. Of several
// reasons to refuse it, which is met first may depend on what has arrived.
func readOurs(t testing.TB, c differ.Case) differ.Outcome {
	t.Helper()
	whole, split := differ.Ours(c, nil), differ.Ours(c, iotest.OneByteReader)
	reason := split.Err
	if split.Err = whole.Err; !reflect.DeepEqual(whole, split) {
		split.Err = reason
		t.Errorf("%s %q: octet by octet reads otherwise than whole:\n%s\n%s", c.Method, c.Wire, &split, &whole)
	}
	return whole
}

// judge compares all cases, and reports what no rule covers, the shortest case
// of each kind, and what rule covers nothing.
func judge(t *testing.T, oracle differ.Oracle, allowed []differ.Rule, cases []differ.Case, ours []differ.Outcome, read func([]differ.Case) ([]differ.Outcome, error)) {
	rules := differ.Compile(allowed)
	used := map[*differ.Rule]int{}
	unknown := map[string]finding{}
	const batch = 500
	for from := 0; from < len(cases); from += batch {
		to := min(from+batch, len(cases))
		theirs, err := read(cases[from:to])
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range cases[from:to] {
			for _, d := range differ.Compare(c, oracle, &ours[from+i], &theirs[i]) {
				covering := rules.Cover(c, oracle, d)
				for _, r := range covering {
					used[r]++
				}
				f := finding{c, d}
				if old, ok := unknown[f.kind()]; len(covering) == 0 && (!ok || len(c.Wire) < len(old.c.Wire)) {
					unknown[f.kind()] = f
				}
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(unknown)) {
		t.Error(unknown[kind])
	}
	for i := range allowed {
		r := &allowed[i]
		if used[r] == 0 {
			t.Errorf("rule %q covers nothing", r.Name)
		}
		t.Logf("%6d times: %s", used[r], r.Name)
	}
	t.Logf("%d cases, %d delivered by us", len(cases), delivered(ours))
}

func delivered(outcomes []differ.Outcome) int {
	n := 0
	for _, o := range outcomes {
		if o.Verdict == differ.Delivered {
			n++
		}
	}
	return n
}
