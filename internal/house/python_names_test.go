package house_test

import (
	"regexp"
	"strings"
	"testing"
)

// pythonNames are aiohttp.__all__ of 4.0.0a2.dev0, commit 495e7783.
const pythonNames = `
	hdrs AddrInfoType BaseConnector ClientConnectionError ClientConnectionResetError
	ClientConnectorCertificateError ClientConnectorDNSError ClientConnectorError ClientConnectorSSLError
	ClientError ClientHttpProxyError ClientOSError ClientPayloadError ClientProxyConnectionError
	ClientResponse ClientRequest ClientResponseError ClientSSLError ClientSession ClientTimeout
	ClientWebSocketResponse ClientWSTimeout ConnectionTimeoutError ContentTypeError Fingerprint InvalidURL
	InvalidUrlClientError InvalidUrlRedirectClientError NonHttpUrlClientError NonHttpUrlRedirectClientError
	RedirectClientError RequestInfo ServerConnectionError ServerDisconnectedError ServerFingerprintMismatch
	ServerTimeoutError SocketFactoryType SocketTimeoutError TCPConnector TooManyRedirects UnixConnector
	NamedPipeConnector WSServerHandshakeError request ClientMiddlewareType ClientHandlerType CookieJar
	DummyCookieJar FormData ChainMapProxy DigestAuthMiddleware ETag encode_basic_auth set_zlib_backend
	HttpVersion HttpVersion10 HttpVersion11 WSMsgType WSCloseCode WSMessage WebSocketError
	BadContentDispositionHeader BadContentDispositionParam BodyPartReader MultipartReader MultipartWriter
	content_disposition_filename parse_content_disposition AsyncIterablePayload BufferedReaderPayload
	BytesIOPayload BytesPayload IOBasePayload JsonPayload PAYLOAD_REGISTRY Payload StringIOPayload
	StringPayload TextIOPayload get_payload payload_type AsyncResolver DefaultResolver ThreadedResolver
	DataQueue EMPTY_PAYLOAD EofStream StreamReader TraceConfig TraceConnectionCreateEndParams
	TraceConnectionCreateStartParams TraceConnectionQueuedEndParams TraceConnectionQueuedStartParams
	TraceConnectionReuseconnParams TraceDnsCacheHitParams TraceDnsCacheMissParams
	TraceDnsResolveHostEndParams TraceDnsResolveHostStartParams TraceRequestChunkSentParams
	TraceRequestEndParams TraceRequestExceptionParams TraceRequestHeadersSentParams
	TraceRequestRedirectParams TraceRequestStartParams TraceResponseChunkReceivedParams
	GunicornUVLoopWebWorker GunicornWebWorker WSMessageTypeError`

// pythonMembers are what else aiohttp's client has, by the sections of
// docs/from-python.md: arguments, members, signals, errors, and, in the words of the
// document, what it does by itself.
var pythonMembers = map[string][]string{
	"## ClientSession": names(`base_url connector cookies headers proxy ssl skip_auto_headers json_serialize
		json_serialize_bytes request_class response_class ws_response_class version cookie_jar connector_owner
		raise_for_status timeout auto_decompress trust_env requote_redirect_url trace_configs read_bufsize
		max_line_size max_field_size max_headers fallback_charset_resolver middlewares ssl_shutdown_timeout
		session.request get options head post put patch delete ws_connect close detach closed session.connector
		session.cookie_jar session.timeout session.headers session.version`, "the warning of an unclosed session"),
	"## request": names(`method url params data json cookies headers skip_auto_headers allow_redirects max_redirects
		compress chunked expect100 raise_for_status read_until_eof proxy timeout ssl server_hostname proxy_headers
		trace_request_ctx read_bufsize auto_decompress max_line_size max_field_size max_headers middlewares`),
	"## WebSocket": names(`method protocols timeout receive_timeout autoclose autoping heartbeat origin params headers
		proxy proxy_headers ssl server_hostname compress max_msg_size decode_text send_str send_bytes send_json
		send_json_bytes send_frame ping pong close receive receive_str receive_bytes receive_json closed close_code
		protocol client_notakeover get_extra_info exception`, "async for", "the check of the handshake"),
	"## ClientResponse": names(`version status reason method ok url real_url host connection content cookies headers
		raw_headers links content_type charset content_length content_disposition history request_info closed
		output_size upload_complete read() json(…) get_encoding() raise_for_status() release() close()
		wait_for_close() start(connection) 1xx`, "text(encoding, errors)", "async with"),
	"## Time-outs": names(`total connect sock_connect sock_read ceil_threshold timeout_ceil_threshold total=0`,
		"total is raised to the largest of the others", "the errors"),
	"## Connectors": names(`keepalive_timeout force_close limit limit_per_host enable_cleanup_closed
		timeout_ceil_threshold use_dns_cache ttl_dns_cache dns_cache_max_size family ssl local_addr resolver
		happy_eyeballs_delay interleave socket_factory ssl_shutdown_timeout clear_dns_cache close(abort_ssl)
		UnixConnector(path) NamedPipeConnector(path) ThreadedResolver AsyncResolver Fingerprint(digest) ALPN`,
		"connect(req, …)", "connection key", "pool order", "waiter order", "DNS single-flight", "DNS rotation",
		"numeric host", "trailing dots", "custom schemes"),
	"## What a request does by itself": {"Host", "Accept", "Accept-Encoding", "User-Agent", "Content-Type",
		"Content-Length: 0", "URL credentials", "netrc", "301, 302", "303", "307, 308", "dropped headers", "Location",
		"redirect scheme", "cross-origin", "automatic retry", "retry body", "http proxy", "CONNECT proxy", "TLS in TLS",
		"proxy credentials", "env proxies", "https-scheme env proxy", "outbound validation", "chunked choice",
		"write coalescing", "drain threshold", "decompression step", "member limit", "early response"},
	"## Cookies": names(`unsafe quote_cookie treat_as_secure_origin update_cookies update_cookies_from_headers
		filter_cookies clear clear_domain save load jar.cookies host_only_cookies DummyCookieJar`,
		"Max-Age / Expires", "domain rules", "Set-Cookie parser"),
	"## Forms and multipart": names(`FormData(fields) quote_fields charset boundary default_to_multipart add_field
		add_fields Payload JsonBytesPayload`),
	"## Tracing": names(`TraceConfig(trace_config_ctx_factory) on_request_start on_request_headers_sent
		on_request_chunk_sent on_response_chunk_received on_request_redirect on_request_end on_request_exception
		on_connection_queued_start on_connection_queued_end on_connection_create_start on_connection_create_end
		on_connection_reuseconn on_dns_resolvehost_start on_dns_resolvehost_end on_dns_cache_hit on_dns_cache_miss`),
	"## Middleware and credentials": names(`method url headers body update_body session timeout ssl proxy
		connection_key login password preemptive`, "client middleware", "digest algorithms", "digest qop", "digest scope",
		"encode_basic_auth(login, password, encoding)"),
	"## The programs of aiohttp's examples folder": names(`curl.py client_json.py client_auth.py digest_auth_qop_auth.py
		retry_middleware.py token_refresh_middleware.py logging_middleware.py combined_middleware.py fake_server.py`),
	"## Errors": names(`ClientError ClientResponseError ContentTypeError WSServerHandshakeError ClientHttpProxyError
		TooManyRedirects ClientConnectionError ClientConnectionResetError ClientOSError ClientConnectorError
		ClientConnectorDNSError ClientProxyConnectionError UnixClientConnectorError ClientSSLError
		ClientConnectorSSLError ClientConnectorCertificateError ServerConnectionError ServerDisconnectedError
		ServerTimeoutError ConnectionTimeoutError SocketTimeoutError ServerFingerprintMismatch ClientPayloadError
		InvalidURL InvalidUrlClientError RedirectClientError NonHttpUrlClientError InvalidUrlRedirectClientError
		NonHttpUrlRedirectClientError WSMessageTypeError WebSocketError`),
}

// names splits names at blanks, and adds those that have blanks in them.
func names(text string, more ...string) []string { return append(strings.Fields(text), more...) }

// Who comes from Python finds each public name of aiohttp's, and all that its client
// does, in the section where it belongs.
func TestHousePythonNamesHaveTheirRows(t *testing.T) {
	public := strings.Fields(pythonNames)
	if len(public) != 108 {
		t.Fatalf("%d names", len(public))
	}
	have, bySection := map[string]bool{}, map[string]string{}
	for _, row := range mappings(t) {
		for _, name := range spans(row.cells[0]) {
			have[name] = true
		}
		bySection[row.section] += row.cells[0] + "\n"
	}
	for _, name := range public {
		if !have[name] {
			t.Errorf("%s has no row", name)
		}
	}
	for section, members := range pythonMembers {
		for _, name := range members {
			if !regexp.MustCompile(`(^|[^A-Za-z0-9_])` + regexp.QuoteMeta(name) + `($|[^A-Za-z0-9_])`).MatchString(bySection[section]) {
				t.Errorf("%s: %s has no row", section, name)
			}
		}
	}
}
