package main

// reasons are why a test of Go's does not pass that says nothing against us: it
// looks at something else than the connector, or holds a choice of net/http's
// that we have made differently.
var reasons = map[string]string{
	"TestCancelRequestMidBody":                   deprecatedCancel,
	"TestClientTimeoutCancel":                    deprecatedCancel,
	"TestClientTimeoutKillsConn_AfterHeaders":    deprecatedCancel,
	"TestTransportCancelRequestBeforeDo":         deprecatedCancel,
	"TestTransportAndServerSharedBodyRace":       deprecatedCancel,
	"TestTransportHeadChunkedResponse":           "waits for a hook in the Transport's own read loop",
	"TestCloseIdleConnections":                   "closes the idle connections of the Transport beside us, not ours",
	"TestConnClosedBeforeRequestIsWritten":       "its connection has no RemoteAddr",
	"TestProxyAuthHeader":                        "needs a proxy, which the connector has no option for",
	"TestClientRedirectsContext":                 wrapped,
	"TestClientDoCanceledVsTimeout":              wrapped,
	"TestH12_HandlerWritesTooLittle":             wrapped,
	"TestTransportClosesBodyOnInvalidRequests":   text,
	"TestTransportRejectsSignInContentLength":    text,
	"TestTransportUserAgent":                     "wants Go-http-client as the User-Agent, and only the first of several values",
	"TestTransportLimits1xxResponses":            "wants interim responses bounded by their bytes in all; ours are bounded by number, and each by its bytes",
	"TestInvalidHeaderResponse":                  "wants a field name with a space before the colon to be accepted",
	"TestServeWithSlashRedirectKeepsQueryString": "wants the body of a 2xx response to CONNECT framed by Content-Length; RFC 9110, section 9.3.6, makes it a tunnel",
	"TestServerConnState":                        "wants a request with Connection: close to take a resting connection; ours gets one of its own",
	"TestValidateClientRequestTrailers":          "wants trailers checked that are not sent, for want of a body",
}

const (
	deprecatedCancel = "cancels by Request.Cancel or Transport.CancelRequest, which are deprecated; ours is cancelled by the context"
	wrapped          = "compares by == an error that we wrap in a *connector.Error; errors.Is finds it"
	text             = "compares the text of an error"
)
