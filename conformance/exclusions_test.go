package conformance_test

// exclusions are the vectors that do not pass, by ID, with the reason.
type exclusions map[string]string

var excludedConnector = exclusions{}

var excludedSession = exclusions{
	"gz-own-accept-encoding": "a habit of net/http: a session decodes whatever the request asked for, unless Request.DisableDecompression is set",
}

var excludedCookiesRaw = exclusions{}

// excludedCookiesStd cannot pass through net/http's parser and writer of
// cookies, whatever the jar between them does.
var excludedCookiesStd = byReason(map[string][]string{
	"net/http's parser drops a name that is not a token": {
		"n-char-04", "n-char-16", "n-char-17", "n-char-20", "n-char-21", "n-char-26", "n-tab", "n-utf8",
	},
	"net/http's parser drops a value with an octet that is not a cookie-octet": {
		"v-quoted-semi", "v-utf8", "v-backslash", "v-json", "v-tab-inside",
	},
	"net/http's writer adds quotes to a value with a space":      {"v-eqs", "v-space-inside"},
	"net/http's parser keeps white space in an attribute's name": {"a-04", "a-secure-http-04", "p-tabs"},
	"net/http's parser drops an attribute's value in quotes":     {"e-date-13"},
})

// byReason turns lists of IDs that share a reason into exclusions.
func byReason(lists map[string][]string) exclusions {
	all := exclusions{}
	for reason, ids := range lists {
		for _, id := range ids {
			all[id] = reason
		}
	}
	return all
}
