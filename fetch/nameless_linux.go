package fetch

import "golang.org/x/sys/unix"

// noName is the flag that opens a file without a name; 0 where there is none.
const noName = unix.O_TMPFILE
