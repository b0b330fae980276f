package deploy_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"guestflow/deploy/testkit"
	"guestflow/worker"
)

// shipped is every file that names flags, variables or commands of guestflow.
var shipped = []string{
	"compose.yaml", "Dockerfile", "guestflow.service", "env.example", "guestflow.example.yaml", "prometheus/alerts.yml",
	"kubernetes/kustomization.yaml",
	"kubernetes/config.yaml", "kubernetes/secret.example.yaml", "kubernetes/console.yaml", "kubernetes/workers.yaml",
}

var program string // the built guestflow

func TestMain(m *testing.M) { os.Exit(testkit.MainWithProgram(m, &program)) }

// guestflow runs the program in an empty folder and environment, and returns what it printed.
func guestflow(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, code := testkit.NewShell(t, program).Run(args...)
	if code != 0 {
		t.Fatalf("guestflow %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out + errs
}

// line is what the real command line knows.
type line struct{ commands, flags, variables []string }

func realLine(t *testing.T) line {
	t.Helper()
	var l line
	for _, m := range regexp.MustCompile(`(?m)^\.SS "guestflow ([a-z]+)[ "]`).FindAllStringSubmatch(guestflow(t, "man"),
		-1) {
		l.commands = append(l.commands, m[1])
	}
	l.commands = slices.Compact(l.commands) // those with commands of their own
	help := guestflow(t, "help", "settings")
	for _, command := range l.commands {
		help += guestflow(t, command, "--help")
	}
	// A flag that can be denied is shown as --[no-]strict.
	l.flags = regexp.MustCompile(`--[a-z][a-z-]*`).FindAllString(strings.ReplaceAll(help, "--[no-]", "--"), -1)
	for _, m := range regexp.MustCompile(`\$(GUESTFLOW_[A-Z_]+)`).FindAllStringSubmatch(help, -1) {
		l.variables = append(l.variables, m[1])
	}
	if len(l.commands) < 5 || !slices.Contains(l.commands, "run") || len(l.variables) < 20 {
		t.Fatalf("the help text is not understood: %d commands, %d variables", len(l.commands), len(l.variables))
	}
	return l
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parse(t *testing.T, name string, into any) {
	t.Helper()
	d := yaml.NewDecoder(strings.NewReader(read(t, name)))
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// Commented lines count too: they are what an operator takes the comment off.
func TestEveryVariableCommandAndFlagIsReal(t *testing.T) {
	t.Parallel()
	l := realLine(t)
	variable := regexp.MustCompile(`GUESTFLOW_[A-Z_]*[A-Z]`)
	call := regexp.MustCompile("(?:`|--rm |-- )guestflow ([a-z]+)\\b")
	for _, name := range shipped {
		text := read(t, name)
		for _, v := range variable.FindAllString(text, -1) {
			if !slices.Contains(l.variables, v) {
				t.Errorf("%s: no flag has the variable %s", name, v)
			}
		}
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(l.commands, m[1]) {
				t.Errorf("%s: there is no command %q", name, m[0])
			}
		}
	}
	for name, args := range commandLines(t) {
		for i, arg := range args {
			flag, _, _ := strings.Cut(arg, "=")
			if i == 0 && !slices.Contains(l.commands, arg) || i > 0 && !slices.Contains(l.flags, flag) {
				t.Errorf("%s: guestflow has no %s", name, arg)
			}
		}
	}
}

// commandLines is what each file runs guestflow with.
func commandLines(t *testing.T) map[string][]string {
	t.Helper()
	_, args, _ := strings.Cut(readUnit(t).one(t, "Service", "ExecStart"), " ")
	image := readDockerfile(t)
	lines := map[string][]string{
		"guestflow.service":         strings.Fields(args),
		"Dockerfile":                execForm(t, image.last("CMD")),
		"compose.yaml":              readCompose(t).Services["guestflow"].Command,
		"compose.yaml: workers":     readCompose(t).Services["workers"].Command,
		"compose.yaml: healthcheck": readCompose(t).Services["workers"].Healthcheck.Test[2:],
		"Dockerfile: HEALTHCHECK": execForm(t,
			image.last("HEALTHCHECK")[strings.Index(image.last("HEALTHCHECK"), "CMD ")+4:])[1:],
	}
	for name, line := range lines {
		if len(line) == 0 {
			t.Fatalf("%s runs no command", name)
		}
	}
	return lines
}

func TestTheExampleConfigurationIsAccepted(t *testing.T) {
	t.Parallel()
	path, err := filepath.Abs("guestflow.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if out := guestflow(t, "--config", path, "config"); !strings.Contains(out, "gala:") {
		t.Fatalf("the profiles are missing:\n%s", out)
	}
	// So it is with every line that is commented out; guestflow refuses a key that it does not have.
	keys := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# ([a-z_]+): `).FindAllStringSubmatch(read(t, "guestflow.example.yaml"),
		-1) {
		keys[m[1]] = true
	}
	variables := realLine(t).variables // each key has one
	for key := range keys {
		if !slices.Contains(variables, "GUESTFLOW_"+strings.ToUpper(key)) {
			t.Errorf("guestflow.example.yaml: guestflow has no key %s", key)
		}
	}
	if len(keys) < 10 {
		t.Fatalf("only %d commented keys were found", len(keys))
	}
}

// Secrets come from files; a value in a file of the repository would be a real secret, or be used as one.
func TestNoFileHoldsASecret(t *testing.T) {
	t.Parallel()
	const names = "CLIENT_SECRET|PASSWORD|SUBSCRIPTION_KEY|TOKEN_KEYS|SESSION_KEY|client_secret|password|subscription_key|token_keys|session_key"
	secret := regexp.MustCompile(`(?m)^[# -]*(?:Environment=|ENV )?(?:GUESTFLOW_)?(?:` + names + `)[:=][ \t]*(?:"[^"]+"|[^"\s]\S*)$`)
	inURL := regexp.MustCompile(`redis://[^/\s]*:[^/\s]*@`)
	for _, name := range shipped {
		text := read(t, name)
		for _, found := range append(secret.FindAllString(text, -1), inURL.FindAllString(text, -1)...) {
			t.Errorf("%s holds a secret: %s", name, found)
		}
	}
}

type service struct {
	Image       string
	Build       struct{ Context, Dockerfile string }
	Command     []string
	Environment map[string]string
	EnvFile     string `yaml:"env_file"`
	Profiles    []string
	Secrets     []string
	Volumes     []string
	Networks    []string
	Ports       []string
	ReadOnly    bool          `yaml:"read_only"`
	CapDrop     []string      `yaml:"cap_drop"`
	SecurityOpt []string      `yaml:"security_opt"`
	StopGrace   time.Duration `yaml:"stop_grace_period"`
	Healthcheck struct{ Test []string }
	DependsOn   dependencies `yaml:"depends_on"`
}

// dependencies are a list, or say when each is far enough.
type dependencies map[string]struct{ Condition string }

// UnmarshalYAML takes both.
func (d *dependencies) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		return nil
	}
	return node.Decode((*map[string]struct{ Condition string })(d))
}

type compose struct {
	Services map[string]service
	Networks map[string]struct{ Internal bool }
	Volumes  map[string]any
	Secrets  map[string]struct{ File string }
}

func readCompose(t *testing.T) compose {
	t.Helper()
	var c compose
	parse(t, "compose.yaml", &c)
	return c
}

func TestRedisOfComposeForgetsNothing(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	redis := c.Services["redis"]
	for flag, want := range map[string]string{"--appendonly": "yes", "--appendfsync": "everysec",
		"--maxmemory-policy": "noeviction"} {
		at := slices.Index(redis.Command, flag)
		if at < 0 || at+1 == len(redis.Command) || redis.Command[at+1] != want {
			t.Errorf("redis runs without %s %s: %v", flag, want, redis.Command)
		}
	}
	if !slices.Contains(redis.Volumes, "redis:/data") || len(redis.Healthcheck.Test) == 0 {
		t.Errorf("redis has no volume or no health check: %+v", redis)
	}
	if len(redis.Ports) > 0 || !slices.Equal(redis.Networks, []string{"store"}) || !c.Networks["store"].Internal {
		t.Errorf("redis has no password, so it must be reached from inside only: ports %v, networks %v", redis.Ports,
			redis.Networks)
	}
}

func TestComposeRunsGuestflowLockedUp(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	given := map[string]bool{}
	for _, name := range []string{"guestflow", "workers"} {
		g := c.Services[name]
		if !g.ReadOnly || !slices.Contains(g.SecurityOpt, "no-new-privileges:true") || !slices.Contains(g.CapDrop, "ALL") {
			t.Errorf("%s may write to its image or gain privileges: %+v", name, g)
		}
		if g.StopGrace <= worker.DefaultGrace {
			t.Errorf("%s is killed after %s, and its worker may take %s", name, g.StopGrace, worker.DefaultGrace)
		}
		if g.DependsOn["redis"].Condition != "service_healthy" {
			t.Errorf("%s does not wait for Redis", name)
		}
		secrets := 0
		for variable, value := range g.Environment {
			file, is := strings.CutPrefix(value, "/run/secrets/")
			if !is {
				continue
			}
			secrets++
			given[file] = true
			if !strings.HasSuffix(variable, "_FILE") || !slices.Contains(g.Secrets, file) || c.Secrets[file].File == "" {
				t.Errorf("%s: %s=%s: it is not given this secret", name, variable, value)
			}
		}
		if secrets != len(g.Secrets) || secrets == 0 {
			t.Errorf("%s uses %d secrets of %v", name, secrets, g.Secrets)
		}
		for _, at := range []string{g.Environment["GUESTFLOW_INBOX"], g.Environment["GUESTFLOW_STATE_DIR"],
			g.Environment["GUESTFLOW_CONFIG"] + ":ro"} {
			if at != "" && !slices.ContainsFunc(g.Volumes, func(v string) bool { return strings.HasSuffix(v, ":"+at) }) {
				t.Errorf("%s: no volume is mounted on %q", name, at)
			}
		}
		if _, err := os.Stat(filepath.Join(g.Build.Context, g.Build.Dockerfile)); err != nil {
			t.Error(err)
		}
	}
	if roles := c.Services["guestflow"].Environment["GUESTFLOW_ROLES"] + "," +
		c.Services["workers"].Environment["GUESTFLOW_ROLES"]; roles != "inbox,schedules,workers" {
		t.Errorf("together they do %s", roles)
	}
	given["grafana_password"] = true
	if len(given) != len(c.Secrets) {
		t.Errorf("secrets %v are defined, and only %v are used", c.Secrets, given)
	}
}

// The folder of the password file is mounted and not the file, which is replaced and not written to.
func TestTheConsoleOfComposeHasALogin(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	for _, name := range []string{"guestflow", "workers"} {
		g := c.Services[name]
		if g.Environment["GUESTFLOW_LISTEN"] != "0.0.0.0:8088" || g.Environment["GUESTFLOW_SESSION_KEY_FILE"] == "" {
			t.Errorf("%s listens on %s, with the session key %q", name, g.Environment["GUESTFLOW_LISTEN"],
				g.Environment["GUESTFLOW_SESSION_KEY_FILE"])
		}
		folder := filepath.Dir(g.Environment["GUESTFLOW_USERS"])
		if !slices.ContainsFunc(g.Volumes,
			func(v string) bool { return strings.HasSuffix(strings.TrimSuffix(v, ":ro"), ":"+folder) }) {
			t.Errorf("%s: nothing is mounted on %s", name, folder)
		}
	}
	if w := c.Services["workers"]; len(w.Ports) > 0 {
		t.Errorf("workers that publish %v cannot be scaled", w.Ports)
	}
	for name, s := range c.Services {
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s can be reached from outside: %s", name, port)
			}
		}
		if s.Image != "guestflow" && !pinned.MatchString(strings.TrimSuffix(s.Image, "-alpine")) {
			t.Errorf("%s is another tomorrow: %s", name, s.Image)
		}
	}
}

func TestPrometheusAndGrafanaOfComposeFindGuestflowAndEachOther(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	for _, name := range []string{"prometheus", "grafana"} {
		s := c.Services[name]
		if !slices.Equal(s.Profiles, []string{"observability"}) || slices.Contains(s.Networks, "store") {
			t.Errorf("%s is of the profiles %v and reaches %v", name, s.Profiles, s.Networks)
		}
		for _, v := range s.Volumes {
			if source, _, _ := strings.Cut(v, ":"); strings.HasPrefix(source, "./") {
				if _, err := os.Stat(source); err != nil {
					t.Error(err)
				}
			}
		}
	}
	var config struct {
		RuleFiles []string `yaml:"rule_files"`
		Scrapes   []struct {
			Job string `yaml:"job_name"`
			DNS []struct {
				Names []string
				Port  int
			} `yaml:"dns_sd_configs"`
		} `yaml:"scrape_configs"`
	}
	parse(t, "prometheus/prometheus.yml", &config)
	scrape := config.Scrapes[0]
	if scrape.Job != "guestflow" || scrape.DNS[0].Port != 8088 ||
		!slices.Equal(config.RuleFiles, []string{"/etc/prometheus/alerts.yml"}) {
		t.Errorf("%+v", config)
	}
	for _, name := range scrape.DNS[0].Names {
		if !slices.Contains(c.Services[name].Networks, "default") {
			t.Errorf("Prometheus cannot reach %s", name)
		}
	}
	promtool(t, "check", "config", "--syntax-only", "prometheus/prometheus.yml")
	var sources struct{ Datasources []struct{ URL string } }
	parse(t, "grafana/provisioning/datasources/prometheus.yaml", &sources)
	var boards struct {
		Providers []struct{ Options struct{ Path string } }
	}
	parse(t, "grafana/provisioning/dashboards/guestflow.yaml", &boards)
	if sources.Datasources[0].URL != "http://prometheus:9090" ||
		!slices.Contains(c.Services["grafana"].Volumes, "./grafana/guestflow.json:"+boards.Providers[0].Options.Path+
			"/guestflow.json:ro") {
		t.Errorf("%+v %+v", sources, boards)
	}
}

// unit is a systemd unit: values by section and key.
type unit map[string]map[string][]string

func readUnit(t *testing.T) unit {
	t.Helper()
	u, section := unit{}, ""
	for n, text := range strings.Split(read(t, "guestflow.service"), "\n") {
		switch key, value, pair := strings.Cut(text, "="); {
		case text == "" || strings.HasPrefix(text, "#"):
		case strings.HasPrefix(text, "["):
			section = strings.Trim(text, "[]")
			u[section] = map[string][]string{}
		case pair && section != "":
			u[section][key] = append(u[section][key], value)
		default:
			t.Fatalf("guestflow.service:%d: %q", n+1, text)
		}
	}
	return u
}

func (u unit) one(t *testing.T, section, key string) string {
	t.Helper()
	if values := u[section][key]; len(values) == 1 {
		return values[0]
	}
	t.Fatalf("guestflow.service: %s of [%s] is %q, want one value", key, section, u[section][key])
	return ""
}

func TestTheUnitIsHardenedAndLetsTheWorkerFinish(t *testing.T) {
	t.Parallel()
	u := readUnit(t)
	for key, want := range map[string]string{
		"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
		"CapabilityBoundingSet": "",
		"User":                  "guestflow", "Restart": "on-failure", "KillMode": "mixed",
		"RestartPreventExitStatus": "2", // cmd/guestflow/exit.go: usage or configuration
	} {
		if got := u.one(t, "Service", key); got != want {
			t.Errorf("%s=%s, want %s", key, got, want)
		}
	}
	stop, err := time.ParseDuration(u.one(t, "Service", "TimeoutStopSec") + "s")
	if err != nil || stop <= worker.DefaultGrace {
		t.Errorf("systemd kills after %s (%v), and the worker may take %s", stop, err, worker.DefaultGrace)
	}
	given := map[string]bool{}
	for _, credential := range u["Service"]["LoadCredential"] {
		name, _, _ := strings.Cut(credential, ":")
		given[name] = true
	}
	for _, pair := range u["Service"]["Environment"] {
		name, value, _ := strings.Cut(pair, "=")
		if file, is := strings.CutPrefix(value, "%d/"); is {
			if !given[file] || !strings.HasSuffix(name, "_FILE") {
				t.Errorf("%s: no such credential is loaded", pair)
			}
			delete(given, file)
		}
	}
	if len(given) > 0 {
		t.Errorf("credentials that are not used: %v", given)
	}
}

// The state and the inbox are the only folders that a service with ProtectSystem=strict may write to.
func TestTheUnitMayWriteWhereItIsToldTo(t *testing.T) {
	t.Parallel()
	u := readUnit(t)
	env := map[string]string{}
	for _, pair := range u["Service"]["Environment"] {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	if want := "/var/lib/" + u.one(t, "Service", "StateDirectory"); env["GUESTFLOW_STATE_DIR"] != want {
		t.Errorf("the state folder is %s, and systemd makes %s", env["GUESTFLOW_STATE_DIR"], want)
	}
	if got := u.one(t, "Service", "ReadWritePaths"); got != env["GUESTFLOW_INBOX"] {
		t.Errorf("the inbox is %s, and the service may write to %s", env["GUESTFLOW_INBOX"], got)
	}
}

// A user who is removed from the console is logged out at once, which a copy made at the start would not know.
func TestTheUnitReadsThePasswordFileWhereItIsWritten(t *testing.T) {
	t.Parallel()
	u := readUnit(t)
	users := ""
	for _, pair := range u["Service"]["Environment"] {
		if file, is := strings.CutPrefix(pair, "GUESTFLOW_USERS="); is {
			users = file
		}
	}
	if !strings.HasPrefix(users, "/etc/guestflow/") ||
		!strings.Contains(read(t, "guestflow.service"), "user add --users "+users) {
		t.Errorf("the password file is %q, and nothing says how it is made", users)
	}
	if slices.Contains(u["Service"]["ReadWritePaths"], filepath.Dir(users)) {
		t.Error("the service may write its own password file")
	}
}

func TestSystemdUnderstandsTheUnitAndFindsItSafe(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("systemd-analyze") // its name
	if err != nil {
		t.Skip("there is no systemd here")
	}
	path := filepath.Join(t.TempDir(), "guestflow.service")
	text := strings.ReplaceAll(read(t, "guestflow.service"), "/usr/local/bin/guestflow", program)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify"}, {"security", "--offline=true", "--threshold=20", "--no-pager"}} { // of 100
		out, err := exec.CommandContext(t.Context(), tool, append(args, path)...).CombinedOutput()
		if err != nil || args[0] == "verify" && strings.Contains(string(out), "guestflow.service") {
			t.Errorf("systemd, %s: %v\n%s", args[0], err, out)
		}
	}
}

// instructions are a Dockerfile's, joined over continued lines.
type instructions [][2]string

func readDockerfile(t *testing.T) instructions {
	t.Helper()
	var list instructions
	lines := bufio.NewScanner(bytes.NewReader([]byte(strings.ReplaceAll(read(t, "Dockerfile"), "\\\n", " "))))
	for lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); text != "" && !strings.HasPrefix(text, "#") {
			name, rest, _ := strings.Cut(text, " ")
			list = append(list, [2]string{name, rest})
		}
	}
	return list
}

// last gives the last instruction of a name: the one that holds for the image.
func (l instructions) last(name string) string {
	for _, i := range slices.Backward(l) {
		if i[0] == name {
			return i[1]
		}
	}
	return ""
}

func execForm(t *testing.T, text string) []string {
	t.Helper()
	var args []string
	if err := yaml.Unmarshal([]byte(text), &args); err != nil || len(args) == 0 {
		t.Fatalf("%q is not a list: a shell would be needed, and there is none", text)
	}
	return args
}

func TestTheImageIsStaticAndRunsWithoutPrivileges(t *testing.T) {
	t.Parallel()
	d := readDockerfile(t)
	if user := d.last("USER"); user == "" || strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
		t.Errorf("the image runs as %q", user)
	}
	if base := d.last("FROM"); !strings.HasPrefix(base, "gcr.io/distroless/static") {
		t.Errorf("the image is based on %s, which has a shell or no CA certificates", base)
	}
	if entry := execForm(t, d.last("ENTRYPOINT")); !strings.Contains(d.last("HEALTHCHECK"),
		`CMD ["`+entry[0]+`", "health"]`) {
		t.Errorf("there is no health check: %s", d.last("HEALTHCHECK"))
	}
	for _, where := range []string{read(t, "Dockerfile"), read(t, "../Makefile")} {
		if !strings.Contains(where, "CGO_ENABLED=0 go build -trimpath -tags timetzdata") {
			t.Error("a build is not static, or without time zones")
		}
	}
	for _, i := range d {
		if i[0] != "COPY" || strings.HasPrefix(i[1], "--from") {
			continue
		}
		sources := strings.Fields(i[1])
		for _, source := range sources[:len(sources)-1] {
			if _, err := os.Stat(filepath.Join("..", source)); err != nil {
				t.Errorf("COPY %s: %v", i[1], err)
			}
		}
	}
}
