package trust

// The texts, for tables of their own.
var (
	Clean  = clean
	Moment = moment
	Name   = name
)
