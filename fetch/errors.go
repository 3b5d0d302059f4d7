package fetch

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// A StoreError tells that a file or folder could not be written. Where it means
// that nothing more can be written (a full disk, a read-only folder) it ends
// the job.
type StoreError struct {
	Op   string // "create", "write", ...
	Path string
	Err  error
}

// Error gives "op path: cause".
func (e *StoreError) Error() string { return fmt.Sprintf("%s %s: %v", e.Op, e.Path, e.Err) }

// Unwrap gives the cause.
func (e *StoreError) Unwrap() error { return e.Err }

// storeError wraps err, nil if that is nil.
func storeError(op, path string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err // its path is relative to some open folder
	}
	return &StoreError{Op: op, Path: path, Err: err}
}

// endsJob reports whether err tells that no other file can be written either.
func endsJob(err error) bool {
	e, ok := errors.AsType[*StoreError](err)
	return ok && diskFailed(e.Err)
}

// diskFailed reports whether the cause of err is a disk that takes no more.
func diskFailed(err error) bool {
	for _, errno := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return systemFull(err)
}

// A StatusError tells that the final response was not a success.
type StatusError struct {
	Status int
	Reason string // the usual words for it, may be empty
}

// Error gives "status N reason".
func (e *StatusError) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("status %d", e.Status)
	}
	return fmt.Sprintf("status %d %s", e.Status, e.Reason)
}

// Causes of failure that are this package's own.
var (
	// ErrTooLarge tells that a body is larger than Options.MaxBytes.
	ErrTooLarge = errors.New("body too large")

	// ErrChecksum tells that a body has not the expected SHA-256.
	ErrChecksum = errors.New("checksum differs")

	// ErrLength tells that a body has not the length that was announced.
	ErrLength = errors.New("body has not the announced length")

	// ErrHostDown tells that a request was not sent because those before it to
	// the same host all failed.
	ErrHostDown = errors.New("host is down")

	// ErrNameTaken tells that an earlier item of the job has the same output.
	ErrNameTaken = errors.New("output name is taken")
)

// A downError is ErrHostDown with what the host's last request failed with.
type downError struct{ last error }

func (e *downError) Error() string   { return ErrHostDown.Error() + ": " + e.last.Error() }
func (e *downError) Unwrap() []error { return []error{ErrHostDown, e.last} }
