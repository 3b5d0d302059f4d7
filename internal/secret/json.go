package secret

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Member reports whether a member of a JSON object is a secret. Names that are as
// often something else ("key", "token") are not.
func Member(name string) bool {
	switch strings.ToLower(name) {
	case "access_token", "accesstoken", "refresh_token", "refreshtoken", "id_token", "idtoken", "client_secret", "clientsecret",
		"client_assertion", "password", "passwd", "api_key", "apikey", "secret", "private_key", "session_token", "auth_token":
		return true
	}
	return false
}

// JSON masks the values of members that are secrets, and leaves the rest as it
// is, octet for octet. It needs no whole document, nor one only: the lines of a
// stream are masked like a body that was cut.
func JSON(text []byte, isSecret func(name string) bool) []byte {
	var out []byte
	kept := 0 // what is before is in out
	for i := 0; i < len(text); {
		if text[i] != '"' {
			i++
			continue
		}
		end := stringEnd(text, i)
		value := skipSpace(text, end)
		if value >= len(text) || text[value] != ':' || !isSecret(unquote(text[i:end])) {
			i = end
			continue
		}
		value = skipSpace(text, value+1)
		i = valueEnd(text, value)
		if i > value && !bytes.Equal(text[value:i], []byte("null")) {
			out = append(append(out, text[kept:value]...), `"`+Mask+`"`...)
			kept = i
		}
	}
	if kept == 0 {
		return text
	}
	return append(out, text[kept:]...)
}

// unquote gives what a JSON string says; nothing when it is none.
func unquote(quoted []byte) (plain string) {
	json.Unmarshal(quoted, &plain)
	return plain
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n') {
		i++
	}
	return i
}

// stringEnd gives the index behind the string that begins at i.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// valueEnd gives the index behind the value that begins at i.
func valueEnd(text []byte, i int) int {
	depth := 0
	for i < len(text) {
		switch c := text[i]; c {
		case '"':
			if i = stringEnd(text, i); depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // of what is around it
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return len(text)
}
