// Package options reads the last argument of functions whose options may be left
// out.
package options

// One gives the options that a function was given, of which there is at most one:
// none are the zero value. It panics, with the function's name, if there are more.
func One[O any](function string, given []O) (o O) {
	if len(given) > 1 {
		panic(function + " takes its options at most once")
	}
	if len(given) == 1 {
		o = given[0]
	}
	return o
}
