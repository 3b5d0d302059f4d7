package testnet

import "time"

// DefaultBufferBytes is how many bytes one direction of a conn holds, written and
// not yet read, unless [Options] say otherwise.
const DefaultBufferBytes = 64 << 10

// Options are the properties of a connection. The zero value is a fast and
// faultless one.
type Options struct {
	// BufferBytes is how many bytes each direction holds before Write blocks.
	// Zero or less means DefaultBufferBytes.
	BufferBytes int

	// Latency is the time that anything needs to travel one way: bytes, the end
	// of the stream, a reset. A dial needs one round trip, twice the latency.
	// Zero means no delay.
	Latency time.Duration

	// ToServer is what goes wrong with the bytes that the client writes.
	ToServer Fault

	// ToClient is what goes wrong with the bytes that the server writes.
	ToClient Fault
}

// Fault is what goes wrong in one direction of a connection. The zero value is
// no fault.
type Fault struct {
	// ReadBytes is the most that one Read gives, however much was written at
	// once. Zero means no limit.
	ReadBytes int

	// Kind is what happens once, with the write that reaches After bytes. The
	// first After bytes of the direction always arrive.
	Kind FaultKind

	// After is the count of bytes at which Kind happens. Zero means with the
	// first write, none of which arrives.
	After int64
}

// FaultKind is a kind of [Fault].
type FaultKind int

const (
	// None is no fault.
	None FaultKind = iota

	// Reset breaks the connection for both ends, as a middlebox that sends RST to
	// both: reads give ECONNRESET once what had arrived is read, writes at once.
	Reset

	// Close ends the connection for both ends, as if each saw the other close:
	// reads give io.EOF once what had arrived is read, writes EPIPE.
	Close

	// Stall lets nothing more through, neither bytes nor the end of the stream nor
	// a reset. The writer goes on until the buffer is full.
	Stall

	// Corrupt flips all bits of the byte that follows the first After bytes.
	Corrupt
)

func (o Options) bufferBytes() int {
	if o.BufferBytes <= 0 {
		return DefaultBufferBytes
	}
	return o.BufferBytes
}
