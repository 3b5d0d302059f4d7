package download

// Internals, for tests.
var (
	Verify    = verify
	VersionIn = versionIn
	Watch     = watch
)

// Write is Load.write.
func (l Load) Write(folder string) (map[string]sum, error) { return l.write(folder) }

// Figures gives what was measured.
func (s sample) Figures() (wall, cpu float64, peak int64) {
	return s.wall.Seconds(), s.cpu.Seconds(), s.peak
}
