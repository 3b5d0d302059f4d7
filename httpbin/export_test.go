package httpbin

// The internals that the external tests look at.
var (
	AppendBrotli = appendBrotli
	AppendZstd   = appendZstd
	ParseWait    = parseWait
)

// IndexLinks returns the pattern and the link of every line of the index.
func IndexLinks() map[string]string {
	links := make(map[string]string)
	for _, g := range index {
		for _, e := range g.Endpoints {
			links[e.Pattern] = e.Try
		}
	}
	return links
}
