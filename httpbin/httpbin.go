package httpbin

import (
	"net/http"
	"time"

	upstream "github.com/mccutchen/go-httpbin/v2/httpbin"

	"github.com/aiohttp-go/aiohttp/internal/options"
)

// site is the front: it owns the endpoints of this package and hands all others
// to go-httpbin.
type site struct {
	opts  Options
	bin   *upstream.HTTPBin
	start time.Time
}

// New returns the site as a handler. It takes at most one Options and panics if
// given more. The handler is safe for concurrent use and starts no goroutine.
//
// /truncate ends its answer with the panic of [http.ErrAbortHandler], which a
// server of net/http turns into a closed connection.
func New(opts ...Options) http.Handler {
	o := options.One("httpbin: New", opts).withDefaults()
	s := &site{opts: o, bin: newUpstream(o), start: time.Now()}

	mux := http.NewServeMux()
	mux.Handle("/", s.bin)
	mux.Handle("GET /{$}", newIndex())
	mux.HandleFunc("GET /bomb/{mebibytes}", s.bomb)
	mux.HandleFunc("GET /brotli", s.brotli)
	mux.HandleFunc("GET /cache", s.cache)
	mux.HandleFunc("GET /early-hints", s.earlyHints)
	mux.HandleFunc("GET /encoding/{charset}", s.encoding)
	mux.HandleFunc("GET /range/{bytes}", s.byteRange)
	mux.HandleFunc("GET /truncate/{bytes}", s.truncate)
	mux.HandleFunc("GET /zstd", s.zstd)
	mux.HandleFunc("/status/402", paymentRequired)
	return mux
}

// newUpstream returns go-httpbin within the limits of o. The defaults of the
// slow endpoints are httpbin.org's, shortened where they would pass the limit.
func newUpstream(o Options) *upstream.HTTPBin {
	params := upstream.DefaultDefaultParams
	params.DripDelay = min(params.DripDelay, o.MaxDelay/2)
	params.DripDuration = min(params.DripDuration, o.MaxDelay/2)
	params.SSEDuration = min(params.SSEDuration, o.MaxDelay/2)
	return upstream.New(
		upstream.WithMaxBodySize(o.MaxBodyBytes),
		upstream.WithMaxDuration(o.MaxDelay),
		upstream.WithDefaultParams(params),
		upstream.WithHostname("httpbin"),
		upstream.WithVersion("httpbin", "", "", "", ""),
	)
}

// paymentRequired stands in for go-httpbin's answer, whose words do not suit
// every screen.
func paymentRequired(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "Payment Required", http.StatusPaymentRequired)
}
