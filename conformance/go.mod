module github.com/aiohttp-go/aiohttp/conformance

go 1.26.0

require github.com/aiohttp-go/aiohttp v0.0.0-00010101000000-000000000000

replace github.com/aiohttp-go/aiohttp => ../
