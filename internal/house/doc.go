// Package house holds no code: its tests keep the order of the house, which
// package may import which, and that each says in one sentence what it is.
package house
