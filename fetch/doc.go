// Package fetch downloads many URLs to disk as one job: polite, retried,
// resumable.
//
//	summary, err := fetch.Run(ctx, fetch.Options{Dir: "peps"},
//		fetch.Args("https://peps.python.org/pep-{8010..8016}/"))
//
// # Lists
//
// A list is an iterator of [Item]: [Args] expands patterns, [Lines] reads a
// file of URLs or JSON objects, [Sitemap] follows a sitemap, [Chain] joins
// them, and any function can yield its own. A list is never held in memory:
// the job reads ahead only as far as it needs to keep its requests busy.
//
// # Files
//
// [Options].Layout names the files: [Tree] by host and path, [Flat], or a
// template. The first two never give two URLs one name, on any file system,
// and give a URL the same name in every run. A file appears under its name only
// when it is whole; until then it lies in the folder ".aiohttp-part" of the
// output folder. So a job that was stopped or killed is started again by the
// same call: what is there is whole and is skipped. Downloads of 1 MiB and more
// whose server gives a strong validator go on where they stopped, by Range and
// If-Range. Nothing is written outside of the output folder.
//
// # Politeness
//
// Hosts take turns, and each has its limits: requests at a time and, if asked
// for, a second. A response with status 429 or 503 pauses its host for all
// items, for as long as Retry-After says. A host that does not answer is asked
// more and more seldom and then given up for a minute; its items fail without
// being sent. Other hosts are not held up.
//
// Failures that may pass are retried: those before a response came, bodies that
// were cut short, and the statuses 408, 429, 500, 502, 503 and 504. A request
// whose method is not idempotent is sent again only where it cannot have been
// worked on.
//
// # Limitations
//
// The limits of a host are those of the URL in the list: where a redirect leads
// is not counted. URLs that differ in the fragment or the password only are one
// file. A partial file is trusted after a crash of the process, not after a
// crash of the system: nothing is flushed to the disk file by file, as that
// costs more than the download. A list whose first 8192 items (see
// Options.LookAhead) are all of hosts that are slow waits for them. robots.txt
// is not read: the list is taken as permission.
package fetch
