//go:build !linux

package connector

import "os"

// sendDirect is Linux's: the others' sendfile has an offset to keep, and package
// net does that.
func (u *upload) sendDirect(*os.File) (sent int64, ok bool, err error) { return 0, false, nil }
