package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
)

// topics are the pages of "aiohttp help" that belong to no subcommand.
func topics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "What the exit codes mean", Long: exitCodes()},
		{Use: "environment", Short: "Which environment variables are heeded", Long: environment},
	}
}

func exitCodes() string {
	var b strings.Builder
	b.WriteString("Where curl has a number for the same thing, it is curl's.\n\n")
	for _, row := range exit.Table {
		fmt.Fprintf(&b, "  %3d  %s\n", row.Code, row.Meaning)
	}
	return b.String()
}

const environment = `These variables are heeded:

  NO_COLOR        when not empty, no colours (https://no-color.org)
  TERM            "dumb" means no colours
  LC_ALL, LC_CTYPE, LANG
                  a UTF-8 locale allows block characters in bars
  SSL_CERT_FILE, SSL_CERT_DIR
                  the authorities to trust instead of the system's
  TMPDIR          where fetch --demo puts its pages
  GOGC, GOMEMLIMIT
                  how hard fetch tries to stay small; it sets its own else
  SOURCE_DATE_EPOCH
                  the date of the manual pages

  HTTP_PROXY, HTTPS_PROXY, ALL_PROXY
                  the proxy for http URLs, for https URLs, and for those without
                  their own: http://user:password@host:port, or with https,
                  socks5, socks5h (which lets the proxy resolve names). Small
                  letters do too, and count more. --proxy goes before them
  NO_PROXY        what is reached directly: domains, addresses, blocks such as
                  10.0.0.0/8, "*"; separated by commas. So is this machine
  REQUEST_METHOD  when set, this is a CGI program, and HTTP_PROXY is not heeded
`
