// Package man writes the manual page of a command.
//
// It knows what the texts of this command are made of: paragraphs, and blocks
// indented by two blanks that are kept as they are.
package man

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Write writes the page of cmd in the man macros of roff, section 1, dated by
// the month of date.
func Write(w io.Writer, cmd *cobra.Command, date time.Time) error {
	p := &page{}
	name := Name(cmd)
	p.line(`.TH %q 1 %q aiohttp "aiohttp manual"`, strings.ToUpper(name), date.UTC().Format("January 2006"))
	p.section("NAME")
	p.text(escape(name) + ` \- ` + escape(cmd.Short))
	if cmd.Runnable() || cmd.HasAvailableSubCommands() {
		p.section("SYNOPSIS")
		verb, rest, _ := strings.Cut(useLine(cmd), " ")
		p.text(`\fB` + escape(verb) + `\fP ` + escape(rest))
	}
	p.section("DESCRIPTION")
	p.prose(cmd.Long)
	p.commands(cmd)
	p.flags("OPTIONS", cmd.LocalFlags())
	p.flags("OPTIONS OF EVERY COMMAND", cmd.InheritedFlags())
	if cmd.HasExample() {
		p.section("EXAMPLES")
		p.block(cmd.Example)
	}
	p.seeAlso(cmd)
	_, err := io.WriteString(w, p.String())
	return err
}

// Name gives the name of the page of cmd: "aiohttp-get".
func Name(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

func useLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND"
	}
	return cmd.UseLine()
}

// page is a page in the making.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *page) section(title string) { p.line(`.SH %q`, title) }

// text writes a line of text that has been escaped. A line must not begin with
// a control character.
func (p *page) text(line string) {
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	p.line("%s", line)
}

// prose writes paragraphs and blocks.
func (p *page) prose(text string) {
	for part := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		if strings.HasPrefix(part, "  ") {
			p.block(part)
			continue
		}
		p.line(".PP")
		for line := range strings.SplitSeq(part, "\n") {
			p.text(escape(line))
		}
	}
}

// block writes lines that are kept as they are.
func (p *page) block(text string) {
	p.line(".PP\n.nf")
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		p.text(escape(line))
	}
	p.line(".fi")
}

func (p *page) commands(cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	p.section("COMMANDS")
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			p.line(".TP\n\\fB%s\\fP", escape(sub.Name()))
			p.text(escape(sub.Short))
		}
	}
}

func (p *page) flags(title string, set *pflag.FlagSet) {
	if !set.HasAvailableFlags() {
		return
	}
	p.section(title)
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		head := `\fB` + escape("--"+f.Name) + `\fP`
		if f.Shorthand != "" {
			head = `\fB` + escape("-"+f.Shorthand) + `\fP, ` + head
		}
		if value != "" {
			head += ` \fI` + escape(value) + `\fP`
		}
		p.line(".TP\n%s", head)
		p.text(escape(usage))
	})
}

func (p *page) seeAlso(cmd *cobra.Command) {
	root := cmd.Root()
	var names []string
	for _, c := range append([]*cobra.Command{root}, root.Commands()...) {
		if c != cmd && !c.Hidden && c.Name() != "help" {
			names = append(names, escape(Name(c))+"(1)")
		}
	}
	p.section("SEE ALSO")
	p.text(strings.Join(names, ",\n"))
}

// escape makes text safe: a backslash begins a request, and a plain minus would
// be set as a hyphen, which cannot be copied into a shell.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
}
