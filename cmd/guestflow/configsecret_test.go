package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache/secret"
)

// here runs a command in this process, with a configuration file and nothing else.
func here(t *testing.T, file string, args ...string) (out, errs string, code int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guestflow.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	var o, e bytes.Buffer
	code = execute(t.Context(), append([]string{"--config=" + path}, args...), &o, &e)
	return o.String(), e.String(), code
}

// runFlags are the fields of all flags that the daemon has.
func runFlags() []reflect.StructField {
	all := append(reflect.VisibleFields(reflect.TypeFor[config.Settings]()),
		reflect.VisibleFields(reflect.TypeFor[runCommand]())...)
	var flags []reflect.StructField
	for _, f := range all {
		if f.IsExported() && !f.Anonymous {
			flags = append(flags, f)
		}
	}
	return flags
}

// A line that is indented wrongly, or a key too many, makes a password the value of anything. Whatever that is, the
// error does not show it.
func TestNoErrorOfTheConfigurationCarriesAValue(t *testing.T) {
	t.Parallel()
	files := []string{
		"password: hunter2: x\n", "password: *hunter2\n", "password: \"hunter2\n", "password: hunter2\n  more: x\n",
		"- hunter2\n",
		"rate_per_minute: !!int hunter2\n", "\thunter2", "hunter2", "password: @hunter2\n", "password: {hunter2\n",
		"password: !hunter2 x\n",
		"hunter2\npassword: x\n", "password: hunter2\npassword: hunter2\n",
		"profiles: hunter2\n", "profiles: [hunter2]\n", "profiles:\n  gala: hunter2\n", "profiles:\n  gala: [hunter2]\n",
		"password:hunter2: x\n", "accounts:\n  acme:\n    password:hunter2: x\n",
		"profiles:\n  gala:\n    source_secret_file:hunter2: x\n",
		"accounts: hunter2\n", "accounts: [hunter2]\n", "accounts:\n  acme: hunter2\n",
		"map: {tags: [hunter2]}\n", "map: {tags: {a: hunter2}}\n",
	}
	for _, source := range []string{
		"ann:hunter2@files.example.com/x", "https://hunter2@files.example.com/x", "https://hunter2:x@files.example.com/x",
		"hunter2",
	} {
		files = append(files, "profiles:\n  gala:\n    source: "+source+"\n")
	}
	for key := range config.ProfileKeys() {
		for _, value := range []string{"[hunter2]", "{a: {b: hunter2}}"} {
			files = append(files, fmt.Sprintf("profiles:\n  gala:\n    %s: %s\n", key, value))
		}
	}
	for _, key := range []string{"strict", "split_names", "mapping", "max_rejects"} {
		files = append(files, fmt.Sprintf("profiles:\n  gala:\n    %s: hunter2\n", key))
	}
	// A value of another shape is refused by its field's type. So each type meets all shapes, each key a text and another
	// one, and each of them is at one of both places.
	places, shapes := [2]string{"", "accounts:\n  acme:\n    "},
		[]string{"hunter2", "[hunter2]", "{a: hunter2}", "[[hunter2]]", "[{a: hunter2}]"}
	met := map[reflect.Type]bool{}
	for i, f := range runFlags() {
		if key := config.FileKey(f); !config.ShownTexts[key] && key != "config" && key != "state_dir" {
			for j, value := range shapes {
				if j == 0 || !met[f.Type] || j == 1+i%(len(shapes)-1) {
					files = append(files, places[(i+j)%2]+key+": "+value+"\n")
				}
			}
			met[f.Type] = true
		}
	}
	wrong := 0
	for _, file := range files {
		_, errs, code := here(t, file, "--account=acme", "run", "--roles=")
		if strings.Contains(strings.ReplaceAll(errs, "hunter2: no such file", ""), "hunter2") {
			t.Errorf("exit %d of\n%s%s", code, file, errs)
		}
		if code == exit.Usage && !strings.Contains(errs, "--roles") {
			wrong++
		}
	}
	if wrong < len(files)/2 {
		t.Errorf("only %d of %d files were found wrong", wrong, len(files))
	}
}

func TestAMistakeInTheEnvironmentShowsNoValueEither(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"RATE_PER_MINUTE", "PROBE_INTERVALS", "VERBOSE", "GRANT", "KEEP_FILES", "MAX_REJECTS",
		"MAP"} {
		h := newHouse(t, "GUESTFLOW_"+name+"=hunter2")
		if _, errs, code := h.run("import", "x.csv", "--dry-run"); code != exit.Usage || strings.Contains(errs, "hunter2") ||
			!strings.Contains(errs, strings.ToLower(name)) &&
				!strings.Contains(errs, "--"+strings.ToLower(strings.ReplaceAll(name, "_", "-"))) {
			t.Errorf("%s: exit %d\n%s", name, code, errs)
		}
	}
}

// What is shown of the settings is on a list. Everything else that could hold a secret is hidden.
func TestAllSettingsThatAreNotListedAreHidden(t *testing.T) {
	t.Parallel()
	for _, f := range append(runFlags(), reflect.StructField{Name: "AddedLater", Type: reflect.TypeFor[string]()}) {
		v := reflect.New(f.Type).Elem()
		switch {
		case f.Type.Kind() == reflect.String:
			v.SetString("hunter2")
		case f.Type == reflect.TypeFor[[]string]():
			v.Set(reflect.ValueOf([]string{"hunter2"}))
		default:
			continue
		}
		key := config.FileKey(f)
		free := config.ShownTexts[key] || f.Tag.Get("enum") != "" || f.Tag.Get("type") == "path"
		if text := fmt.Sprint(config.Display(key, f, v)); strings.Contains(text, "hunter2") != free {
			t.Errorf("%s is shown as %q", key, text)
		}
	}
}

func TestConfigShowsNothingThatGivesAccess(t *testing.T) {
	t.Parallel()
	file := `
enterprise_pin: hunter2
identity_url: https://identity.example.com/token?code=hunter2
auth_url: https://ann:hunter2@identity.example.com/authorize#hunter2
profiles:
  gala:
    timezone: Europe/London
    cron: "30 2 * * *"
    source: https://files.example.com/gala.csv?download=hunter2
    mapping: {tags: "=Press"}
`
	for _, args := range [][]string{{"config"}, {"config", "--json"}} {
		out, errs, code := here(t, file, args...)
		if code != exit.OK || strings.Contains(out+errs, "hunter2") {
			t.Fatalf("exit %d\n%s%s", code, out, errs)
		}
		for _, want := range []string{"https://files.example.com/gala.csv?" + secret.Hidden,
			"https://identity.example.com/token", "Press", "Europe/London"} {
			if !strings.Contains(out, want) {
				t.Errorf("%q is not shown in\n%s", want, out)
			}
		}
	}
}

func TestSecretsGoToNoOtherMachineInClear(t *testing.T) {
	t.Parallel()
	for settings, code := range map[string]int{
		"api_url: http://qflow.example.com":                                exit.Usage,
		"api_url: HTTP://qflow.example.com":                                exit.Usage,
		"identity_url: http://10.0.0.7/token":                              exit.Usage,
		"auth_url: http://identity.example.com/authorize":                  exit.Usage,
		"notify_url: http://hooks.example.com/x":                           exit.Usage,
		"api_url: http://localhost.example.com":                            exit.Usage,
		"api_url: http://a.example.com\nallow_http: b.example.com":         exit.Usage,
		"api_url: http://qflow.example.com\nallow_http: qflow.example.com": exit.OK,
		"identity_url: http://Proxy:80/token\nallow_http: a,proxy":         exit.OK,
		"api_url: http://127.0.0.1:8099":                                   exit.OK,
		"api_url: http://localhost:8099":                                   exit.OK,
		"api_url: http://[::1]:8099":                                       exit.OK,
		"notify_url: http://localhost:9000/hook":                           exit.OK,
		"api_url: https://qflow.example.com":                               exit.OK,
	} {
		_, errs, got := here(t, "client_id: a\nclient_secret: b\nsubscription_key: c\n"+settings, "config")
		if got != code || code == exit.Usage && !strings.Contains(errs, "GUESTFLOW_ALLOW_HTTP=") {
			t.Errorf("%s: exit %d, want %d\n%s", settings, got, code, errs)
		}
	}
}

func TestAYAMLListIsAListForEveryFlagThatTakesOne(t *testing.T) {
	t.Parallel()
	file := `
probe_intervals: [30s, 1m]
mail_to:
  - ann@example.com
  - "Lee, Bob <bob@example.com>"
allow_http: []
accounts:
  acme:
    probe_intervals:
      - 7s
`
	out, errs, code := here(t, file, "config")
	for _, want := range []string{"probe_intervals: [30s, 1m0s] ",
		"mail_to: [ann@example.com, 'Lee, Bob <bob@example.com>'] "} {
		if code != exit.OK || !strings.Contains(out, want) {
			t.Errorf("exit %d, no %q in\n%s%s", code, want, out, errs)
		}
	}
	if out, errs, code := here(t, file, "--account=acme", "config"); code != exit.OK ||
		!strings.Contains(out, "probe_intervals: [7s] ") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestFilesWithSecretsThatOthersCanReadAreWarnedOf(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())
	h.sandbox(sandbox.Options{})
	open, closed := h.write("open", "x"), h.write("closed", "x")
	for path, mode := range map[string]os.FileMode{open: 0o644, closed: 0o640} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	h.write("guestflow.yaml",
		"accounts:\n  acme:\n    password_file: "+open+
			"\nprofiles:\n  gala:\n    account: acme\n    source: s3://b/k\n    source_secret_file: "+open+"\n")
	_, errs, code := h.with("GUESTFLOW_SMTP_PASSWORD_FILE="+open, "GUESTFLOW_NOTIFY_SECRET_FILE="+closed).run("config")
	for _, want := range []string{"smtp_password_file", "accounts.acme.password_file", "profiles.gala.source_secret_file",
		"chmod o-rwx"} {
		if code != exit.OK || !strings.Contains(errs, want) {
			t.Errorf("exit %d, no word of %s in\n%s", code, want, errs)
		}
	}
	if strings.Contains(errs, "notify_secret_file") {
		t.Errorf("warned of a file that only a group can read:\n%s", errs)
	}
	if err := os.Remove(filepath.Join(h.dir, "guestflow.yaml")); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := h.with("GUESTFLOW_SMTP_PASSWORD_FILE=" + open).run("doctor"); code != exit.OK ||
		!strings.Contains(out, open) {
		t.Errorf("exit %d, doctor says nothing of it\n%s%s", code, out, errs)
	}
}
