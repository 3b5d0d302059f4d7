package coding_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/aiohttp-go/aiohttp/internal/coding"
)

func ExampleNewReader() {
	var body bytes.Buffer
	w := gzip.NewWriter(&body)
	io.WriteString(w, "hello, world")
	w.Close()

	r, err := coding.NewReader(&body, []string{"gzip"}, coding.Limits{MaxBytes: 1 << 20})
	if errors.Is(err, coding.ErrUnknown) {
		fmt.Println("not for us: take the body as it is")
		return
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	fmt.Printf("%s, %v\n", text, err)
	// Output: hello, world, <nil>
}

func ExampleBombError() {
	var body bytes.Buffer
	w := gzip.NewWriter(&body)
	io.WriteString(w, strings.Repeat("0", 10_000))
	w.Close()

	r, err := coding.NewReader(&body, []string{"gzip"}, coding.Limits{MaxBytes: 1000})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	_, err = io.ReadAll(r)
	var bomb *coding.BombError
	fmt.Println(errors.As(err, &bomb) && bomb.Limit == coding.LimitBytes)
	// Output: true
}
