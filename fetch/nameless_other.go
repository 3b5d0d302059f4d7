//go:build !linux

package fetch

// noName is the flag that opens a file without a name; 0 where there is none.
const noName = 0
