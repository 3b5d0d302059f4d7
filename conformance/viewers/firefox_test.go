//go:build unix

package viewers_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// row is what Firefox's panel has made of an entry.
type row struct {
	URL, Method, Address, Text, Posted string
	Status, Transfer, Size             int
	Time                               float64 // in milliseconds
	Cells                              map[string]string
}

// openPanel opens a toolbox with the network panel, and gives the panel the text
// of a file as it does with one that was chosen. It gives what the panel says
// against it.
const openPanel = `
const { require } = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
const { gDevTools } = require("devtools/client/framework/devtools");
const browser = Services.wm.getMostRecentWindow("navigator:browser").gBrowser;
const toolbox = await gDevTools.showToolboxForTab(browser.selectedTab, { toolId: "netmonitor", hostType: "window" });
const panel = toolbox.getCurrentPanel().panelWin;
const { HarMenuUtils } = panel.windowRequire("devtools/client/netmonitor/src/har/har-menu-utils");
let said = "";
HarMenuUtils.appendPreview(args[0], panel.actions, text => said = text);
return said;
`

// readRows gives what the panel shows, once all rows are there.
const readRows = `
const { require } = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
const { gDevTools } = require("devtools/client/framework/devtools");
const browser = Services.wm.getMostRecentWindow("navigator:browser").gBrowser;
const toolbox = await gDevTools.showToolboxForTab(browser.selectedTab, { toolId: "netmonitor" });
const panel = toolbox.getCurrentPanel().panelWin;
const rows = () => [...panel.document.querySelectorAll(".request-list-item")];
while (rows().length < args[0] || rows().some(row => !row.querySelector(".requests-list-method")?.textContent)) await new Promise(done => panel.setTimeout(done, 50));
const requests = new Map(panel.store.getState().requests.requests.map(r => [String(r.id), r]));
return rows().map(row => {
	const r = requests.get(row.dataset.id);
	const cells = Object.fromEntries([...row.querySelectorAll("td")].map(cell => [/requests-list-([a-z-]+)$/.exec(cell.className)?.[1] ?? cell.className, cell.textContent]));
	return {
		url: r.url, method: r.method, status: r.status, transfer: r.transferredSize, size: r.contentSize, time: r.totalTime,
		text: r.responseContent.content.text ?? "", posted: r.requestPostData.postData.text ?? "", cells,
	};
});
`

// snapshot gives a picture of the panel.
const snapshot = `
const { require } = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
const { gDevTools } = require("devtools/client/framework/devtools");
const window = Services.wm.getMostRecentWindow("navigator:browser");
const toolbox = await gDevTools.showToolboxForTab(window.gBrowser.selectedTab, { toolId: "netmonitor" });
const panel = toolbox.getCurrentPanel().panelWin;
const picture = await panel.browsingContext.currentWindowGlobal.drawSnapshot(null, 1, "white");
const canvas = window.document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
[canvas.width, canvas.height] = [picture.width, picture.height];
canvas.getContext("2d").drawImage(picture, 0, 0);
return canvas.toDataURL("image/png").split(",")[1];
`

func TestFirefoxShowsTheSession(t *testing.T) {
	path, all := file(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := startFirefox(t)
	var said string
	f.evaluate(openPanel, &said, string(text))
	if said != "" {
		t.Fatal(said)
	}
	var got []row
	f.evaluate(readRows, &got, len(all))
	if len(got) != len(all) {
		t.Fatalf("%d requests are shown, want %d", len(got), len(all))
	}
	for i := range got {
		want := &shown[i]
		for _, fault := range got[i].faults(&all[i], want.status, want.fox, want.text) {
			t.Errorf("%s %s: %s", want.method, want.path, fault)
		}
	}
	var shot []byte
	f.evaluate(snapshot, &shot)
	keep(t, "har-firefox.png", shot)
}

// faults compares what is shown of an entry with what stands in it.
func (r *row) faults(e *entry, status int, kind, text string) (all []string) {
	check := func(ok bool, what string) {
		if !ok {
			all = append(all, what)
		}
	}
	check(r.URL == e.Request.URL && r.Cells["method"] == e.Request.Method, "URL "+r.Cells["method"]+" "+r.URL)
	code := ""
	if status > 0 {
		code = fmt.Sprint(status)
	}
	check(r.Cells["status"] == code, "status "+r.Cells["status"])
	address := e.address()
	if address == "" {
		address = "unknown"
	}
	check(r.Cells["remoteip"] == address, "address "+r.Cells["remoteip"])
	check(r.Cells["type"] == kind, "type "+r.Cells["type"])
	check(r.Transfer == e.Response.BodySize && r.Size == e.Response.Content.Size, "sizes "+r.Cells["transferred"]+" and "+r.Cells["size"])
	check(!strings.Contains(r.Cells["transferred"], "-"), "transferred "+r.Cells["transferred"])
	// It adds the handshake to connect, which has it already.
	check(math.Abs(r.Time-e.Time-max(e.Timings.SSL, 0)) < 0.01, "time "+r.Cells["duration-time"])
	check(text == "" || r.Text == text, "body "+r.Text)
	check(e.Request.PostData == nil || r.Posted == e.Request.PostData.Text, "payload "+r.Posted)
	return all
}
