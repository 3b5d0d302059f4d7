package demosite

// The vocabulary. Nouns take a plain "s", verbs are given as "it does".
var (
	nouns = []string{
		"module", "import", "name", "scope", "frame", "buffer", "stream", "cursor",
		"codec", "string", "number", "tuple", "mapping", "iterator", "generator",
		"coroutine", "task", "lock", "queue", "signal", "timer", "socket", "handle",
		"path", "file", "package", "wheel", "listing", "release", "version", "tool",
		"reader", "writer", "parser", "token", "statement", "expression", "pattern",
		"literal", "comment", "annotation", "decorator", "descriptor", "attribute",
		"method", "type", "protocol", "hook", "warning", "exception", "traceback",
		"interpreter", "compiler", "loader", "cache", "catalog", "default",
		"argument", "result", "caller", "maintainer", "reviewer", "committee",
		"proposal", "newcomer",
	}
	adjectives = []string{
		"lazy", "eager", "nested", "private", "public", "explicit", "implicit",
		"optional", "required", "frozen", "mutable", "ordered", "sparse", "early",
		"late", "local", "global", "shared", "mandatory",
		"quiet", "strict", "lenient", "portable", "native", "partial", "complete",
		"simple", "careful", "stable", "recent", "common", "rare", "small", "large",
		"deprecated", "reversible", "predictable",
	}
	verbs = []string{
		"accepts", "admits", "binds", "closes", "collects", "combines", "compares",
		"copies", "creates", "decodes", "defers", "describes", "drops", "encodes",
		"expects", "extends", "finds", "follows", "guards", "hides", "holds",
		"imports", "inspects", "joins", "keeps", "leaves", "limits", "loads",
		"marks", "needs", "opens", "orders", "owns", "prefers", "reads", "records",
		"releases", "repeats", "replaces", "reports", "restores", "returns",
		"saves", "selects", "shares", "skips", "splits", "stores", "tests",
		"tracks", "updates", "visits", "wraps", "writes",
	}
	adverbs = []string{
		"always", "at once", "by default", "in order", "in place", "later", "no more than once",
		"on demand", "once", "only then", "silently", "still", "without a copy",
	}
	gerunds = []string{
		"Adding", "Binding", "Checking", "Closing", "Delaying", "Describing",
		"Freezing", "Importing", "Keeping", "Limiting", "Naming", "Ordering",
		"Removing", "Reporting", "Retiring", "Sharing", "Simplifying", "Splitting",
		"Storing", "Unifying",
	}
	givenNames = []string{
		"Ada", "Anouk", "Bela", "Chidi", "Dagny", "Emil", "Farah", "Goran", "Hana",
		"Ines", "Jovan", "Kaito", "Leila", "Mirek", "Nadia", "Oskar", "Priya",
		"Quentin", "Rosa", "Soren", "Tamar", "Umar", "Vera", "Wanda", "Yusuf", "Zofia",
	}
	familyNames = []string{
		"Abara", "Brandl-Quist", "Castellan", "Dorsey-Lund", "Ekdahl", "Fontaneda",
		"Grimaldo", "Hartzell", "Ibarrola", "Jankovec", "Kallistos", "Lindqvant",
		"Morrowind", "Nakatani", "Okonedo", "Pellworth", "Quarles", "Rostova",
		"Sandoval-Ito", "Tormund", "Uddenberg", "Vasarely", "Wexcombe", "Zielonka",
	}
)

// sentences are the forms of a sentence. %n is a noun, %s several, %a an
// adjective, %v a verb, %d an adverb, %p a link to another document.
var sentences = []string{
	"The %a %n %v each %n %d.",
	"If the %n %v the %n, the %a %n %v it %d.",
	"No %n %v the %n before the %n does.",
	"Today every %n %v one %n, and most %s are %a.",
	"This %v nothing that the %a %n of %p does not.",
	"In practice the %n %v %a %s, which the %n %v %d.",
	"Where two %s meet, the one with the %a %n goes first.",
	"See %p for the %n that %v the %a %n.",
	"A survey of %a %s shows that the %n rarely %v the %n.",
	"The %n and its %n are %a as long as the %n %v them.",
	"Neither the %n nor the %a %n %v %s.",
	"When the last %n is gone, the %n %v its %s %d.",
	"Such %s are %a: the %n %v them, the %n does not.",
	"Nothing here changes how the %n %v the %n.",
	"The rule is short: the %n that %v the %n also %v its %s.",
	"For %a %s the cost is one %n, for the others there is none.",
	"Both the %n of %p and the %n of this document stay %a.",
	"Until then, the %n %v whatever the %a %n leaves.",
	"What the %n %v is up to the %n; most are %a.",
	"That keeps the %n %a without another %n.",
}
