// Package sse reads event streams: the server-sent events of the HTML standard.
//
//	for event, err := range sse.Subscribe(ctx, session, "https://example.com/events") {
//		if err != nil {
//			return err
//		}
//		fmt.Println(event.Type, event.Data)
//	}
//
// [Subscribe] is a browser's EventSource as a loop: it asks again when the stream
// has ended or was cut, tells the server which event was the last, and waits as
// long in between as the server wishes. [Read] is the parser alone, over a
// response or any other reader.
//
// https://html.spec.whatwg.org/multipage/server-sent-events.html
//
// Limitations:
//   - A run of octets that are no UTF-8 becomes one U+FFFD, where the Encoding
//     standard may make several of it.
//   - A last event ID with a control character other than a tab cannot stand in
//     a header field, and is not sent.
package sse
