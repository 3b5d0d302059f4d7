package tracing

func (e RequestStart) tell(t *Trace, c *Call) {
	if t.OnRequestStart != nil {
		t.OnRequestStart(c, e)
	}
}

func (e RequestRedirect) tell(t *Trace, c *Call) {
	if t.OnRequestRedirect != nil {
		t.OnRequestRedirect(c, e)
	}
}

func (e RequestEnd) tell(t *Trace, c *Call) {
	if t.OnRequestEnd != nil {
		t.OnRequestEnd(c, e)
	}
}

func (e RequestException) tell(t *Trace, c *Call) {
	if t.OnRequestException != nil {
		t.OnRequestException(c, e)
	}
}

func (e ExchangeStart) tell(t *Trace, c *Call) {
	if t.OnExchangeStart != nil {
		t.OnExchangeStart(c, e)
	}
}

func (e ExchangeEnd) tell(t *Trace, c *Call) {
	if t.OnExchangeEnd != nil {
		t.OnExchangeEnd(c, e)
	}
}

func (e RequestHeadersSent) tell(t *Trace, c *Call) {
	if t.OnRequestHeadersSent != nil {
		t.OnRequestHeadersSent(c, e)
	}
}

func (e RequestChunkSent) tell(t *Trace, c *Call) {
	if t.OnRequestChunkSent != nil {
		t.OnRequestChunkSent(c, e)
	}
}

func (e RequestSent) tell(t *Trace, c *Call) {
	if t.OnRequestSent != nil {
		t.OnRequestSent(c, e)
	}
}

func (e ContinueWait) tell(t *Trace, c *Call) {
	if t.OnContinueWait != nil {
		t.OnContinueWait(c, e)
	}
}

func (e InterimResponse) tell(t *Trace, c *Call) {
	if t.OnInterimResponse != nil {
		t.OnInterimResponse(c, e)
	}
}

func (e ResponseStart) tell(t *Trace, c *Call) {
	if t.OnResponseStart != nil {
		t.OnResponseStart(c, e)
	}
}

func (e ResponseHead) tell(t *Trace, c *Call) {
	if t.OnResponseHead != nil {
		t.OnResponseHead(c, e)
	}
}

func (e ResponseChunkReceived) tell(t *Trace, c *Call) {
	if t.OnResponseChunkReceived != nil {
		t.OnResponseChunkReceived(c, e)
	}
}

func (e ConnectionQueuedStart) tell(t *Trace, c *Call) {
	if t.OnConnectionQueuedStart != nil {
		t.OnConnectionQueuedStart(c, e)
	}
}

func (e ConnectionQueuedEnd) tell(t *Trace, c *Call) {
	if t.OnConnectionQueuedEnd != nil {
		t.OnConnectionQueuedEnd(c, e)
	}
}

func (e ConnectionCreateStart) tell(t *Trace, c *Call) {
	if t.OnConnectionCreateStart != nil {
		t.OnConnectionCreateStart(c, e)
	}
}

func (e ConnectionCreateEnd) tell(t *Trace, c *Call) {
	if t.OnConnectionCreateEnd != nil {
		t.OnConnectionCreateEnd(c, e)
	}
}

func (e ConnectionReuse) tell(t *Trace, c *Call) {
	if t.OnConnectionReuse != nil {
		t.OnConnectionReuse(c, e)
	}
}

func (e ConnectionRelease) tell(t *Trace, c *Call) {
	if t.OnConnectionRelease != nil {
		t.OnConnectionRelease(c, e)
	}
}

func (e DNSCacheHit) tell(t *Trace, c *Call) {
	if t.OnDNSCacheHit != nil {
		t.OnDNSCacheHit(c, e)
	}
}

func (e DNSCacheMiss) tell(t *Trace, c *Call) {
	if t.OnDNSCacheMiss != nil {
		t.OnDNSCacheMiss(c, e)
	}
}

func (e DNSResolveStart) tell(t *Trace, c *Call) {
	if t.OnDNSResolveStart != nil {
		t.OnDNSResolveStart(c, e)
	}
}

func (e DNSResolveEnd) tell(t *Trace, c *Call) {
	if t.OnDNSResolveEnd != nil {
		t.OnDNSResolveEnd(c, e)
	}
}

func (e ConnectStart) tell(t *Trace, c *Call) {
	if t.OnConnectStart != nil {
		t.OnConnectStart(c, e)
	}
}

func (e ConnectEnd) tell(t *Trace, c *Call) {
	if t.OnConnectEnd != nil {
		t.OnConnectEnd(c, e)
	}
}

func (e TLSStart) tell(t *Trace, c *Call) {
	if t.OnTLSStart != nil {
		t.OnTLSStart(c, e)
	}
}

func (e TLSEnd) tell(t *Trace, c *Call) {
	if t.OnTLSEnd != nil {
		t.OnTLSEnd(c, e)
	}
}
