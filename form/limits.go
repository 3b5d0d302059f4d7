package form

import "math"

// The defaults of [Limits].
const (
	// What Apache's httpd allows for a line and a field (LimitRequestFieldSize),
	// and with it aiohttp for Python.
	defaultHeaderBytes = 8190
	// What aiohttp for Python allows.
	defaultHeaderFields = 128
	// As many as Django (DATA_UPLOAD_MAX_NUMBER_FIELDS) and PHP
	// (max_input_vars) allow.
	defaultParts = 1000
	// Ten times what the widespread busboy allows: names made by frameworks
	// nest, as in "order[lines][17][price]".
	defaultNameBytes = 1000
	// A form, the files of one field in it, and one level to spare.
	defaultDepth = 3
	// What aiohttp for Python takes as a request's body (client_max_size).
	defaultMemoryBytes = 1 << 20
)

// Limits bounds what is read. The zero value of each field means its default,
// a negative one no limit.
type Limits struct {
	// MaxBytes bounds the body as it is on the wire. There is no limit by
	// default: whoever gives the body knows how much it may be, and nothing
	// that counts here is held in memory.
	MaxBytes int64

	// MaxParts bounds the parts of a multipart body, those nested in others
	// included, and the fields of an URL-encoded one. The default is 1000.
	MaxParts int

	// MaxPartBytes bounds the content of each part, after its
	// Content-Transfer-Encoding was decoded. There is no limit by default;
	// [PartReader.SetLimit] sets one for a single part.
	MaxPartBytes int64

	// MaxHeaderFields bounds the header fields of each part. The default is 128.
	MaxHeaderFields int

	// MaxHeaderBytes bounds one header field of a part, its name and folded
	// lines included. The default is 8190.
	MaxHeaderBytes int

	// MaxNameBytes bounds the name of a field. The default is 1000.
	MaxNameBytes int

	// MaxDepth bounds how deep multipart bodies are nested; the outermost
	// counts as one. The default is 3.
	MaxDepth int

	// MaxMemoryBytes bounds what is held in memory: what one call of
	// [PartReader.Bytes] or Text gives, all names and values of a form, and, by
	// as much again, its small files. The default is 1 MiB.
	MaxMemoryBytes int64
}

// resolve gives the limits with nothing left to be said by zero or a negative
// number.
func (l Limits) resolve() Limits {
	return Limits{
		MaxBytes:        limit(l.MaxBytes, math.MaxInt64, math.MaxInt64),
		MaxParts:        limit(l.MaxParts, defaultParts, math.MaxInt),
		MaxPartBytes:    limit(l.MaxPartBytes, math.MaxInt64, math.MaxInt64),
		MaxHeaderFields: limit(l.MaxHeaderFields, defaultHeaderFields, math.MaxInt),
		MaxHeaderBytes:  limit(l.MaxHeaderBytes, defaultHeaderBytes, math.MaxInt),
		MaxNameBytes:    limit(l.MaxNameBytes, defaultNameBytes, math.MaxInt),
		MaxDepth:        limit(l.MaxDepth, defaultDepth, math.MaxInt),
		MaxMemoryBytes:  limit(l.MaxMemoryBytes, defaultMemoryBytes, math.MaxInt64),
	}
}

// limit gives standard for zero and unlimited for a negative number.
func limit[N int | int64](n, standard, unlimited N) N {
	switch {
	case n == 0:
		return standard
	case n < 0:
		return unlimited
	}
	return n
}
