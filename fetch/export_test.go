package fetch

import "os"

// OnCreate replaces how a job opens its partial files.
func (j *Job) OnCreate(f func(name string, flag int) (*os.File, error)) {
	j.onStore = func(s *store) { s.create = f }
}

// PartFolder is the name of the folder of partial files.
const PartFolder = partFolder
