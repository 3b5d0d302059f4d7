package cache

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"net/http"
	"slices"
	"time"
)

// magic begins what records are written as. The digit is the version.
const magic = "aiohttp cache 1\n"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errCorrupt is what decoding gives for what was not written by encoding, or was
// damaged since.
var errCorrupt = errors.New("cache: damaged records")

// encodeRecords writes what is stored under a key: the magic, the key, the records,
// and a sum over it all.
func encodeRecords(key string, records []*Record) []byte {
	b := make([]byte, 0, 1024)
	b = append(b, magic...)
	b = appendString(b, key)
	b = binary.AppendUvarint(b, uint64(len(records)))
	for _, r := range records {
		b = r.append(b)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func (r *Record) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(r.Status))
	flags := byte(0)
	if r.Uncompressed {
		flags = 1
	}
	b = append(b, flags)
	b = append(b, r.Selected[:]...)
	b = appendStrings(b, r.Vary)
	b = binary.AppendVarint(b, r.Requested.UnixNano())
	b = binary.AppendVarint(b, r.Received.UnixNano())
	b = appendString(b, r.Body)
	b = binary.AppendUvarint(b, uint64(r.BodyBytes))
	b = binary.LittleEndian.AppendUint32(b, r.BodySum)
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	b = binary.AppendUvarint(b, uint64(len(names)))
	for _, name := range names {
		b = appendString(b, name)
		b = appendStrings(b, r.Header[name])
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendStrings(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendString(b, s)
	}
	return b
}

// decodeRecords reads what encodeRecords wrote for the key.
func decodeRecords(key string, b []byte) ([]*Record, error) {
	const sum = 4
	if len(b) < len(magic)+sum || string(b[:len(magic)]) != magic {
		return nil, errCorrupt
	}
	d := decoder{rest: b[len(magic) : len(b)-sum]}
	if binary.LittleEndian.Uint32(b[len(b)-sum:]) != crc32.Checksum(b[:len(b)-sum], castagnoli) {
		return nil, errCorrupt
	}
	if d.string() != key {
		return nil, errCorrupt
	}
	records := make([]*Record, 0, d.count())
	for range cap(records) {
		records = append(records, d.record())
	}
	if d.bad || len(d.rest) != 0 {
		return nil, errCorrupt
	}
	for _, r := range records {
		r.prepare()
	}
	return records, nil
}

// keyIn gives the key for which records were written.
func keyIn(b []byte) (string, error) {
	if len(b) < len(magic) {
		return "", errCorrupt
	}
	d := decoder{rest: b[len(magic):]}
	key := d.string()
	if d.bad {
		return "", errCorrupt
	}
	return key, nil
}

// decoder reads from the front of rest. Once something is bad, all is.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) record() *Record {
	r := &Record{Status: int(d.uint(1000))}
	flags := d.take(1)
	copy(r.Selected[:], d.take(len(r.Selected)))
	r.Vary = d.strings()
	r.Requested, r.Received = d.time(), d.time()
	r.Body = d.string()
	r.BodyBytes = int64(d.uint(1 << 62))
	if sum := d.take(4); !d.bad {
		r.Uncompressed = flags[0] == 1
		r.BodySum = binary.LittleEndian.Uint32(sum)
	}
	n := d.count()
	r.Header = make(http.Header, n)
	for range n {
		name := d.string()
		r.Header[name] = d.strings()
	}
	return r
}

// take gives the next n bytes.
func (d *decoder) take(n int) []byte {
	if d.bad || n > len(d.rest) {
		d.bad = true
		return nil
	}
	p := d.rest[:n]
	d.rest = d.rest[n:]
	return p
}

// uint reads a number below limit.
func (d *decoder) uint(limit uint64) uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 || v >= limit {
		d.bad = true
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// count reads how many items follow, each of which takes a byte at least.
func (d *decoder) count() int {
	n := d.uint(1 << 31)
	if n > uint64(len(d.rest)) {
		d.bad = true
		return 0
	}
	return int(n)
}

func (d *decoder) string() string { return string(d.take(d.count())) }

func (d *decoder) strings() []string {
	n := d.count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = d.string()
	}
	return list
}

func (d *decoder) time() time.Time {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.bad = true
		return time.Time{}
	}
	d.rest = d.rest[n:]
	return time.Unix(0, v)
}
