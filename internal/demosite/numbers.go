package demosite

// Numbers that a demonstration shows faults on.
const (
	flakyNumber   = 503 // answers with its number at first
	missingNumber = 404 // does not exist
)

// spans holds the numbers of the documents, from first to last, in the shape of
// the real ones: process documents at the front and from 8000 on, gaps between.
var spans = [][2]int{
	{1, 14}, {20, 20}, {42, 42}, {100, 103}, {200, 403}, {405, 503},
	{560, 585}, {3000, 3003}, {3099, 3121}, {8000, 8016}, {8100, 8106},
}

// numbers returns the number of every document, in order.
func numbers() []int {
	var list []int
	for _, s := range spans {
		for n := s[0]; n <= s[1]; n++ {
			list = append(list, n)
		}
	}
	return list
}
