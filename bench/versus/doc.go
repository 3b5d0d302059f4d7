// Package versus measures the clients of package peer side by side, as package
// rounds does: how many requests a second they make over a number of connections
// that are always busy, and what a request costs.
package versus
