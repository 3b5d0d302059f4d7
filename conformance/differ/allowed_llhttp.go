package differ

// AllowedLLHTTP are the disagreements with llhttp that we keep.
var AllowedLLHTTP = []Rule{
	// Where we are the stricter.
	{
		Name: "status-below-100", Oracle: Node,
		Reason: "RFC 9110, 15: status codes begin at 100.",
		Ours:   `^refused: .*invalid status line: "HTTP/1\.[0-9] 0`, Theirs: `^delivered`,
	},
	{
		Name: "other-protocols", Oracle: Node,
		Reason: "llhttp reads the status lines of RTSP and ICE too.",
		Wire:   `(RTSP|ICE)/1\.[01] `, Ours: `^refused: .*not an HTTP/1 status line`, Theirs: `^delivered`,
	},
	{
		Name: "control-in-reason", Oracle: Node,
		Reason: "RFC 9112, 4: a reason phrase has no control octet but the tab. llhttp takes a lone CR in it for a line end.",
		Wire:   `HTTP/1\.[0-9] [0-9]{3}[^\n]*[\x00-\x08\x0b-\x1f\x7f][^\n]`, Ours: `^(refused: .*(invalid status line|lone LF)|incomplete)`, Theirs: `^delivered`,
	},
	{
		Name: "coding-in-http-1.0", Oracle: Node,
		Reason: "RFC 9112, 6.1: Transfer-Encoding in an HTTP/1.0 message is faulty framing.",
		Wire:   `HTTP/1\.0.*(?i:transfer-encoding)`, Ours: `^refused: .*Transfer-Encoding in an HTTP/1\.0 message`, Theirs: `^delivered`,
	},
	{
		Name: "coding-that-is-not-chunked", Oracle: Node,
		Reason: "RFC 9112, 6.3, item 4: a coding other than chunked reads until close. We ask for none, could not undo it, and refuse it.",
		Ours:   `^refused: .*(Transfer-Encoding other than chunked|invalid Transfer-Encoding)`, Theirs: `^delivered`,
	},

	{
		Name: "empty-lines-first", Oracle: Node,
		Reason: "RFC 9112, 2.2: only a server is asked to pass over empty lines before a message.",
		Wire:   `^[\r\n]|\n[\r\n]{2,}HTTP/`, Ours: `^refused: .*not an HTTP/1 status line`, Theirs: `^delivered`,
	},

	{
		Name: "length-above-int64", Oracle: Node,
		Reason: "RFC 9110, 8.6: a length that overflows is an error. Ours has 63 bits, llhttp's 64; it is seen where no body follows.",
		Wire:   `(?i:content-length):[^\n]*[0-9]{19}`, Ours: `^refused: .*invalid Content-Length`, Theirs: `^delivered`,
	},
	{
		Name: "malformed-chunk-extension", Oracle: Node,
		Reason: "RFC 9112, 7.1.1: an extension is a name, or a name and a value, which is a token or a quoted string. llhttp lets either be empty, and the value be a token with a string behind it.",
		Wire:   `\n[0-9a-fA-F]+(;|;[^\n]*;)(=|[^;\n]*(=[;\r]|=[^;\n]*[^=;\n]"))`, Ours: `^refused: .*invalid chunk-size line`, Theirs: `^delivered`,
	},

	// Where llhttp is the stricter.
	{
		Name: "obs-fold", Oracle: Node,
		Reason: "RFC 9112, 5.2: a user agent MUST replace each obs-fold with SP.",
		Wire:   `\r\n[ \t]`, Ours: `^delivered`, Theirs: `^refused: HPE_INVALID_HEADER_TOKEN (Unexpected whitespace after header value|Invalid header value char)`,
	},
	{
		Name: "minor-version-above-1", Oracle: Node,
		Reason: "RFC 9110, 6.2: a higher minor version SHOULD be processed as the highest known.",
		Wire:   `HTTP/1\.[2-9] `, Ours: `^delivered`, Theirs: `^refused: HPE_INVALID_VERSION`,
	},
	{
		Name: "length-as-list", Oracle: Node,
		Reason: "RFC 9112, 6.3, item 5: a list of equal lengths is processed with that length.",
		Wire:   `(?i:content-length):[^\n]*,|(?i:content-length):.*\n(?i:content-length):`, Ours: `^delivered`, Theirs: `^refused: HPE_(UNEXPECTED|INVALID)_CONTENT_LENGTH`,
	},
	{
		Name: "tab-behind-length", Oracle: Node,
		Reason: "RFC 9110, 5.5: white space around a value, a tab too, is not part of it.",
		Wire:   `(?i:content-length):[^\n]*[0-9] *\t`, Ours: `^delivered`, Theirs: `^refused: HPE_INVALID_CONTENT_LENGTH`,
	},
	{
		Name: "fault-where-no-body-can-be", Oracle: Node,
		Reason: "RFC 9112, 6.3, item 1: a 1xx, 204 or 304 ends with its head, whatever its fields say. Faults in them cost the connection.",
		Wire:   `HTTP/1\.[0-9] (1..|204|304)`, Ours: `^delivered`, Theirs: `^refused: HPE_INVALID_(CONTENT_LENGTH|TRANSFER_ENCODING)`,
	},
	{
		Name: "fault-behind-connect", Oracle: Node, Method: "CONNECT",
		Reason: "RFC 9112, 6.3, item 2: a client MUST ignore the framing fields of a 2xx to CONNECT.",
		Wire:   `HTTP/1\.[0-9] 2`, Ours: `^delivered`, Theirs: `^refused: HPE_(INVALID|UNEXPECTED)_(CONTENT_LENGTH|TRANSFER_ENCODING)`,
	},
	{
		Name: "white-space-in-chunk-extension", Oracle: Node,
		Reason: "RFC 9112, 7.1.1: white space around semicolon and equals sign is bad, but a recipient parses it.",
		Wire:   `\n[0-9a-fA-F]+[^\n]*[ \t]`, Ours: `^delivered`, Theirs: `^refused: HPE_STRICT Invalid character in chunk extensions`,
	},
	{
		Name: "framing-field-in-trailer", Oracle: Node,
		Reason: "RFC 9110, 6.5.1: a trailer field that frames has no effect, since it is kept apart.",
		Ours:   `^delivered`, Theirs: `^refused: HPE_INVALID_CONTENT_LENGTH Content-Length can't be present with Transfer-Encoding`,
	},
	{
		Name: "close-in-interim", Oracle: Node,
		Reason: "RFC 9110, 15.2: an interim response comes before the final one, and it is after that one that a connection is closed, by a field or by its version.",
		Wire:   `HTTP/1\.0 1|HTTP/1\.1 1.*(?i:connection):`, Ours: `^delivered`, Theirs: `^refused: HPE_CLOSED_CONNECTION`,
	},

	// Where both deliver.
	{
		Name: "tab-behind-coding", Oracle: Node, Aspects: []Aspect{Delivery, Body, End, Trailer, Persistence},
		Reason: "RFC 9110, 5.5: white space around a value, a tab too, is not part of it. llhttp does not know \"chunked\" with a tab behind it, and reads until close.",
		Wire:   `(?i:transfer-encoding):[^\n]*(?i:chunked) *\t`,
	},
	{
		Name: "tab-behind-connection-option", Oracle: Node, Aspects: []Aspect{Persistence},
		Reason: "RFC 9110, 5.5: as above. llhttp does not know \"close\" with a tab behind it.",
		Wire:   `(?i:connection):[^\n]*\t`,
	},
	{
		Name: "close-and-keep-alive", Oracle: Node, Aspects: []Aspect{Persistence},
		Reason: "RFC 9112, 9.3: close comes before all else. llhttp looks in HTTP/1.0 for keep-alive alone.",
		Wire:   `HTTP/1\.0.*(?i:connection):`, Ours: `false`, Theirs: `true`,
	},
	{
		Name: "proxy-connection", Oracle: Node, Aspects: []Aspect{Persistence},
		Reason: "RFC 9112, C.2.2: Proxy-Connection was a mistake, and says nothing.",
		Wire:   `\n(?i:proxy-connection):`,
	},
	{
		Name: "fault-where-no-body-can-be", Oracle: Node, Aspects: []Aspect{Persistence},
		Reason: "A 1xx, 204 or 304 whose framing fields are faulty comes from a peer that may send a body behind it: we do not use its connection again.",
		Wire:   `HTTP/1\.[0-9] (204|304).*(?i:transfer-encoding|content-length)`, Ours: `false`, Theirs: `true`,
	},
	{
		Name: "answer-to-head-without-length", Oracle: Node, Aspects: []Aspect{Persistence}, Method: "HEAD",
		Reason: "RFC 9112, 6.3, item 1: an answer to HEAD ends with its head. llhttp wants a length to keep the connection.",
		Ours:   `true`, Theirs: `false`,
	},
}
