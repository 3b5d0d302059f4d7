package recording

var (
	Parse  = parse
	Format = format
)
