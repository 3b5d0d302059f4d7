package cache_test

import (
	"bytes"
	"hash/crc32"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

func someRecords() []*cache.Record {
	return []*cache.Record{
		{Status: 200, Header: http.Header{"A": {"1", ""}, "Cache-Control": {"max-age=1"}}, Vary: []string{"Foo"}, Selected: [32]byte{1},
			Requested: time.Unix(1, 2), Received: time.Unix(-3, 4), Body: "x", BodyBytes: 1 << 40, BodySum: 7, Uncompressed: true},
		{Status: 999, Header: http.Header{}, Requested: time.Unix(0, 0), Received: time.Unix(0, 0)},
	}
}

// same tells whether records are equal in what is written.
func same(a, b *cache.Record) bool {
	return a.Status == b.Status && reflect.DeepEqual(a.Header, b.Header) && a.Uncompressed == b.Uncompressed &&
		slices.Equal(a.Vary, b.Vary) && a.Selected == b.Selected && a.Requested.Equal(b.Requested) && a.Received.Equal(b.Received) &&
		a.Body == b.Body && a.BodyBytes == b.BodyBytes && a.BodySum == b.BodySum
}

func TestRecordsAreReadAsTheyWereWritten(t *testing.T) {
	want := someRecords()
	data := cache.EncodeRecords("key", want)
	got, err := cache.DecodeRecords("key", data)
	if err != nil || !slices.EqualFunc(got, want, same) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := cache.DecodeRecords("another key", data); err == nil {
		t.Error("read under another key")
	}
	for i := range data {
		for _, bit := range []byte{1, 0x80} {
			spoiled := bytes.Clone(data)
			spoiled[i] ^= bit
			if _, err := cache.DecodeRecords("key", spoiled); err == nil {
				t.Fatalf("read with byte %d changed", i)
			}
		}
		if _, err := cache.DecodeRecords("key", data[:i]); err == nil {
			t.Fatalf("read when cut at %d", i)
		}
	}
}

// FuzzRecords holds that no file of records can do harm, though its sum is right, and
// that what is read is written again as it was.
func FuzzRecords(f *testing.F) {
	const sum = 4
	seed := cache.EncodeRecords("key", someRecords())
	f.Add(seed[:len(seed)-sum])
	f.Add([]byte("aiohttp cache 1\n\x03key\x01"))
	f.Add([]byte("aiohttp cache 1\n\x03key\xff\xff\xff\xff\x0f"))
	f.Fuzz(func(t *testing.T, data []byte) {
		whole := append(bytes.Clone(data), 0, 0, 0, 0)
		c := crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
		copy(whole[len(data):], []byte{byte(c), byte(c >> 8), byte(c >> 16), byte(c >> 24)})
		key, err := cache.KeyIn(whole)
		if err != nil {
			return
		}
		records, err := cache.DecodeRecords(key, whole)
		if err != nil {
			return
		}
		again, err := cache.DecodeRecords(key, cache.EncodeRecords(key, records))
		if err != nil || !slices.EqualFunc(again, records, same) {
			t.Errorf("read %+v, then %+v, %v", records, again, err)
		}
	})
}
