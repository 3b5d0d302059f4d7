module github.com/aiohttp-go/aiohttp/conformance/proxies

go 1.26.6

replace github.com/aiohttp-go/aiohttp => ../../

require github.com/aiohttp-go/aiohttp v0.0.0-00010101000000-000000000000

require (
	github.com/andybalholm/brotli v1.2.8 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	golang.org/x/crypto/x509roots/fallback v0.0.0-20261030153154-30a33513ff6d // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)
