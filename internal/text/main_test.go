package text_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }
