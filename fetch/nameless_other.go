//go:build !linux

package fetch

const (
	noName    = 0 // there are no files without a name
	emptyPath = 0
)
