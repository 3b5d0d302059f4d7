package cache

import "time"

// Directives are what a Cache-Control says, for tests.
type Directives struct {
	Set              uint32
	MaxAge           time.Duration
	NoCache, NoStore bool
	NoCacheFields    []string
}

// ParseDirectives reads the Cache-Control fields of a message.
func ParseDirectives(fields []string) Directives {
	d := parseDirectives(fields)
	return Directives{uint32(d.set), d.maxAge, d.has(noCache), d.has(noStore), d.noCacheFields}
}

// EncodeRecords and DecodeRecords are the format of a Disk's records.
var (
	EncodeRecords = encodeRecords
	DecodeRecords = decodeRecords
	KeyIn         = keyIn
)
