package machine

// The parsers, for tests.
var (
	ParseBusy    = parseBusy
	ParseProcess = parseProcess
	ParseMemory  = parseMemory
)
