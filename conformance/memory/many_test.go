//go:build linux

package memory_test

import "testing"

// What is held grows with what is in flight, not with the list.
func TestManyRequestsInLittleMemory(t *testing.T) {
	s := newSite(t)
	table := newResults("Many tasks")
	table.count = true
	few, many := int64(2000), large()/mebi*25 // about 100,000 of 4096
	for _, c := range []struct {
		name, work string
		grows      int64 // bytes that each may add
		most       int64 // of all
	}{
		{"aio.Map of requests, 64 at once", "map", 0, promised},
		{"Session.GetAll, 64 at once", "get-all", 0, promised},
		{"fetch.Job, 64 at once", "fetch-many", 2 * 40, promised}, // names, to find those taken
		{"aio.Gather of nothing", "gather", 1 << 10, 4 * promised},
		{"aio.Gather of requests, all in flight", "gather-gets", 16 << 10, 32 * promised},
	} {
		t.Run(c.work, func(t *testing.T) {
			var peaks []int64
			for _, n := range []int64{few, many} {
				o := order{Work: c.work, URL: s.plain.URL, Size: n, Path: inMemory(t)}
				r := measure(t, table, c.name, o, c.most)
				if r.Err != "" || r.Bytes != n {
					t.Fatalf("%d of %d, %s", r.Bytes, n, r.Err)
				}
				peaks = append(peaks, r.Peak)
			}
			const noise = 8 * mebi
			if grown := peaks[1] - peaks[0]; grown > c.grows*(many-few)+noise {
				t.Errorf("%d tasks more took %s MiB more", many-few, mib(grown))
			}
		})
	}
}
