package demosite_test

import (
	"fmt"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/demosite"
)

func ExampleSite_Latency() {
	site := demosite.New(demosite.Options{Latency: 1})
	var total time.Duration
	for _, path := range site.Pages() {
		total += site.Latency(path)
	}
	fmt.Println("one after the other:", total.Round(time.Second))
	// Output: one after the other: 38s
}
