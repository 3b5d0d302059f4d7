package secret

import "strings"

// Value masks the value of a header field, named in canonical form, as far as it
// is a credential: cookies keep their names and attributes, other credentials
// their scheme. What a server asks for is no credential.
func Value(canonical, value string) string {
	switch canonical {
	case "Cookie", "Cookie2":
		return cookies(value)
	case "Set-Cookie", "Set-Cookie2":
		return setCookie(value)
	case "Authorization", "Proxy-Authorization":
		return credentials(value)
	case "Www-Authenticate", "Proxy-Authenticate":
		return value
	case "Location", "Content-Location", "Referer":
		return Text(value)
	}
	if Field(canonical) {
		return Mask
	}
	return value
}

// credentials masks all of "Bearer abc" but the scheme.
func credentials(value string) string {
	if scheme, _, ok := strings.Cut(value, " "); ok {
		return scheme + " " + Mask
	}
	return Mask
}

// cookies masks the values of "a=b; c=d".
func cookies(line string) string {
	pairs := strings.Split(line, ";")
	for i, pair := range pairs {
		pairs[i] = setCookie(pair)
	}
	return strings.Join(pairs, ";")
}

// setCookie masks the value of "a=b; Path=/". One that deletes a cookie has none.
func setCookie(line string) string {
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
