// Package form writes and reads HTML forms, URL-encoded and multipart, as
// streams.
//
// # Writing
//
// A [Form] is a list of parts. It is sent URL-encoded when all of them are plain
// values, else as multipart/form-data:
//
//	f := form.New().
//		Add("title", "A cat").
//		AddFile("picture", "cat.png")
//	body, err := f.Encode()
//
// Files are opened when their turn comes, one at a time, and never held in
// memory. The [Body] knows its length whenever the sizes of all parts are known,
// and it can be opened again for a redirect or a retry.
//
// # Reading
//
// [NewReader] gives the parts of any multipart body one after the other, each a
// reader of its decoded content. [ReadForm] reads a whole form of either kind:
// values in memory, files in a temporary file or wherever the caller streams
// them to. [ParseURLEncoded] reads the URL-encoded kind alone.
//
// Everything read is bounded by [Limits], whose zero value is a safe default,
// and takes time in proportion to its length. What breaks a limit is a
// [*LimitError], what breaks the syntax is [ErrMalformed].
//
// # Names of files
//
// [PartReader.FileName] is never more than the last element of a path.
// [SafeName] makes of it a name that can be used on any file system.
//
// # Limitations
//
// Forms are written in UTF-8. Of other charsets, only ISO-8859-1 is read without
// [ReadOptions.DecodeText]. Lines of a multipart body end in CRLF; LF alone does
// not delimit parts. The Content-Encoding of a part is not decoded. A part's
// own Content-Length has no meaning and is not looked at. Line ends in values
// are sent as they are, where a browser would make each of them CRLF.
package form
