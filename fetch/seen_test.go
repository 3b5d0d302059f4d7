package fetch

import (
	"strconv"
	"testing"
)

func TestSeenForgetsNothingAndIsSeldomWrong(t *testing.T) {
	const n = 200_000
	s := newSeen()
	wrong := 0
	for i := range n {
		if s.add("name" + strconv.Itoa(i)) {
			wrong++
		}
	}
	if wrong > n/1000 {
		t.Errorf("took %d of %d new names for known ones", wrong, n)
	}
	for i := range n {
		if !s.add("name" + strconv.Itoa(i)) {
			t.Fatalf("forgot name %d", i)
		}
	}
}
