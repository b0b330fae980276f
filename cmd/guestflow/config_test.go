package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
)

// write puts a file into the house.
func (h *house) write(name, text string) string {
	h.t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

func TestAFlagWinsOverTheEnvironmentAndThatOverTheFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_RATE_PER_MINUTE=20", "GUESTFLOW_SEND_RATE_PER_MINUTE=20")
	h.write("guestflow.yaml",
		"rate_per_minute: 10\nsend_rate_per_minute: 10\nconcurrency: 10\nclient_id: \"\"\nlisten: 127.0.0.1:9000\n"+
			"scope: a\nprofiles:\n  gala:\n    timezone: Europe/London\n")
	out, errs, code := h.run("--rate-per-minute=30", "config")
	for _, line := range []string{
		`rate_per_minute: 30 +# --rate-per-minute`, `send_rate_per_minute: 20 +# \$GUESTFLOW_SEND_RATE_PER_MINUTE`,
		`concurrency: 10 +# guestflow.yaml:3`,
		`egress: default +# default`, `scope: a +# guestflow.yaml:6`, `        timezone: Europe/London +# guestflow.yaml:9`,
		`keep_files: 720h0m0s +# default`,
	} {
		if code != exit.OK || !regexp.MustCompile(`(?m)^`+line+`$`).MatchString(out) {
			t.Fatalf("exit %d, no %q in\n%s%s", code, line, out, errs)
		}
	}
	var shown struct {
		Rate    int               `json:"rate_per_minute"`
		Listen  string            `json:"listen"`
		Origins map[string]string `json:"origins"`
	}
	if err := json.Unmarshal([]byte(h.must("--rate-per-minute=30", "config", "--json")), &shown); err != nil ||
		shown.Rate != 30 || shown.Listen != "127.0.0.1:0" {
		t.Errorf("as JSON: %+v, %v", shown, err)
	}
	for key, want := range map[string]string{
		"rate_per_minute": "--rate-per-minute", "send_rate_per_minute": "$GUESTFLOW_SEND_RATE_PER_MINUTE",
		"concurrency": "guestflow.yaml:3", "egress": "default",
		"profiles.gala.timezone": "guestflow.yaml:9", "listen": "$GUESTFLOW_LISTEN",
	} {
		if got := shown.Origins[key]; got != want {
			t.Errorf("%s comes from %q, want %q", key, got, want)
		}
	}
}

func TestSecretsComeFromFilesAndAreNeverPrinted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_CLIENT_ID=acme", "GUESTFLOW_PASSWORD=in-the-environment",
		"GUESTFLOW_REDIS_URL=redis://:in-the-url@localhost")
	h.env = append(h.env,
		"GUESTFLOW_CLIENT_SECRET_FILE="+h.write("secret", "in-a-file\n"),
		"GUESTFLOW_SUBSCRIPTION_KEY_FILE="+h.write("key", "key-in-a-file"))
	for _, args := range [][]string{{"config"}, {"config", "--json"}} {
		out, errs, code := h.run(args...)
		if code != exit.OK || !strings.Contains(out, "[hidden]") || strings.Contains(out+errs, "in-") {
			t.Fatalf("exit %d\n%s%s", code, out, errs)
		}
	}
}

func TestMistakesInTheConfigurationAreNamed(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ file, say string }{
		"a misspelt key":         {"rate_per_minite: 3\n", `unknown key "rate_per_minite"`},
		"a misspelt profile key": {"profiles:\n  gala:\n    evnt: x\n", `unknown key "evnt"`},
		"an account's foreign key": {"accounts:\n  acme:\n    redis_url: x\n",
			`"redis_url" is not a setting that an account can have`},
		"a profile's lost account":  {"accounts:\n  acme: {}\nprofiles:\n  gala:\n    account: acne\n", `"acne"`},
		"a time zone that is none":  {"profiles:\n  gala:\n    timezone: Mars\n", `"Mars" is not a time zone`},
		"no YAML":                   {"\tx", "not proper YAML"},
		"a number that is none":     {"rate_per_minute: many\n", "rate-per-minute"},
		"an address that is no URL": {"api_url: qflow\n", "api-url"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.write("guestflow.yaml", c.file)
			if out, errs, code := h.run("config"); code != exit.Usage || !strings.Contains(errs, c.say) {
				t.Fatalf("exit %d\n%s%s", code, out, errs)
			}
		})
	}
	h := newHouse(t)
	if out, errs, code := h.run("--config=none.yaml", "config"); code != exit.Usage ||
		!strings.Contains(errs, "none.yaml") {
		t.Fatalf("a missing file: exit %d\n%s%s", code, out, errs)
	}
	if out, errs, code := h.with("GUESTFLOW_PASSWORD=x",
		"GUESTFLOW_PASSWORD_FILE="+h.write("p", "y")).run("config"); code != exit.Usage ||
		!strings.Contains(errs, "both set") {
		t.Fatalf("a secret twice: exit %d\n%s%s", code, out, errs)
	}
}

func TestEveryFlagOfTheInterfaceHasItsEnvironmentTwin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var help strings.Builder
	for _, command := range [][]string{{"import", "--help"}, {"run", "--help"}, {"config", "--help"},
		{"config", "--keys"}} {
		help.WriteString(h.must(command...))
	}
	for _, name := range strings.Fields(`REDIS_URL API_URL IDENTITY_URL CLIENT_ID CLIENT_SECRET USERNAME PASSWORD ENTERPRISE_PIN
		SUBSCRIPTION_KEY EVENT TEMPLATE CONFIG INBOX YES RATE_PER_MINUTE SEND_RATE_PER_MINUTE CONCURRENCY STATE_DIR
		CLIENT_SECRET_FILE PASSWORD_FILE SUBSCRIPTION_KEY_FILE REDIS_URL_FILE`) {
		if !strings.Contains(help.String(), "GUESTFLOW_"+name) {
			t.Errorf("GUESTFLOW_%s is in no help text", name)
		}
	}
	if strings.ContainsAny(help.String(), "“”") {
		t.Error("two quotes that are to be typed became one that is not")
	}
}

// Promise: the help of a command shows what an operator decides for it, and nothing that is set once for an
// installation.
func TestWhatIsSetOnceForAnInstallationIsNoFlag(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_EGRESS=berlin")
	h.write("guestflow.yaml", "key_header: X-Key\n")
	if n := strings.Count(h.must("run", "--help"), "\n      --") + 1; n >= 45 {
		t.Errorf("guestflow run has %d flags", n)
	}
	if out := h.must("config"); !strings.Contains(out, "\negress: berlin ") ||
		!strings.Contains(out, "\nkey_header: X-Key ") {
		t.Errorf("the variable and the key do not hold:\n%s", out)
	}
	for flag, want := range map[string]string{
		"--key-header=X": "set key_header in guestflow.yaml, or GUESTFLOW_KEY_HEADER in the environment",
		"--egress=x":     "set egress in guestflow.yaml, or GUESTFLOW_EGRESS in the environment",
	} {
		if _, errs, code := h.run(flag, "config"); code != exit.Usage || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s", flag, code, errs)
		}
	}
	if _, errs, code := h.run("run", "--oidc-issuer=x"); code != exit.Usage ||
		!strings.Contains(errs, "GUESTFLOW_OIDC_ISSUER") {
		t.Errorf("exit %d, %s", code, errs)
	}
	if _, errs, code := h.with("GUESTFLOW_PROBE_INTERVALS=soon").run("config"); code != exit.Usage ||
		!strings.Contains(errs, "probe_intervals") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

// Promise: what config says of who approves a list is the rule that holds, whatever a flag or the environment says.
func TestConfigShowsWhoseApprovalHolds(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_APPROVE_BY=anyone")
	h.write("guestflow.yaml",
		"approve_by: other\nprofiles:\n  gala:\n    event: e1\n    approve_by: other\n  nightly:\n    event: e1\n    approve_by: anyone\n"+
			"  apart:\n    event: e2\n")
	var got []string
	for line := range strings.Lines(h.must("config")) {
		if strings.Contains(line, "approve_by") {
			got = append(got, strings.Join(strings.Fields(line), " "))
		}
	}
	want := []string{"approve_by: other # guestflow.yaml:1, which $GUESTFLOW_APPROVE_BY does not lift",
		"approve_by: other # guestflow.yaml:5",
		"approve_by: other # profiles.gala.approve_by, for each list of its event"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
