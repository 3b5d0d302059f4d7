package fetch

import (
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/aiohttp-go/aiohttp/connector"
)

// ownFiles are those that a process has open apart from what requests need: the
// standard streams, the poller, the list, the results, the locks.
const ownFiles = 16

// A room is what the limit of open files leaves to a job.
type room struct {
	requests int // in flight; each has a connection and a file
	resting  int // connections that rest
	folders  int // held open between files
}

// roomOf shares out a limit of open files, 0 when there is none, for a job that wants
// so many requests.
func roomOf(files, requests int) room {
	if files == 0 {
		return room{requests, restingConns, maxOpenFolders}
	}
	left := max(files-ownFiles, 0)
	r := room{folders: min(max(left/8, 1), maxOpenFolders)}
	left -= r.folders
	r.requests = min(requests, max(left/2, 1))
	r.resting = min(max(left-2*r.requests, 0), restingConns)
	return r
}

// outOfFiles reports whether err says that the process, or the system, may open no
// more files for now.
func outOfFiles(err error) bool {
	if e, ok := errors.AsType[*net.DNSError](err); ok { // has nothing but the text
		return strings.HasSuffix(e.Err, syscall.EMFILE.Error()) || strings.HasSuffix(e.Err, syscall.ENFILE.Error())
	}
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// crowded reports whether an attempt failed because others have the files that it
// needs, and may be made again. What is held open for later is closed then; where no
// connection was, fewer requests are in flight from now on.
//
// Each such failure closes a connection that some answer has left behind, or lowers
// the limit, or ends a request in flight above it, or is the one that a task may have
// when it is alone: so they come to an end.
func (j *Job) crowded(t *task, a *attempt) bool {
	if !outOfFiles(a.err) || !t.item.idempotent() && !connector.SafeToRetry(a.err) {
		return false
	}
	pool := j.session.Connector()
	rested := pool.Stats().Idle > 0
	pool.CloseIdleConnections()
	j.store.folders.closeIdle()
	if rested || j.sched.narrow() {
		return true
	}
	first := !t.alone
	t.alone = true
	return first
}

// narrow lowers how many tasks may be in flight to fewer than are now; false means
// that there is only one.
func (s *schedule) narrow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inFlight <= 1 {
		return false
	}
	s.limit = max(min(s.limit, s.inFlight)-1, 1)
	return true
}

// width gives how many tasks may be in flight.
func (s *schedule) width() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit
}
