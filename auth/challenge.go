package auth

import (
	"fmt"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/digest"
)

// Challenge is what a server asks of a client that wants access.
type Challenge struct {
	// Scheme is in lower case: "basic", "digest", "bearer".
	Scheme string
	// Token68 is what some schemes have in place of parameters.
	Token68 string
	// Params are the parameters, unquoted. Their names are in lower case.
	Params map[string]string
}

// Challenges gives those of a response, in the server's order. Malformed ones are
// left out.
func Challenges(resp *aiohttp.Response) []Challenge {
	return public(challenges(resp))
}

func challenges(resp *aiohttp.Response) []digest.Challenge {
	return digest.ParseAll(resp.Headers()["Www-Authenticate"])
}

// ParseChallenges parses the value of a WWW-Authenticate field. When it is
// malformed it gives the challenges before that, and an error.
//
// "WWW-Authenticate = #challenge
// challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]"
// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
func ParseChallenges(value string) ([]Challenge, error) {
	all, err := digest.Parse(value)
	if err != nil {
		err = fmt.Errorf("auth: %w", err)
	}
	return public(all), err
}

// public gives challenges under their public name.
func public(all []digest.Challenge) []Challenge {
	var named []Challenge
	for _, c := range all {
		named = append(named, Challenge(c))
	}
	return named
}
