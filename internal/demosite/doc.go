// Package demosite is a web site of some four hundred documents, made up on the
// spot: what "aiohttp fetch --demo" downloads without an internet.
//
// It is laid out as peps.python.org is: "/pep-0008/", "/pep-8010/" and so on,
// an index, a sitemap, robots.txt and "/api/peps.json". Each document is
// generated from its number and is the same in every process; its words are
// invented and say nothing of the real document of that number. Sizes and
// waiting times are spread as they are on a real site, most small and a few
// large, and are fixed by the path as well, so that two runs can be compared.
//
// For a demonstration of what goes wrong in practice, the document of number
// 503 answers its first request with that status, addresses of an older site
// redirect, and there is no document 404.
//
// # Limitations
//
//   - The waiting time comes before the response; bodies are sent at full speed.
//   - Pages are kept once made, about 10 MiB if all are asked for.
package demosite
