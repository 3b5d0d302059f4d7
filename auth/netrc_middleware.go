package auth

import (
	"context"
	"net/url"
	"sync"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// NetrcOptions configure [Netrc].
type NetrcOptions struct {
	// File is the path of the file. Empty means $NETRC, else .netrc in the home
	// folder, or on Windows _netrc or .netrc there; where that is not, there are
	// no credentials.
	File string

	// Origins are those that credentials are sent to, as in [Options].
	Origins []string
}

// Netrc sends, as Basic does, the logins that a netrc file has for the hosts that
// requests go to, and to hosts that it does not name those of its "default". The
// port does not matter. The file is read with the first request, once; when that
// fails, every request does. See [ParseNetrc] for its format and [LoadNetrc] for
// who may be able to read it, and use [NetrcFile.Find] for a login of another
// kind.
func Netrc(opts ...NetrcOptions) aiohttp.Middleware {
	o := options.One("auth: Netrc", opts)
	s := newScope(o.Origins)
	load := sync.OnceValues(func() (*NetrcFile, error) {
		name := o.File
		if name == "" {
			name = findNetrc()
		}
		if name == "" {
			return &NetrcFile{}, nil
		}
		return LoadNetrc(name)
	})
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			if s.err != nil {
				return nil, s.err
			}
			u, _, ok := s.wants(req)
			if !ok {
				return next(ctx, req)
			}
			file, err := load()
			if err != nil {
				return nil, err
			}
			if user, password, ok := file.Find(u.Hostname()); ok {
				if err := checkUser(user, password); err != nil {
					return nil, err
				}
				authorize(req, connector.BasicAuth(url.UserPassword(user, password)))
			}
			return next(ctx, req)
		}
	}
}
