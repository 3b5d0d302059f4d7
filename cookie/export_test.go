package cookie

// ParseDate is parseDate for the tests.
var ParseDate = parseDate

// CanonicalHost is canonicalHost for the tests.
var CanonicalHost = canonicalHost
