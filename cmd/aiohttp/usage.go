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
		fmt.Fprintf(&b, "\n\"%s help COMMAND\" tells more about a command or a topic.\n", cmd.CommandPath())
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
