package tty

// Style is how a piece of text looks: the parameters of one SGR sequence
// (ECMA-48, 8.3.117).
type Style string

// The styles of the command. They are taken from the eight colours that every
// theme defines, so that they can be read on dark and on light ground.
const (
	Bold   Style = "1"
	Dim    Style = "2"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
	Blue   Style = "34"
	Violet Style = "35"
	Cyan   Style = "36"
)

// Paint gives text in style, or text as it is on a screen without colours.
func (s *Screen) Paint(style Style, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + string(style) + "m" + text + "\x1b[0m"
}

// Or gives unicode on a screen that can show it, else ascii.
func (s *Screen) Or(unicode, ascii string) string {
	if s.Unicode {
		return unicode
	}
	return ascii
}
