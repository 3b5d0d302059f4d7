// Package report keeps RESULTS.md: a section for each kind of measurement, which
// a new run replaces and leaves the others as they are.
package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
)

// Section is one kind of measurement.
type Section struct {
	Name    string // marks the section in the file
	Title   string
	Command string // repeats it
	When    time.Time
	Note    string // stands above Text, if there is one
	Text    string // Markdown
}

// Put prints a section and, unless path is empty, puts it into the file in the
// place of the one of that name.
func Put(path string, s Section) error {
	host, err := machine.Describe()
	if err != nil {
		return err
	}
	if s.Note != "" {
		s.Text = s.Note + "\n\n" + s.Text
	}
	text := fmt.Sprintf("## %s\n\nMeasured %s on %s.\n\n%s\nTo repeat, in this folder: `go build -o /tmp/bench . && /tmp/%s`\n\nVersions: %s\n",
		s.Title, s.When.UTC().Format("2006-01-02 15:04 MST"), host, s.Text, s.Command, versions())
	fmt.Print(text)
	if path == "" {
		return nil
	}
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, []byte(Replace(string(old), s.Name, text)), 0o644)
}

const head = `# Side by side

Written by the program of this folder; see its documentation for the method. A
ratio holds for other machines better than an absolute figure does.
`

// Replace gives the file with the text of one section replaced, or put at its
// end.
func Replace(file, name, text string) string {
	begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->\n"
	if file == "" {
		file = head
	}
	section := begin + text + end
	from, to := strings.Index(file, begin), strings.Index(file, end)
	if from < 0 || to < from {
		return file + "\n" + section
	}
	return file[:from] + section + file[to+len(end):]
}

// versions lists the modules that the program was built with and that a figure
// depends on.
func versions() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	list := []string{info.GoVersion}
	for _, m := range info.Deps {
		switch m.Path {
		case "github.com/valyala/fasthttp", "resty.dev/v3", "github.com/cloudwego/hertz":
			list = append(list, m.Path+" "+m.Version)
		}
	}
	return strings.Join(list, ", ")
}
