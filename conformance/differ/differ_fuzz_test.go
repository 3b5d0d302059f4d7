package differ_test

import (
	"slices"
	"testing"

	"github.com/aiohttp-go/aiohttp/conformance/differ"
)

var methods = []string{"GET", "HEAD", "CONNECT"}

// FuzzResponse looks for octets that we and an oracle read differently, and no
// rule tells why. Without a Node it asks net/http alone.
func FuzzResponse(f *testing.F) {
	for _, c := range append(vectorCases(f), seeds()...) {
		f.Add(uint8(max(0, slices.Index(methods, c.Method))), c.Wire)
	}
	std, llhttp := differ.Compile(differ.AllowedStd), differ.Compile(differ.AllowedLLHTTP)
	node := startNode(f)
	if node == nil {
		f.Log(differ.ErrNoNode)
	}
	f.Fuzz(func(t *testing.T, method uint8, wire []byte) {
		const most = 8 << 10
		if len(wire) > most {
			t.Skipf("%d octets: above %d the limits of a reader speak", len(wire), most)
		}
		c := differ.Case{Method: methods[int(method)%len(methods)], Wire: wire}
		ours, theirs := readOurs(t, c), differ.Std(c)
		uncovered(t, c, differ.NetHTTP, std, &ours, &theirs)
		if node == nil {
			return
		}
		outcomes, err := node.Read([]differ.Case{c})
		if err != nil {
			t.Fatal(err)
		}
		uncovered(t, c, differ.Node, llhttp, &ours, &outcomes[0])
	})
}

// uncovered reports the differences that no rule covers.
func uncovered(t *testing.T, c differ.Case, oracle differ.Oracle, rules differ.Rules, ours, theirs *differ.Outcome) {
	t.Helper()
	for _, d := range differ.Compare(c, oracle, ours, theirs) {
		if len(rules.Cover(c, oracle, d)) == 0 {
			t.Error(finding{c, d})
		}
	}
}
