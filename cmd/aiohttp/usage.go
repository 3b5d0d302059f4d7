package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// helpWidth is the width in columns that help is wrapped to, terminal or not, so
// that it can be quoted.
const helpWidth = 80

// printUsage is the part of the help below a command's description.
func printUsage(cmd *cobra.Command) error {
	var b strings.Builder
	b.WriteString("Usage:\n  " + useLine(cmd) + "\n")
	if cmd.HasExample() {
		b.WriteString("\nExamples:\n" + cmd.Example + "\n")
	}
	listCommands(&b, "Commands", cmd, func(c *cobra.Command) bool { return c.IsAvailableCommand() })
	listCommands(&b, "Topics", cmd, func(c *cobra.Command) bool { return c.IsAdditionalHelpTopicCommand() && !c.Hidden })
	if cmd.HasAvailableLocalFlags() {
		b.WriteString("\nFlags:\n" + cmd.LocalFlags().FlagUsagesWrapped(helpWidth))
	}
	if cmd.HasAvailableInheritedFlags() {
		b.WriteString("\nFlags of every command:\n" + cmd.InheritedFlags().FlagUsagesWrapped(helpWidth))
	}
	if cmd.HasAvailableSubCommands() {
		what := "a command"
		if !cmd.HasParent() {
			what = "a command or a topic"
		}
		path := strings.Replace(cmd.CommandPath(), cmd.Root().Name(), cmd.Root().Name()+" help", 1)
		fmt.Fprintf(&b, "\n\"%s COMMAND\" tells more about %s.\n", path, what)
	}
	_, err := fmt.Fprint(cmd.OutOrStdout(), b.String())
	return err
}

func useLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND"
	}
	return cmd.UseLine()
}

func listCommands(b *strings.Builder, title string, cmd *cobra.Command, listed func(*cobra.Command) bool) {
	header := "\n" + title + ":\n"
	for _, c := range cmd.Commands() {
		if listed(c) {
			fmt.Fprintf(b, "%s  %-12s  %s\n", header, c.Name(), c.Short)
			header = ""
		}
	}
}

// strict makes errors of what cobra's own commands answer with help and success:
// "help" for what there is not, and "completion" for another shell.
func strict(root *cobra.Command) {
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			show := c.Run
			c.Run, c.RunE = nil, func(c *cobra.Command, args []string) error {
				found, rest, err := root.Find(args)
				if err == nil && len(rest) > 0 {
					err = fmt.Errorf("unknown command %q for %q", rest[0], found.CommandPath())
				}
				if err == nil {
					show(c, args)
				}
				return err
			}
		case "completion":
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
}
