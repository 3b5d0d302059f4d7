// Package coding undoes HTTP content codings, as a stream and within limits, and
// applies them.
//
// It decodes gzip (also x-gzip), deflate (with and without the zlib wrapper), br,
// zstd and identity, and several of them on top of each other. Nothing is read
// before the first Read, nothing is decoded that nobody reads, and a body that
// grows out of all proportion ends in a [BombError]: memory stays bounded whatever
// the body says about itself.
//
// What went wrong can be told apart. A [BombError] is a body that must not be
// decoded, an [Error] one that cannot be, as it is damaged or cut short; any other
// error comes from the source, unchanged.
//
// Limitations:
//   - Dictionaries are not supported, neither zlib's nor zstd's (RFC 9842).
//   - compress and x-compress, the LZW coding of RFC 9110, are unknown.
package coding
