package profile_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/bench/profile"
)

const table = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 53.89    1.218848        1191      1023         1 futex
  9.27    0.209734         689       304           epoll_pwait
------ ----------- ----------- --------- --------- ----------------
100.00    2.261921         693      1327         1 total
`

func TestParseCallsReadsNumbersAndErrors(t *testing.T) {
	got, err := profile.ParseCalls(table)
	if err != nil || len(got) != 2 || got["futex"] != (profile.Call{Made: 1023, Failed: 1}) || got["epoll_pwait"] != (profile.Call{Made: 304}) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{"", "strace: nothing\n", "1 2 3 4 x read\n"} {
		if got, err := profile.ParseCalls(text); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestEachLeavesOutWhatIsDoneOnce(t *testing.T) {
	few := profile.Calls{"read": {Made: 110, Failed: 5}, "mmap": {Made: 30}}
	many := profile.Calls{"read": {Made: 310, Failed: 55}, "mmap": {Made: 30}, "write": {Made: 50}}
	got := profile.Each(few, many, 100)
	want := profile.Calls{"read": {Made: 2, Failed: 0.5}, "mmap": {}, "write": {Made: 0.5}}
	for name, c := range want {
		if got[name] != c {
			t.Errorf("%s: got %v, want %v", name, got[name], c)
		}
	}
	if got := profile.Names([]profile.Calls{got, {"poll": {Made: 1}}}); !slices.Equal(got, []string{"read", "poll", "write"}) {
		t.Errorf("Names = %v", got)
	}
}

func TestTrimmedLeavesOutFunctionsThatUseNothing(t *testing.T) {
	const text = "File: bench\nBuild ID: 1\nType: cpu\nTime: now\nDuration: 1s\nActive filters:\n   hide=^sync\n" +
		"      flat  flat%   sum%        cum   cum%\n     390ms 72.22% 72.22%      390ms 72.22%  f\n         0     0% 72.22%      460ms 85.19%  main\n"
	const want = "Duration: 1s\n      flat  flat%   sum%        cum   cum%\n     390ms 72.22% 72.22%      390ms 72.22%  f\n"
	if got := profile.Trimmed(text); got != want {
		t.Errorf("got %q", got)
	}
}

var sink []byte

func TestRecordingOfEveryKindCanBeRead(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	rate := runtime.MemProfileRate
	defer func() { runtime.MemProfileRate = rate }()
	for _, kind := range []profile.Kind{profile.CPU, profile.Allocs, profile.Mutex, profile.Block} {
		t.Run(string(kind), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "profile")
			var r profile.Recording
			if err := r.Set(string(kind) + "=" + file); err != nil {
				t.Fatal(err)
			}
			if err := r.Start(); err != nil {
				t.Fatal(err)
			}
			for range 100 {
				sink = make([]byte, 64<<10)
			}
			if err := r.Stop(); err != nil {
				t.Fatal(err)
			}
			text, err := profile.Top(context.Background(), program, kind, file)
			if err != nil || !strings.Contains(text, "flat%") {
				t.Errorf("got %q, %v", text, err)
			}
			if kind == profile.Allocs && !strings.Contains(text, "TestRecordingOfEveryKindCanBeRead") {
				t.Errorf("the allocations are missing in\n%s", text)
			}
		})
	}
}

func TestRecordingRefusesWhatIsNoKindAndFile(t *testing.T) {
	for _, text := range []string{"", "cpu", "cpu=", "heat=file"} {
		if err := new(profile.Recording).Set(text); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
	var none *profile.Recording
	if none.Start() != nil || none.Stop() != nil || none.String() != "" {
		t.Error("no recording is not nothing")
	}
}

func TestTextHasCallsAndLists(t *testing.T) {
	const want = "### System calls a request\n\n| call | a | b |\n|---|--:|--:|\n| read | 1.00 | 2.00 (1.00) |\n| write | 0.00 | 1.00 |\n\n" +
		"### cpu profile: client a (a)\n\n```\n10ms f\n```\n\n"
	if got := profile.Made().Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := profile.Uncounted().Text(); !strings.Contains(got, "Not counted: strace is not installed.\n") {
		t.Errorf("got\n%s", got)
	}
}
