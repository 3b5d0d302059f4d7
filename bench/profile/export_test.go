package profile

// The parsers, for tests.
var (
	ParseCalls = parseCalls
	Each       = each
	Names      = names
	Trimmed    = trimmed
)

// Made gives a result with two clients.
func Made() *Result {
	return &Result{
		Plan: Plan{Subjects: []Subject{{"a", "client a"}, {"b", "client b"}}},
		lists: []list{
			{Subject{"a", "client a"}, CPU, "10ms f\n"},
		},
		calls: []Calls{{"read": {1, 0}, "mmap": {0.001, 0}}, {"read": {2, 1}, "write": {1, 0}}},
	}
}

// Uncounted is Made without strace.
func Uncounted() *Result {
	r := Made()
	r.calls, r.callsErr = nil, errNoStrace
	return r
}
