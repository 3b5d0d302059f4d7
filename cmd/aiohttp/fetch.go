package main

import "github.com/spf13/cobra"

func (a *app) fetchCommand() *cobra.Command { return &cobra.Command{Use: "fetch"} }
