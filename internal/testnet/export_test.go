package testnet

var (
	RunMain = runMain
	Diff    = diff
)
