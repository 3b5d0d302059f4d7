package demosite

// The internals that the external tests look at.
var AcceptsGzip = acceptsGzip

// RenderAll makes every page anew and returns the bytes of all together.
func RenderAll() int {
	list, total := numbers(), 0
	for _, n := range list {
		total += len(render(newDocument(n), list))
	}
	return total
}
