package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exampleBodies gives the text of each Example function of the module, its lines
// without their margin.
func exampleBodies(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), "example") || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, path, text, 0)
		if err != nil {
			return err
		}
		for _, decl := range parsed.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Example") {
				body := text[files.Position(f.Body.Pos()).Offset:files.Position(f.Body.End()).Offset]
				found[f.Name.Name] += withoutMargin(string(body))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// withoutMargin takes the white space from both ends of each line, and blank lines
// out.
func withoutMargin(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// guide reads a document for those who come from elsewhere.
func guide(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Each piece of Go that a guide shows is a part of an Example, so that it compiles
// and was run.
func TestHouseGuidesShowExamples(t *testing.T) {
	bodies := exampleBodies(t)
	for _, name := range []string{"from-python.md", "from-net-http.md"} {
		blocks := regexp.MustCompile("(?s)\n```go\n(.*?)\n```\n").FindAllStringSubmatch(guide(t, name), -1)
		if len(blocks) == 0 {
			t.Errorf("%s shows no Go", name)
		}
		for _, block := range blocks {
			want, shown := withoutMargin(block[1]), false
			for _, body := range bodies {
				shown = shown || strings.Contains(body, want)
			}
			if !shown {
				t.Errorf("%s: no Example has this in it:\n%s", name, block[1])
			}
		}
	}
}

// What a guide names as an example is there: an Example function, or a program.
func TestHouseGuidesNameExamples(t *testing.T) {
	bodies := exampleBodies(t)
	named := 0
	for _, name := range []string{"from-python.md", "from-net-http.md"} {
		text := guide(t, name)
		for _, ref := range regexp.MustCompile("`(Example[A-Za-z_]*)`").FindAllStringSubmatch(text, -1) {
			if named++; bodies[ref[1]] == "" {
				t.Errorf("%s: there is no %s", name, ref[1])
			}
		}
		for _, ref := range regexp.MustCompile("`(examples/[a-z0-9_]+)`").FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(ref[1]), "main.go")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			named++
		}
	}
	if named < 40 {
		t.Errorf("%d examples are named", named)
	}
}

// pythonNames are aiohttp.__all__ of 4.0.0a2.dev0, commit 495e7783.
const pythonNames = `
	hdrs AddrInfoType BaseConnector ClientConnectionError ClientConnectionResetError
	ClientConnectorCertificateError ClientConnectorDNSError ClientConnectorError ClientConnectorSSLError
	ClientError ClientHttpProxyError ClientOSError ClientPayloadError ClientProxyConnectionError
	ClientResponse ClientRequest ClientResponseError ClientSSLError ClientSession ClientTimeout
	ClientWebSocketResponse ClientWSTimeout ConnectionTimeoutError ContentTypeError Fingerprint InvalidURL
	InvalidUrlClientError InvalidUrlRedirectClientError NonHttpUrlClientError NonHttpUrlRedirectClientError
	RedirectClientError RequestInfo ServerConnectionError ServerDisconnectedError ServerFingerprintMismatch
	ServerTimeoutError SocketFactoryType SocketTimeoutError TCPConnector TooManyRedirects UnixConnector
	NamedPipeConnector WSServerHandshakeError request ClientMiddlewareType ClientHandlerType CookieJar
	DummyCookieJar FormData ChainMapProxy DigestAuthMiddleware ETag encode_basic_auth set_zlib_backend
	HttpVersion HttpVersion10 HttpVersion11 WSMsgType WSCloseCode WSMessage WebSocketError
	BadContentDispositionHeader BadContentDispositionParam BodyPartReader MultipartReader MultipartWriter
	content_disposition_filename parse_content_disposition AsyncIterablePayload BufferedReaderPayload
	BytesIOPayload BytesPayload IOBasePayload JsonPayload PAYLOAD_REGISTRY Payload StringIOPayload
	StringPayload TextIOPayload get_payload payload_type AsyncResolver DefaultResolver ThreadedResolver
	DataQueue EMPTY_PAYLOAD EofStream StreamReader TraceConfig TraceConnectionCreateEndParams
	TraceConnectionCreateStartParams TraceConnectionQueuedEndParams TraceConnectionQueuedStartParams
	TraceConnectionReuseconnParams TraceDnsCacheHitParams TraceDnsCacheMissParams
	TraceDnsResolveHostEndParams TraceDnsResolveHostStartParams TraceRequestChunkSentParams
	TraceRequestEndParams TraceRequestExceptionParams TraceRequestHeadersSentParams
	TraceRequestRedirectParams TraceRequestStartParams TraceResponseChunkReceivedParams
	GunicornUVLoopWebWorker GunicornWebWorker WSMessageTypeError`

// pythonArguments are the arguments of aiohttp's ClientSession and request.
var pythonArguments = map[string]string{
	"## ClientSession": `base_url connector cookies headers proxy ssl skip_auto_headers json_serialize
		json_serialize_bytes request_class response_class ws_response_class version cookie_jar connector_owner
		raise_for_status timeout auto_decompress trust_env requote_redirect_url trace_configs read_bufsize
		max_line_size max_field_size max_headers fallback_charset_resolver middlewares ssl_shutdown_timeout`,
	"## request": `method url params data json cookies headers skip_auto_headers allow_redirects max_redirects
		compress chunked expect100 raise_for_status read_until_eof proxy timeout ssl server_hostname proxy_headers
		trace_request_ctx read_bufsize auto_decompress max_line_size max_field_size max_headers middlewares`,
}

// rows gives the names in the first cells of a text's tables.
func rows(text string) map[string]bool {
	named := map[string]bool{}
	for line := range strings.Lines(text) {
		inner, ok := strings.CutPrefix(line, "| ")
		if !ok {
			continue
		}
		cell, _, _ := strings.Cut(inner, " | ")
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
			named[name[1]] = true
		}
	}
	return named
}

// Who comes from Python finds each public name of aiohttp's.
func TestHousePythonNamesHaveTheirRows(t *testing.T) {
	text := guide(t, "from-python.md")
	names := strings.Fields(pythonNames)
	if len(names) != 108 {
		t.Fatalf("%d names", len(names))
	}
	have := rows(text)
	for _, name := range names {
		if !have[name] {
			t.Errorf("%s has no row", name)
		}
	}
	for heading, arguments := range pythonArguments {
		_, section, _ := strings.Cut(text, "\n"+heading+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		have := rows(section)
		for _, name := range strings.Fields(arguments) {
			if !have[name] {
				t.Errorf("%s: %s has no row", heading, name)
			}
		}
	}
}
