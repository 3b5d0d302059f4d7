package tracing

// Trace is a set of functions that are told what happens; a nil one is not called.
// It must not be changed once it is in use. It may be used by any number of calls
// at once, so what the functions of different calls share is theirs to guard.
type Trace struct {
	// OnRequestStart begins a call.
	OnRequestStart func(*Call, RequestStart)
	// OnRequestRedirect tells of a redirect that is about to be followed.
	OnRequestRedirect func(*Call, RequestRedirect)
	// OnRequestEnd tells that the head of the final response has come and the
	// call returns. The body is still to be read, as a rule.
	OnRequestEnd func(*Call, RequestEnd)
	// OnRequestException tells that the call returns an error.
	OnRequestException func(*Call, RequestException)

	// OnExchangeStart begins an exchange, OnExchangeEnd ends it: it has failed, or
	// its response was read to its end or closed, or has no body.
	OnExchangeStart func(*Call, ExchangeStart)
	OnExchangeEnd   func(*Call, ExchangeEnd)

	// OnRequestHeadersSent tells that the head was written; it comes again where
	// the request is sent a second time, on another connection, because the first
	// had been closed by the server.
	OnRequestHeadersSent func(*Call, RequestHeadersSent)
	// OnRequestChunkSent tells that a piece of the body was written.
	OnRequestChunkSent func(*Call, RequestChunkSent)
	// OnRequestSent tells that all of the request was written, or could not be. It
	// is left out when the answer overtakes the body.
	OnRequestSent func(*Call, RequestSent)
	// OnContinueWait tells that the body waits for a "100 Continue".
	OnContinueWait func(*Call, ContinueWait)
	// OnInterimResponse tells of a 1xx response, but for 101.
	OnInterimResponse func(*Call, InterimResponse)
	// OnResponseStart tells that the first octet of an answer has come.
	OnResponseStart func(*Call, ResponseStart)
	// OnResponseHead tells that the head of the answer has come.
	OnResponseHead func(*Call, ResponseHead)
	// OnResponseChunkReceived tells of a piece of the body, decompressed, as it is
	// given to who reads.
	OnResponseChunkReceived func(*Call, ResponseChunkReceived)

	// OnConnectionQueuedStart and End frame a wait for the limits of connections, or for
	// one that is being opened already.
	OnConnectionQueuedStart func(*Call, ConnectionQueuedStart)
	OnConnectionQueuedEnd   func(*Call, ConnectionQueuedEnd)
	// OnConnectionCreateStart and End frame the opening of a connection: name,
	// TCP, TLS. Where another one comes free before, End tells so, and what had
	// begun of those has no end of its own.
	OnConnectionCreateStart func(*Call, ConnectionCreateStart)
	OnConnectionCreateEnd   func(*Call, ConnectionCreateEnd)
	// OnConnectionReuse tells that a connection which rested is used.
	OnConnectionReuse func(*Call, ConnectionReuse)
	// OnConnectionRelease tells that the exchange is done with its connection,
	// which goes back to the pool or is closed. Where the short rest of a body is
	// read beside the requests it is told before, and may be closed all the same.
	OnConnectionRelease func(*Call, ConnectionRelease)

	// OnDNSCacheHit tells that the name's addresses are known, or being asked for
	// by another request; OnDNSCacheMiss that they are not.
	OnDNSCacheHit  func(*Call, DNSCacheHit)
	OnDNSCacheMiss func(*Call, DNSCacheMiss)
	// OnDNSResolveStart and End frame the resolution of a name after a miss.
	OnDNSResolveStart func(*Call, DNSResolveStart)
	OnDNSResolveEnd   func(*Call, DNSResolveEnd)
	// OnConnectStart and End frame the opening of a TCP connection to one address.
	// Those to several addresses of a host may overlap. Neither is called where
	// connector.Options.DialContext or DialTLSContext connects.
	OnConnectStart func(*Call, ConnectStart)
	OnConnectEnd   func(*Call, ConnectEnd)
	// OnTLSStart and End frame the handshake. Neither is called where
	// connector.Options.DialTLSContext connects.
	OnTLSStart func(*Call, TLSStart)
	OnTLSEnd   func(*Call, TLSEnd)
}
