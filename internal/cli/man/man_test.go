package man_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/aiohttp-go/aiohttp/internal/cli/man"
)

func TestWrite(t *testing.T) {
	root := &cobra.Command{Use: "tool", Short: "Do things"}
	sub := &cobra.Command{
		Use: "do-it THING", Short: "Do one thing",
		Long:    "do-it does it.\n.hidden at the start\n\n  C:\\block\n\nThe end.",
		Example: "  tool do-it x -n 3",
		Run:     func(*cobra.Command, []string) {},
	}
	sub.Flags().IntP("number", "n", 1, "how `often`")
	sub.Flags().Bool("secret", false, "not told")
	if err := sub.Flags().MarkHidden("secret"); err != nil {
		t.Fatal(err)
	}
	root.AddCommand(sub)
	var out strings.Builder
	if err := man.Write(&out, sub, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	want := `.TH "TOOL-DO-IT" 1 "November 2026" aiohttp "aiohttp manual"
.SH "NAME"
tool\-do\-it \- Do one thing
.SH "SYNOPSIS"
\fBtool\fP do\-it THING [flags]
.SH "DESCRIPTION"
.PP
do\-it does it.
\&.hidden at the start
.PP
.nf
  C:\eblock
.fi
.PP
The end.
.SH "OPTIONS"
.TP
\fB\-n\fP, \fB\-\-number\fP \fIoften\fP
how often
.SH "EXAMPLES"
.PP
.nf
  tool do\-it x \-n 3
.fi
.SH "SEE ALSO"
tool(1)
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}
