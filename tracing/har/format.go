package har

// The objects of HAR 1.2, by their names in the standard. Fields that begin with
// an underscore are the browsers' or our own.

type named struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type entry struct {
	Started      string   `json:"startedDateTime"`
	Time         float64  `json:"time"`
	Request      request  `json:"request"`
	Response     response `json:"response"`
	Cache        struct{} `json:"cache"`
	Timings      timings  `json:"timings"`
	ServerIP     string   `json:"serverIPAddress,omitempty"`
	Connection   string   `json:"connection,omitempty"`
	ConnectionID string   `json:"_connectionId,omitempty"` // Chrome's
	ResourceType string   `json:"_resourceType,omitempty"` // Chrome's
	Comment      string   `json:"comment,omitempty"`
}

type request struct {
	Method      string    `json:"method"`
	URL         string    `json:"url"`
	Version     string    `json:"httpVersion"`
	Cookies     []cookie  `json:"cookies"`
	Headers     []pair    `json:"headers"`
	Query       []pair    `json:"queryString"`
	PostData    *postData `json:"postData,omitempty"`
	HeadersSize int       `json:"headersSize"`
	BodySize    int64     `json:"bodySize"`
}

type response struct {
	Status       int      `json:"status"`
	StatusText   string   `json:"statusText"`
	Version      string   `json:"httpVersion"`
	Cookies      []cookie `json:"cookies"`
	Headers      []pair   `json:"headers"`
	Content      content  `json:"content"`
	RedirectURL  string   `json:"redirectURL"`
	HeadersSize  int      `json:"headersSize"`
	BodySize     int64    `json:"bodySize"`
	TransferSize int64    `json:"_transferSize"`    // Chrome's: head and body
	Error        string   `json:"_error,omitempty"` // Chrome's
}

type pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type cookie struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Path     string `json:"path,omitempty"`
	Domain   string `json:"domain,omitempty"`
	Expires  string `json:"expires,omitempty"`
	HTTPOnly bool   `json:"httpOnly,omitempty"`
	Secure   bool   `json:"secure,omitempty"`
}

type postData struct {
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Encoding string `json:"_encoding,omitempty"` // the standard has none for requests
	Comment  string `json:"comment,omitempty"`
}

type content struct {
	Size        int64  `json:"size"`
	Compression *int64 `json:"compression,omitempty"`
	MimeType    string `json:"mimeType"`
	Text        string `json:"text,omitempty"`
	Encoding    string `json:"encoding,omitempty"`
	Comment     string `json:"comment,omitempty"`
}

// timings are in milliseconds; -1 is for what did not happen.
type timings struct {
	Blocked float64 `json:"blocked"`
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"`
	SSL     float64 `json:"ssl"`
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}
