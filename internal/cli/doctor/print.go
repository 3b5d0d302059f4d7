package doctor

import (
	"fmt"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
	"github.com/aiohttp-go/aiohttp/internal/cli/units"
)

// gutter is the width of the column with the sections' names.
const gutter = 11

// printer writes sections: a name in the gutter, lines beside it.
type printer struct {
	*tty.Screen
	name string // of the section whose first line is still to come
}

// Print writes the report for a person.
func Print(s *tty.Screen, r *Report) {
	p := &printer{Screen: s}
	p.Printf("%s\n\n", p.Paint(tty.Bold, tty.Clean(r.URL)))
	p.dns(r.DNS)
	p.addresses(r.Addresses)
	if r.TLS != nil {
		p.tls(r.TLS)
	}
	if r.HTTP != nil {
		p.http(r.HTTP)
	}
	p.proxy(r.Proxy)
	p.verdict(r)
}

func (p *printer) section(name string) { p.name = name }

// line writes one line of the section, which is text of ours and text that has
// been cleaned.
func (p *printer) line(format string, args ...any) {
	p.Printf("%s%s\n", p.Paint(tty.Cyan, tty.Pad(p.name, gutter)), fmt.Sprintf(format, args...))
	p.name = ""
}

// fold writes text after a mark, broken between words at the screen's width.
func (p *printer) fold(mark, text string) {
	indent := strings.Repeat(" ", len([]rune(stripped(mark))))
	width := max(p.Width()-gutter-len(indent)-1, 30)
	for i, l := range wrap(tty.Clean(text), width) {
		if i == 0 {
			p.line("%s%s", mark, l)
			continue
		}
		p.line("%s%s", indent, l)
	}
}

func (p *printer) good() string { return p.Paint(tty.Green, p.Or("✓", "ok")) + " " }
func (p *printer) bad() string  { return p.Paint(tty.Red, p.Or("✗", "!!")) + " " }

func (p *printer) dns(d *DNS) {
	p.section("DNS")
	switch {
	case d.Literal:
		p.line("%s is an address; nobody had to be asked", tty.Clean(d.Host))
	case d.Error != "":
		p.fold(p.bad(), d.Error)
	default:
		p.line("%s%s has %s  %s", p.good(), tty.Clean(d.Host),
			units.Plural(int64(len(d.Answers)), "address", "addresses"), p.time(d.Millis))
	}
}

func (p *printer) addresses(all []Address) {
	p.section("addresses")
	for _, a := range all {
		if a.Error != "" {
			p.line("%s%s  %s", p.bad(), a.Addr, tty.Clean(a.Error))
			continue
		}
		p.line("%s%s  %s", p.good(), a.Addr, p.time(a.Millis))
	}
}

func (p *printer) tls(t *TLS) {
	p.section("TLS")
	mark := p.good()
	if t.Error != "" {
		mark = p.bad()
	}
	if t.Version != "" {
		p.line("%s%s, %s, %s  %s", mark, t.Version, t.Cipher, t.Group, p.time(t.Millis))
		p.line("  %s", protocol(t.ALPN))
	} else {
		p.fold(mark, t.Error)
	}
	p.fold("  trusted authorities: ", t.Roots)
	p.section("chain")
	for i := range t.Chain {
		p.certificate(i, &t.Chain[i])
	}
}

func protocol(alpn string) string {
	switch alpn {
	case "":
		return "no protocol chosen (ALPN): HTTP/1.1"
	case "h2":
		return "the server speaks HTTP/2 (ALPN h2); this version asks for HTTP/1.1"
	}
	return "protocol " + tty.Clean(alpn) + " (ALPN)"
}

func (p *printer) certificate(i int, c *Certificate) {
	mark := p.good()
	if !c.Fine {
		mark = p.bad()
	}
	p.fold(mark, fmt.Sprintf("%d %s", i+1, c.Subject))
	if len(c.Names) > 0 {
		p.fold("    for ", strings.Join(c.Names, ", "))
	}
	p.fold("    by ", c.Issuer)
	p.line("    %s to %s, %s", c.NotBefore.Format("2006-01-02"), c.NotAfter.Format("2006-01-02"), c.Key)
	for _, d := range c.Details {
		if c.Fine {
			p.fold("    ", d)
			continue
		}
		p.fold("    "+p.Paint(tty.Red, p.Or("└", "-"))+" ", d)
	}
}

func (p *printer) http(h *HTTP) {
	p.section("HTTP")
	if h.Error != "" {
		p.fold(p.bad(), h.Error)
		return
	}
	mark := p.good()
	if h.Status >= 400 {
		mark = p.bad()
	}
	p.line("%s%d %s, %s  %s", mark, h.Status, h.Reason, tty.Clean(h.Proto), p.time(h.Timings.Send+h.Timings.Wait))
	for _, field := range [][2]string{{"server", h.Server}, {"location", h.Location}, {"alt-svc", h.AltSvc}} {
		if field[1] != "" {
			p.fold("  "+field[0]+": ", field[1])
		}
	}
	if h.Skew != nil {
		p.section("clock")
		p.line("  %s", skew(*h.Skew))
	}
}

func skew(seconds float64) string {
	switch {
	case seconds > -noteSkew.Seconds() && seconds < noteSkew.Seconds():
		return "the server's and ours agree"
	case seconds > 0:
		return fmt.Sprintf("the server's is %.0f s ahead of ours", seconds)
	}
	return fmt.Sprintf("the server's is %.0f s behind ours", -seconds)
}

func (p *printer) proxy(x *Proxy) {
	p.section("proxy")
	if x.Applies != "" {
		p.fold("  ", x.Applies+" is used")
	}
	if len(x.Variables) == 0 && x.Applies == "" {
		p.line("  none set in the environment")
		return
	}
	for _, v := range x.Variables {
		p.fold("  ", v)
	}
	if x.Applies == "" {
		p.line("  none of them is for this URL")
	}
}

func (p *printer) verdict(r *Report) {
	p.Printf("\n")
	p.section("verdict")
	if len(r.Findings) == 0 {
		p.line("%snothing to complain about", p.good())
		return
	}
	for _, f := range r.Findings {
		p.fold(p.levelMark(f.Level), f.Text)
		if f.Remedy != "" {
			p.fold("  "+p.Paint(tty.Cyan, "hint:")+" ", f.Remedy)
		}
	}
}

func (p *printer) levelMark(l Level) string {
	switch l {
	case Failure:
		return p.bad()
	case Warning:
		return p.Paint(tty.Yellow, p.Or("▲", "! ")) + " "
	}
	return p.Paint(tty.Dim, p.Or("·", "- ")) + " "
}

func (p *printer) time(ms float64) string {
	return p.Paint(tty.Dim, units.Duration(duration(ms)))
}
