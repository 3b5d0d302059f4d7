package auth_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/auth"
)

func TestParseNetrc(t *testing.T) {
	for _, test := range []struct {
		name, text, host, user, password string
		ok                               bool
	}{
		{"lines", "machine a.test\nlogin u\npassword p\n", "a.test", "u", "p", true},
		{"one-line", "machine a.test login u password p", "a.test", "u", "p", true},
		{"windows-lines", "machine a.test\r\nlogin u\r\npassword p\r\n", "a.test", "u", "p", true},
		{"any-order", "machine a.test password p account x login u", "a.test", "u", "p", true},
		{"user", "machine a.test user u password p", "a.test", "u", "p", true},
		{"case", "machine A.Test. login u password p", "a.TEST", "u", "p", true},
		{"second", "machine b.test login x password y machine a.test login u password p", "a.test", "u", "p", true},
		{"first-counts", "machine a.test login u password p machine a.test login x password y", "a.test", "u", "p", true},
		{"unknown", "machine a.test login u password p", "b.test", "", "", false},
		{"no-subdomains", "machine a.test login u password p", "x.a.test", "", "", false},
		{"default", "machine a.test login x password y default login u password p", "b.test", "u", "p", true},
		{"not-the-default", "machine a.test login u password p default login x password y", "a.test", "u", "p", true},
		{"behind-the-default", "default login u password p machine a.test login x password y", "a.test", "u", "p", true},
		{"no-password", "machine a.test login u", "a.test", "u", "", true},
		{"empty", "", "a.test", "", "", false},
		{"quoted", `machine "a.test" login "u v" password "p\"\\\n\t\r\x"`, "a.test", "u v", "p\"\\\n\t\rx", true},
		{"quoted-empty", `machine a.test login "" password p`, "a.test", "", "p", true},
		{"quote-inside", `machine a.test login u"v password p\q`, "a.test", `u"v`, `p\q`, true},
		{"comments", "# machine x login y\nmachine a.test # login x\nlogin u\n#password x\npassword p", "a.test", "u", "p", true},
		{"hash-in-password", "machine a.test login u password #p", "a.test", "u", "#p", true},
		{"macdef", "macdef init\ncd /tmp\nmachine x.test login x\n\nmachine a.test login u password p", "a.test", "u", "p", true},
		{"macdef-windows", "macdef init\r\nmachine x.test\r\n\r\nmachine a.test login u password p", "a.test", "u", "p", true},
		{"macdef-within", "machine a.test login u password p\nmacdef m\npassword x\n\nmachine b.test", "a.test", "u", "p", true},
		{"macdef-to-the-end", "machine a.test login u password p macdef m\nfoo", "a.test", "u", "p", true},
		{"keyword-as-value", "machine a.test login login password machine", "a.test", "login", "machine", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := auth.ParseNetrc(strings.NewReader(test.text))
			if err != nil {
				t.Fatal(err)
			}
			user, password, ok := f.Find(test.host)
			if user != test.user || password != test.password || ok != test.ok {
				t.Errorf("got %q %q %v", user, password, ok)
			}
		})
	}
}

func TestParseNetrcErrorsNameTheLine(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"keyword", "machine a.test\nlogin u\n\npasswrod hunter2", "netrc: line 4: unknown keyword"},
		{"no-value", "machine a.test login", "netrc: line 1: login without a value"},
		{"no-machine", "login u password hunter2", "netrc: line 1: login in front of the first machine"},
		{"quote", "machine a.test\npassword \"hunter2\n", "netrc: line 2: quote that is not closed"},
		{"quoted-keyword", "macdef x\ny\n\n\"hunter2\"", "netrc: line 4: quoted text where a keyword should be"},
		{"size", strings.Repeat("#hunter2\n", 1<<17), "netrc of more than 1 MiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := auth.ParseNetrc(strings.NewReader(test.text))
			wantText(t, err, test.want)
		})
	}
}

// write makes a netrc file.
func write(t *testing.T, name, text string, mode fs.FileMode) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
	return name
}

const netrcText = "machine a.test login user password hunter2\nmachine c.test login a:b password hunter2\n"

func TestLoadNetrcRefusesWhatOthersCanRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no Unix permissions")
	}
	for _, test := range []struct {
		mode fs.FileMode
		ok   bool
	}{{0o600, true}, {0o400, true}, {0o640, false}, {0o604, false}, {0o602, false}} {
		name := write(t, filepath.Join(t.TempDir(), "netrc"), netrcText, test.mode)
		_, err := auth.LoadNetrc(name)
		if (err == nil) != test.ok {
			t.Errorf("mode %o: %v", test.mode, err)
		}
		if err != nil {
			wantText(t, err, name, "others can read or change")
			if !errors.Is(err, fs.ErrPermission) {
				t.Errorf("error %v", err)
			}
		}
	}
}

func TestNetrcSendsTheLoginOfTheHost(t *testing.T) {
	home := "HOME"
	if runtime.GOOS == "windows" {
		home = "USERPROFILE"
	}
	const basic = " Basic dXNlcjpodW50ZXIy"
	for _, test := range []struct {
		name  string
		place string // of the file: "option", "env", "home" or "" for none
		text  string
		url   string
		want  []string
		err   string
	}{
		{"option", "option", netrcText, "http://a.test/", []string{"GET http://a.test/" + basic}, ""},
		{"env", "env", netrcText, "http://a.test:8080/", []string{"GET http://a.test:8080/" + basic}, ""},
		{"home", "home", netrcText, "http://A.test/", []string{"GET http://A.test/" + basic}, ""},
		{"none", "", "", "http://a.test/", []string{"GET http://a.test/"}, ""},
		{"another-host", "option", netrcText, "http://b.test/", []string{"GET http://b.test/"}, ""},
		{"redirect", "option", netrcText, "http://b.test/?to=http://a.test/", []string{"GET http://b.test/?to=http://a.test/", "GET http://a.test/"}, ""},
		{"malformed", "option", "hunter2", "http://a.test/", nil, "line 1: unknown keyword"},
		{"colon", "option", netrcText, "http://c.test/", nil, "user name with a colon"},
		{"missing", "gone", "", "http://a.test/", nil, "gone"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("NETRC", "")
			t.Setenv(home, filepath.Join(dir, "home"))
			os.Mkdir(filepath.Join(dir, "home"), 0o700)
			var o auth.NetrcOptions
			switch test.place {
			case "option":
				o.File = write(t, filepath.Join(dir, "netrc"), test.text, 0o600)
			case "env":
				t.Setenv("NETRC", write(t, filepath.Join(dir, "netrc"), test.text, 0o600))
			case "home":
				write(t, filepath.Join(dir, "home", ".netrc"), test.text, 0o600)
			case "gone":
				o.File = filepath.Join(dir, "gone")
			}
			s, st := session(t, nil, auth.Netrc(o))
			resp, err := s.Get(t.Context(), test.url)
			if test.err != "" {
				wantText(t, err, test.err)
			} else {
				status(t, resp, err)
			}
			if !slices.Equal(st.log, test.want) {
				t.Errorf("sent %q", st.log)
			}
		})
	}
}

// FuzzParseNetrc checks that what is written in quotes is read back, behind
// whatever can stand in a file.
func FuzzParseNetrc(f *testing.F) {
	f.Add("machine a login b password c\n", "u", "p")
	f.Add("macdef x\n\n# y\ndefault", "\"\\", "\n")
	f.Fuzz(func(t *testing.T, text, user, password string) {
		file, err := auth.ParseNetrc(strings.NewReader(text))
		if err == nil {
			file.Find("a")
		}
		escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace
		file, err = auth.ParseNetrc(strings.NewReader("machine a login \"" + escape(user) + "\" password \"" + escape(password) + "\""))
		if len(user)+len(password) > 1000 {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if u, p, ok := file.Find("a"); u != user || p != password || !ok {
			t.Errorf("got %q %q %v, want %q %q", u, p, ok, user, password)
		}
	})
}

// Whoever prints a file prints no password.
func TestNetrcFileIsPrintedWithoutItsSecrets(t *testing.T) {
	f, err := auth.ParseNetrc(strings.NewReader("machine a.test login u password hush"))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got, want := fmt.Sprintf(verb, f), "netrc of 1 machines"; got != want {
			t.Errorf("%s: %q, want %q", verb, got, want)
		}
	}
}
