package fetch

import "golang.org/x/sys/unix"

const (
	// noName is the flag that opens a file without a name; 0 where there is none.
	noName = unix.O_TMPFILE

	// emptyPath is the flag that links a file by its descriptor alone. Linux 6.10
	// and later allow it to whoever opened the file, older ones to root only.
	emptyPath = unix.AT_EMPTY_PATH
)
