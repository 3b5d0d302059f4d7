package connector

import "github.com/aiohttp-go/aiohttp/tracing"

// Timings tell where the time of one exchange went: see [tracing.Timings].
type Timings = tracing.Timings
