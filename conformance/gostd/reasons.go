package main

// reasons are why a test of Go's, or a subtest of one, does not pass that says
// nothing against us: what it wants, and what we do instead. Where the rule behind
// the test is one for us too, the reason names the test of ours that holds it.
var reasons = map[string]string{
	"TestClientRedirectsContext":         wrapped,
	"TestClientDoCanceledVsTimeout":      wrapped,
	"TestTransportBodyReadError":         wrapped,
	"TestTransportReturnsPeekError":      wrapped,
	"TestTransportCheckContextDoneEarly": wrapped,
	"TestH12_HandlerWritesTooLittle":     wrapped,

	"TestClientTimeoutCancel":  unexported,
	"TestCancelRequestMidBody": unexported,

	"TestTransportCancelRequest/h1/RequestCancel":                      unexported,
	"TestTransportCancelRequestInDial/h1/RequestCancel":                unexported,
	"TestTransportCancelRequestBeforeDo/h1/RequestCancel":              unexported,
	"TestTransportCancelRequestBeforeResponseHeaders/h1/RequestCancel": unexported,
	"TestTransportCancelRequestWithBody/h1/RequestCancel":              unexported,

	"TestTransportCancelRequest/h1/TransportCancel":                      canceler,
	"TestTransportCancelRequestInDial/h1/TransportCancel":                canceler,
	"TestTransportCancelRequestBeforeResponseHeaders/h1/TransportCancel": canceler,
	"TestTransportCancelRequestWithBody/h1/TransportCancel":              canceler,
	"TestTransportAndServerSharedBodyRace":                               canceler,

	"TestTransportResponseHeaderTimeout":                               text + "head timeout of 2ms exceeded",
	"TestTransportTLSHandshakeTimeout":                                 text + "tls timeout of 250ms exceeded",
	"TestTransportNoHost":                                              text + "URL without a host",
	"TestTransportClosesBodyOnInvalidRequests/h1/invalid_header_key":   text + `invalid name of header field "💡"`,
	"TestTransportClosesBodyOnInvalidRequests/h1/invalid_header_value": text + `value of header field "key" has a control character`,
	"TestTransportClosesBodyOnInvalidRequests/h1/non_HTTP(s)_scheme":   text + `unsupported scheme "faux"`,
	"TestTransportClosesBodyOnInvalidRequests/h1/no_Host_in_URL":       text + "URL without a host",
	"TestTransportRejectsSignInContentLength":                          text + `invalid Content-Length: "+3"`,
	"TestValidateClientRequestTrailers":                                text + `value of request trailer "Trx" has a control character`,
	"TestTransportResponseHeaderLength":                                text + "more than 524288 octets of header fields",
	"TestTransportEventTraceTLSVerify":                                 text + "certificate of dns-is-faked.golang: is for example.com",

	"TestTransportHeadChunkedResponse":                       hook + "; TestResponseFraming has the HEAD with Transfer-Encoding whose connection is used again",
	"TestIdleConnChannelLeak":                                hook + "; TestPoolModel checks that nobody who waits is forgotten",
	"TestTransportReqCancelerCleanupOnRequestBodyWriteError": hook + "; TestEarlyAnswerIsNotLostWhileUploading checks that nothing is left",
	"TestTransportMaxConnsPerHostDialCancellation":           "cancels in a hook of the Transport's that runs before a dial, which we have none of; TestCancellationEndsEachPhase has a request that waits for a connection",
	"TestRetryRequestsOnError":                               "logs a hook of the Transport's at each retry, and wants Content-Length before Accept-Encoding; our log is the same without the hook, and TestRequestIsSentAgainOnAStaleConnection holds when a request is sent again",

	"TestTransportFlushesBodyChunks":            "wants Transfer-Encoding before Accept-Encoding in the head; its writes of the body, one for each chunk, are ours as well",
	"TestTransportMaxIdleConns":                 idle,
	"TestTransportMaxPerHostIdleConns":          idle,
	"TestTransportRemovesDeadIdleConnections":   dead,
	"TestServerSetKeepAlivesEnabledClosesConns": dead,
	"TestTransportReading100Continue":           "reuses a net.Conn that says it has set a deadline and has not: ours cannot look whether it is alive without blocking, and opens another (TestConnThatIgnoresDeadlinesHoldsUpNobody); TestResponseFraming has a 100 that was not asked for",
	"TestIssue4191_InfiniteGetTimeout":          deadline,
	"TestIssue4191_InfiniteGetToPutTimeout":     deadline,

	"TestTransportExpect100Continue200ResponseNoConnClose": unsent,
	"TestTransportExpect100Continue500ResponseNoConnClose": unsent,
	"TestTransportLimits1xxResponses":                      "wants 1xx responses bounded by their bytes in all; ours are bounded to 16, and each as a head is (TestLimitsOfAResponse)",
	"TestInvalidHeaderResponse":                            `wants "Foo : bar" to be taken for a field "Foo "; RFC 9112, section 5.1, allows no white space there, and ours is an error, since readers disagree about what it means`,
	"TestServeWithSlashRedirectKeepsQueryString":           `waits for the body of a 2xx response to CONNECT to end by its Content-Length; RFC 9110, section 9.3.6: "A client MUST ignore any Content-Length or Transfer-Encoding header fields received in a successful response to CONNECT"`,
}

const (
	wrapped    = "compares by == an error that we wrap in a *connector.Error, the errors of RoundTrip being unspecified; it passes when the adapter takes the cause out, which the run checks"
	unexported = "wants an error that net/http does not export; ours is a *connector.Error around context.Canceled (TestCancelChannelEndsTheRequest)"
	text       = "compares the text of an error; ours is: "
	canceler   = "cancels by Transport.CancelRequest, which is deprecated and by its documentation may become a no-op; no RoundTripper need have it"
	hook       = "waits for a hook in the goroutine of the Transport's that reads, which we have none of"
	idle       = "counts connections against MaxIdleConns or MaxIdleConnsPerHost; ours bounds connections, those that rest included, by MaxConns and MaxConnsPerHost, and closes what has rested for 15 s (TestIdleTimeoutClosesConnections)"
	dead       = "waits for a resting connection to be thrown away when the server closes it; ours has no goroutine that would notice, and throws it away when it is looked at before reuse, or when it has rested for 15 s (TestStaleSocketIsFoundBeforeThePost, TestIdleTimeoutClosesConnections)"
	deadline   = "sets a deadline on the connection that Dial returns; ours sets its own over it, as Options.DialContext says, and bounds a body by its stalls and by the context"
	unsent     = "wants a body to be sent after a final answer came in place of 100 (Continue), so that the connection can be used again; ours leaves it unsent and closes the connection, as RFC 9110, section 10.1.1, leaves open (TestExpectWithFinalAnswerLeavesTheBodyUnsent)"
)
