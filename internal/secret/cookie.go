package secret

import "strings"

// Cookies masks the values of "a=b; c=d".
func Cookies(line string) string {
	pairs := strings.Split(line, ";")
	for i, pair := range pairs {
		pairs[i] = SetCookie(pair)
	}
	return strings.Join(pairs, ";")
}

// SetCookie masks the value of "a=b; Path=/". One that deletes a cookie has none.
func SetCookie(line string) string {
	pair, attributes, more := strings.Cut(line, ";")
	name, value, named := strings.Cut(pair, "=")
	switch {
	case named && value != "":
		pair = name + "=" + Mask
	case !named && strings.TrimSpace(name) != "":
		pair = Mask // a cookie without a name
	}
	if more {
		pair += ";" + attributes
	}
	return pair
}
