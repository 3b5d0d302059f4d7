package versus

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/measure"
	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

// Run measures all of a plan.
func Run(ctx context.Context, p Plan) (*Result, error) {
	r := &Result{Plan: p, When: time.Now()}
	var interpreter python
	if p.Python {
		var err error
		if interpreter, err = findPython(ctx); err != nil {
			return nil, err
		}
		r.Python = interpreter.version
	}
	for _, secure := range p.TLS {
		server, err := p.Serve(ctx, "serve", "-tls="+strconv.FormatBool(secure))
		if err != nil {
			return nil, err
		}
		for _, conns := range p.Conns {
			s := setting{conns, secure}
			contestants := p.contestants(server.Addr, s)
			if p.Python {
				contestants = append(contestants, interpreter.contestant(server.Addr, s, p.Time))
			}
			rows, err := rounds.Play(ctx, &p.Conditions, server, s.String(), contestants, describe)
			if err != nil {
				server.Stop()
				return nil, err
			}
			r.tables = append(r.tables, table{s, rows})
		}
		server.Stop()
	}
	return r, nil
}

// contestants gives the peers as commands.
func (p *Plan) contestants(addr string, s setting) []rounds.Contestant {
	var all []rounds.Contestant
	for _, peer := range p.Peers {
		all = append(all, p.Child(peer.Name, peer.What, "measure", "-peer", peer.Name, "-addr", addr,
			"-conns", strconv.Itoa(s.conns), "-tls="+strconv.FormatBool(s.secure),
			"-warm", p.Time.Warm.String(), "-for", p.Time.For.String()))
	}
	return all
}

func describe(s measure.Sample) string { return fmt.Sprintf("%.0f/s, %.2f us CPU", rate(s), micros(s)) }
