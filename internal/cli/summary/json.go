package summary

import (
	"encoding/json"
	"io"
	"strconv"
	"time"
)

// object is a report as a program reads it.
type object struct {
	Seconds float64          `json:"elapsed_s"`
	Done    int64            `json:"done"`
	Failed  int64            `json:"failed"`
	Skipped int64            `json:"skipped"`
	Left    int64            `json:"left"`
	Resumed int64            `json:"resumed"`
	Retries int64            `json:"retries"`
	Bytes   int64            `json:"bytes"`
	Status  map[string]int64 `json:"statuses"`
	Latency *percentiles     `json:"latency_ms,omitempty"`
	Causes  []causeObject    `json:"causes,omitempty"`
	Folder  string           `json:"folder,omitempty"`
}

type percentiles struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

type causeObject struct {
	Cause   string `json:"cause"`
	Count   int64  `json:"count"`
	Example string `json:"example,omitempty"`
}

// WriteJSON writes r as one JSON object on one line.
func WriteJSON(w io.Writer, r *Report) error {
	o := object{Seconds: r.Elapsed.Round(time.Millisecond).Seconds(), Done: r.Done, Failed: r.Failed, Skipped: r.Skipped,
		Left: r.Left, Resumed: r.Resumed, Retries: r.Retries, Bytes: r.Bytes, Folder: r.Folder, Status: map[string]int64{}}
	for _, s := range r.Statuses {
		o.Status[strconv.Itoa(s.Status)] = s.Count
	}
	if l := &r.Latency; len(l.Points) > 0 {
		ms := func(d time.Duration) float64 { return float64(d.Round(time.Microsecond)) / 1e6 }
		o.Latency = &percentiles{P50: ms(l.P50), P90: ms(l.P90), P99: ms(l.P99), Max: ms(l.Max)}
	}
	for _, c := range r.Causes {
		o.Causes = append(o.Causes, causeObject{Cause: c.Text, Count: c.Count, Example: c.Example})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(o)
}
