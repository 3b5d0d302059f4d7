//go:build unix

package viewers_test

import (
	"math"
	"strings"
	"testing"
)

// request is what Chromium's panel has made of an entry.
type request struct {
	URL, Method, Protocol, Remote, Connection, Type string
	Status, Transfer, Size                          int
	Duration                                        float64 // in milliseconds
	Text                                            *string // of the response; nil for what is none
	Posted                                          string
	Form                                            []struct{ Name, Value string }
	Sent, Received                                  int // header fields
	Cookies, SetCookies                             int
	Timing                                          map[string]float64
	Cells                                           map[string]string // what stands in the row
}

// findInput gives the field behind the panel's button for importing HAR files.
const findInput = `(async () => {
	while (document.readyState !== "complete" || !document.querySelector(".main-tabbed-pane")) await new Promise(done => setTimeout(done, 50));
	const UI = await import("./ui/legacy/legacy.js"), network = await import("./panels/network/network.js");
	await UI.ViewManager.ViewManager.instance().showView("network");
	return network.NetworkPanel.NetworkPanel.instance().fileSelectorElement;
})()`

// readRequests gives what the panel shows, once all rows are there.
const readRequests = `(async () => {
	const network = await import("./panels/network/network.js"), logs = await import("./models/logs/logs.js"), common = await import("./core/common/common.js");
	const log = logs.NetworkLog.NetworkLog.instance(), view = network.NetworkPanel.NetworkPanel.instance().networkLogView;
	const cells = r => Object.fromEntries([...(view.nodeForRequest(r)?.element()?.querySelectorAll("td") ?? [])].map(
		cell => [[...cell.classList].find(name => name.endsWith("-column"))?.replace("-column", ""), cell.innerText]));
	while (!log.requests().length || log.requests().some(r => !cells(r).time)) {
		const said = common.Console.Console.instance().messages().map(m => m.text).join();
		if (said) throw new Error(said);
		await new Promise(done => setTimeout(done, 50));
	}
	return Promise.all(log.requests().map(async r => {
		const data = await r.requestContentData();
		return {
			url: r.url(), method: r.requestMethod, protocol: r.protocol, remote: r.remoteAddress(), connection: r.connectionId, type: r.resourceType().name(),
			status: r.statusCode, transfer: r.transferSize, size: r.resourceSize, duration: r.duration * 1000,
			text: data.isTextContent ? data.text : null, posted: await r.requestFormData() ?? "", form: await r.formParameters(),
			sent: r.requestHeaders().length, received: r.responseHeaders.length,
			cookies: r.includedRequestCookies().length, setCookies: r.responseCookies.length, timing: r.timing, cells: cells(r),
		};
	}));
})()`

func TestChromiumShowsTheSession(t *testing.T) {
	path, all := file(t)
	c := startChromium(t)
	c.open("devtools://devtools/bundled/devtools_app.html?panel=network")
	var input struct{ Result struct{ ObjectID string } }
	c.call("Runtime.evaluate", object{"expression": findInput, "awaitPromise": true}, &input)
	c.call("DOM.setFileInputFiles", object{"files": []string{path}, "objectId": input.Result.ObjectID}, nil)
	var got []request
	if err := c.evaluate(readRequests, &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(all) {
		t.Fatalf("%d requests are shown, want %d", len(got), len(all))
	}
	for i, r := range got {
		e, want := &all[i], &shown[i]
		faults := r.faults(e)
		if r.Cells["type"] != want.chromium {
			faults = append(faults, "type "+r.Cells["type"])
		}
		if r.Text != nil && *r.Text != want.text {
			faults = append(faults, "body "+*r.Text)
		}
		for _, fault := range faults {
			t.Errorf("%s %s: %s", want.method, want.path, fault)
		}
	}
	for _, want := range []struct {
		request int
		form    string
	}{{9, "password=xxxxx user=me"}, {11, "title=A cat photo=(binary)"}} {
		var form []string
		for _, p := range got[want.request].Form {
			form = append(form, p.Name+"="+p.Value)
		}
		if text := strings.Join(form, " "); text != want.form {
			t.Errorf("a form is %q, want %q", text, want.form)
		}
	}
	var shot struct{ Data []byte }
	c.call("Page.captureScreenshot", object{}, &shot)
	keep(t, "har-chromium.png", shot.Data)
}

// faults compares what is shown of an entry with what stands in it.
func (r *request) faults(e *entry) (all []string) {
	check := func(ok bool, what string) {
		if !ok {
			all = append(all, what)
		}
	}
	check(r.URL == e.Request.URL && r.Method == e.Request.Method, "URL "+r.Method+" "+r.URL)
	check(r.Status == e.Response.Status, "status "+r.Cells["status"])
	check(r.Remote == e.address() || e.ServerIP == "" && r.Remote == ":80", "address "+r.Remote)
	check(r.Connection == e.ID, "connection "+r.Connection)
	check(r.Sent == len(e.Request.Headers), "fields of the request")
	check(r.Cookies == len(e.Request.Cookies) && r.SetCookies == len(e.Response.Cookies), "cookies")
	transfer, size := max(e.Response.HeadersSize, 0)+e.Response.BodySize, e.Response.Content.Size
	if size == 0 {
		size = transfer // Chromium's own habit
	}
	check(r.Transfer == transfer && r.Size == size, "sizes "+r.Cells["size"])
	check(near(r.Duration, e.Time), "time "+r.Cells["time"])
	check(e.Request.PostData == nil && r.Posted == "" || e.Request.PostData != nil && r.Posted == e.Request.PostData.Text, "payload "+r.Posted)
	for _, phase := range []struct {
		name       string
		start, end string
		want       float64
	}{
		{"dns", "dnsStart", "dnsEnd", e.Timings.DNS},
		{"connect", "connectStart", "connectEnd", e.Timings.Connect},
		{"ssl", "sslStart", "connectEnd", e.Timings.SSL},
		{"send", "sendStart", "sendEnd", e.Timings.Send},
		{"wait", "sendEnd", "receiveHeadersEnd", e.Timings.Wait},
	} {
		start, end := r.Timing[phase.start], r.Timing[phase.end]
		check(phase.want < 0 && start < 0 || near(end-start, phase.want), "phase "+phase.name)
	}
	return all
}

// near leaves room for what a number of seconds since 1970 cannot hold.
func near(a, b float64) bool { return math.Abs(a-b) < 0.01 }
