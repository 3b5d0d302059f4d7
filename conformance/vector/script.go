package vector

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
)

// Op is one step of what a server does once it has a request.
type Op struct {
	// Op is one of
	//
	//	send       write Data, Repeat times
	//	sleep      wait MS milliseconds
	//	read_body  read the request's body
	//	shutwr     close the sending direction
	//	drain      read and drop what comes
	//	fin        close the sending direction, wait shortly for the client's end, close
	//	rst        reset the connection
	//	keep       read the next request
	Op     string `json:"op"`
	Data   []byte `json:"base64"`
	Zlib   []byte `json:"zlib_base64"` // Data, compressed
	Repeat int    `json:"repeat"`      // zero: once
	MS     int    `json:"ms"`
}

var knownOps = map[string]bool{
	"send": true, "sleep": true, "read_body": true, "shutwr": true, "drain": true, "fin": true, "rst": true, "keep": true,
}

// settleScript unpacks the data of a script.
func settleScript(script []Op) error {
	for i := range script {
		op := &script[i]
		if !knownOps[op.Op] {
			return fmt.Errorf("unknown op %q", op.Op)
		}
		if op.Zlib != nil {
			r, err := zlib.NewReader(bytes.NewReader(op.Zlib))
			if err != nil {
				return err
			}
			if op.Data, err = io.ReadAll(r); err != nil {
				return err
			}
			op.Zlib = nil
		}
		op.Repeat = max(op.Repeat, 1)
	}
	return nil
}
