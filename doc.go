// Package aiohttp is an asynchronous HTTP client: a Session that sends
// requests and keeps cookies, connections and defaults.
package aiohttp
