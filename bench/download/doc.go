// Package download measures downloaders of many files side by side: "aiohttp
// fetch", curl, wget2, aria2c, and the two ways of bench/getter.
//
// nginx serves files of random content. Within a round each downloader gets all
// of them once, into a folder that is new, and every file is then held against
// its SHA-256, outside of the time.
//
// Folders with many files are not deleted before the end: on ext4, creating files
// costs up to eight times as much in the minutes after as many were deleted,
// since the allocator skips inodes that were freed lately. Each measurement
// begins after a sync, so that none pays for the writing of another.
//
// Limitations: nginx and the downloader share the cores.
package download
