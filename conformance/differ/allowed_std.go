package differ

// AllowedStd are the disagreements with net/http that we keep.
var AllowedStd = []Rule{
	// Where we are the stricter.
	{
		Name: "lone-lf", Oracle: NetHTTP,
		Reason: "RFC 9112, 2.2: a recipient MAY take a single LF for a line end. We do not: two readers that disagree about where a line ends disagree about where a message ends.",
		Wire:   `(^|[^\r])\n`, Ours: `^refused: .*(line ended by a lone LF|not an HTTP/1 status line)`, Theirs: `^delivered`,
	},
	{
		Name: "other-major-version", Oracle: NetHTTP,
		Reason: "RFC 9110, 2.5: the major version tells the syntax. What is not HTTP/1 in its first octets is refused at once.",
		Wire:   `HTTP/[02-9]\.[0-9] `, Ours: `^refused: .*not an HTTP/1 status line`, Theirs: `^delivered`,
	},
	{
		Name: "status-below-100", Oracle: NetHTTP,
		Reason: "RFC 9110, 15: status codes begin at 100. net/http takes +20 and -00 for numbers, too.",
		Ours:   `^refused: .*invalid status line: "HTTP/1\.[0-9] [-+0]`, Theirs: `^delivered`,
	},
	{
		Name: "control-in-reason", Oracle: NetHTTP,
		Reason: "RFC 9112, 4: a reason phrase has no control octet but the tab. A lone CR in it is a line end to some.",
		Wire:   `HTTP/1\.[0-9] [0-9]{3}[^\n]*[\x00-\x08\x0b-\x1f\x7f][^\n]`, Ours: `^refused: .*invalid status line`, Theirs: `^delivered`,
	},
	{
		Name: "space-in-field-name", Oracle: NetHTTP,
		Reason: "RFC 9110, 5.1: a field name is a token. net/http keeps one with a space in it, under a key that nobody asks for.",
		Wire:   `\n[^:\r\n]*[^: \t\r\n] +[^:\r\n]*:`, Ours: `^refused: .*without a valid name and colon`, Theirs: `^delivered`,
	},
	{
		Name: "coding-in-http-1.0", Oracle: NetHTTP,
		Reason: "RFC 9112, 6.1: Transfer-Encoding in an HTTP/1.0 message is faulty framing. net/http ignores the field and reads until close.",
		Wire:   `HTTP/1\.0.*(?i:transfer-encoding)`, Ours: `^refused: .*(Transfer-Encoding in an HTTP/1\.0 message|invalid Transfer-Encoding)`, Theirs: `^delivered`,
	},
	{
		Name: "both-coding-and-length", Oracle: NetHTTP,
		Reason: "RFC 9112, 6.3: both fields might indicate smuggling or splitting, and ought to be handled as an error.",
		Ours:   `^refused: .*both Transfer-Encoding and Content-Length`, Theirs: `^delivered`,
	},
	{
		Name: "chunk-size-line", Oracle: NetHTTP,
		Reason: "RFC 9112, 7.1.1: a chunk-size line has a size and well-formed extensions. net/http drops white space behind the size, and does not look at what follows a semicolon.",
		Wire:   `\n[0-9a-fA-F]+([ \t]|;)`, Ours: `^refused: .*invalid chunk-size line`, Theirs: `^delivered`,
	},

	{
		Name: "spaces-before-status", Oracle: NetHTTP,
		Reason: "RFC 9112, 4: one space stands before the status code. That a recipient MAY take any white space for one is made for people who type.",
		Wire:   `HTTP/1\.[0-9]  +[-+0-9]`, Ours: `^refused: .*invalid status line`, Theirs: `^delivered`,
	},

	// Where net/http is the stricter.
	{
		Name: "fold-at-the-end-of-value", Oracle: NetHTTP,
		Reason: "RFC 9112, 5.2 and 5.1: a fold is white space, and white space at the end is not part of the value. net/http leaves it there.",
		Wire:   `(?i:transfer-encoding|content-length):[^\n]*\r?\n[ \t]`, Ours: `^delivered`, Theirs: `^refused: (unsupported transfer encoding|bad Content-Length)`,
	},
	{
		Name: "length-as-list", Oracle: NetHTTP,
		Reason: "RFC 9112, 6.3, item 5: a list of equal lengths is processed with that length.",
		Wire:   `(?i:content-length):[^\n]*,|(?i:content-length):.*\n(?i:content-length):`, Ours: `^delivered`, Theirs: `^refused: (bad Content-Length|http: message cannot contain multiple Content-Length headers)`,
	},
	{
		Name: "fault-where-no-body-can-be", Oracle: NetHTTP,
		Reason: "RFC 9112, 6.3, item 1: a 1xx, 204 or 304 ends with its head, whatever its fields say. Faults in them cost the connection.",
		Wire:   `HTTP/1\.[0-9] (1..|204|304)`, Ours: `^delivered`, Theirs: `^refused: (bad Content-Length|invalid empty Content-Length|http: message cannot contain multiple Content-Length|too many transfer encodings|unsupported transfer encoding)`,
	},
	{
		Name: "fault-behind-connect", Oracle: NetHTTP, Method: "CONNECT",
		Reason: "RFC 9112, 6.3, item 2: a client MUST ignore the framing fields of a 2xx to CONNECT.",
		Wire:   `HTTP/1\.[0-9] 2`, Ours: `^delivered`, Theirs: `^refused: (bad Content-Length|invalid empty Content-Length|http: message cannot contain multiple Content-Length|too many transfer encodings|unsupported transfer encoding)`,
	},
	{
		Name: "forbidden-name-in-trailer-field", Oracle: NetHTTP,
		Reason: "RFC 9110, 6.6.2: Trailer is a hint. A name in it that cannot stand in a trailer is passed over, as is such a field in the trailer section.",
		Wire:   `(?i:trailer):`, Ours: `^delivered`, Theirs: `^refused: bad trailer key`,
	},
	{
		Name: "many-digits-in-chunk-size", Oracle: NetHTTP,
		Reason: "RFC 9112, 7.1: 1*HEXDIG, so leading zeros do no harm; overflow is found by the value, not by the count of digits.",
		Wire:   `\n0{2,}[0-9a-fA-F]{14,}`, Ours: `^delivered`, Theirs: `^refused: http chunk length too large`,
	},

	// Where both deliver.
	{
		Name: "fault-where-no-body-can-be", Oracle: NetHTTP, Aspects: []Aspect{Persistence},
		Reason: "A 1xx, 204 or 304 whose framing fields are faulty comes from a peer that may send a body behind it: we do not use its connection again.",
		Wire:   `HTTP/1\.[0-9] (204|304)`, Ours: `false`, Theirs: `true`,
	},
}
