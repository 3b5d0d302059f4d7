// Package fetch x
package fetch
