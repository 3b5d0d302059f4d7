package demosite_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// TestMain fails if a test leaves a goroutine of a server behind.
func TestMain(m *testing.M) { testnet.Main(m) }
