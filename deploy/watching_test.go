package deploy_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"guestflow/cmd/guestflow/monitor"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/importer/remote"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/qflow/webhook"
	"guestflow/tokencache"
	"guestflow/worker/budget"
	"guestflow/worker/delivery"
	"guestflow/worker/gate"
)

// metrics are label values by label by name.
type metrics map[string]map[string][]string

func (m metrics) add(name, label, value string) {
	if m[name] == nil {
		m[name] = map[string][]string{}
	}
	if label != "" && !slices.Contains(m[name][label], value) {
		m[name][label] = append(m[name][label], value)
	}
}

var (
	sample = regexp.MustCompile(`^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$`)
	pair   = regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
)

// take reads what a process shows.
func (m metrics) take(t *testing.T, shown io.Reader) {
	t.Helper()
	for lines := bufio.NewScanner(shown); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		s := sample.FindStringSubmatch(lines.Text())
		if s == nil {
			t.Fatalf("no metric: %s", lines.Text())
		}
		m.add(s[1], "", "")
		for _, p := range pair.FindAllStringSubmatch(s[2], -1) {
			m.add(s[1], p[1], p[2])
		}
	}
}

// knownMetrics are those of a real process that has imported a file behind a closed gate, and of one to which
// everything has happened that it counts.
func knownMetrics(t *testing.T) metrics {
	t.Helper()
	m := metrics{}
	resp := getMetrics(t, running(t))
	defer resp.Body.Close()
	m.take(t, resp.Body)
	for _, name := range []string{"guestflow_workers", "guestflow_queue_tasks",
		"guestflow_gate_closed_since_timestamp_seconds", "guestflow_rows_moved_total", "process_open_fds"} {
		if m[name] == nil {
			t.Fatalf("the process does not show %s", name)
		}
	}
	eventful(t, m)
	for _, label := range []string{"job", "instance"} { // Prometheus' own
		for name := range m {
			m.add(name, label, "guestflow")
		}
		m.add("up", label, "guestflow")
	}
	return m
}

// eventful lets everything happen once.
func eventful(t *testing.T, m metrics) {
	t.Helper()
	c := monitor.NewMetrics()
	for _, s := range ledger.AllStates() {
		c.Ledger("main").Moved(s, "", 1)
	}
	for _, g := range qflow.Gates {
		for _, is := range []bool{true, false} {
			c.Worker("main").GateChanged(g, is)
			c.Worker("main").Probed(g, is)
		}
	}
	for k := qflow.Accepted; k <= qflow.NoToken; k++ {
		_, done := c.Calls("main")(t.Context(), qflow.EndpointSend)
		done(qflow.Outcome{Kind: k})
	}
	for _, s := range []budget.Scope{budget.API, budget.Email} {
		c.Waited("main")(s, time.Second)
	}
	for _, why := range webhook.Refusals() {
		c.Webhooks("main").Refused(why)
	}
	for _, kind := range webhook.Kinds() {
		for _, fate := range delivery.Results() {
			c.Webhooks("main").Accepted(kind, fate)
		}
	}
	for _, r := range []tokencache.Result{
		tokencache.ResultRenewed, tokencache.ResultLost, tokencache.ResultUnsent, tokencache.ResultDenied,
		tokencache.ResultUnclear,
	} {
		c.Tokens().Renewed(tokencache.GrantRefresh, r, time.Second)
	}
	shown := httptest.NewRecorder()
	c.Handler().ServeHTTP(shown, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	m.take(t, shown.Body)
}

// running starts a process that has imported a file, with a gate that is closed, and returns its address.
func running(t *testing.T) string {
	t.Helper()
	redis := redistest.Start(t)
	client := redistest.Connect(t, redis)
	books, err := ledger.For(client, "sandbox")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gate.New(client, books.Prefix(), nil).Close(t.Context(), qflow.GateTrust, "trust_required"); err != nil {
		t.Fatal(err)
	}
	if err := remote.NewLooks(client, books.Prefix()).Note(t.Context(), "gala", 1, nil); err != nil {
		t.Fatal(err)
	}
	inbox := t.TempDir()
	if err := os.WriteFile(filepath.Join(inbox, "list.csv"),
		[]byte("First name,Last name,Email\nAnn,Lee,ann@example.com\nBo,Ray,nope\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := testkit.NewShell(t, program, "GUESTFLOW_WHILE_UNTRUSTED=create").Start("run", "--inbox", inbox, "--settle",
		"10ms", "--listen", "127.0.0.1:0",
		"--redis-url", redis.URL(), "--event", sandbox.Defaults().EventID)
	p.WaitFor(`msg="import finished"`)
	return p.Console()
}

func getMetrics(t *testing.T, address string) *http.Response {
	t.Helper()
	for _, path := range []string{"/readyz", "/metrics"} {
		resp, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		if path == "/metrics" {
			return resp
		}
		resp.Body.Close()
	}
	return nil
}

// query is an expression in PromQL and where it stands.
type query struct{ where, expr, legend string }

// board is what of the dashboard is looked at.
type board struct {
	UID        string
	Templating struct {
		List []struct {
			Name, Type, Definition string
		}
	}
	Annotations struct {
		List []struct{ Name, Expr, TitleFormat string }
	}
	Panels []panel
}

type panel struct {
	ID          int
	Type, Title string
	Description string
	GridPos     struct{ X, Y, W, H int }
	Datasource  struct{ UID string }
	Targets     []struct{ Expr, LegendFormat string }
}

func readBoard(t *testing.T) board {
	t.Helper()
	var b board
	if err := json.Unmarshal([]byte(read(t, "grafana/guestflow.json")), &b); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b board) queries() (list []query) {
	for _, p := range b.Panels {
		for _, target := range p.Targets {
			list = append(list, query{"panel " + p.Title, target.Expr, target.LegendFormat})
		}
	}
	for _, a := range b.Annotations.List {
		list = append(list, query{"annotation " + a.Name, a.Expr, a.TitleFormat})
	}
	return list
}

type alert struct {
	Alert, Expr string
	For         string
	Labels      struct{ Severity string }
	Annotations struct{ Summary, Description string }
}

type ruleFile struct {
	Groups []struct {
		Name  string
		Rules []alert
	}
}

func readAlerts(t *testing.T) (list []alert) {
	t.Helper()
	var f ruleFile
	d := yaml.NewDecoder(strings.NewReader(read(t, "prometheus/alerts.yml")))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}
	for _, g := range f.Groups {
		list = append(list, g.Rules...)
	}
	return list
}

func queries(t *testing.T) []query {
	t.Helper()
	list := readBoard(t).queries()
	for _, a := range readAlerts(t) {
		legend := regexp.MustCompile(`\$labels\.(\w+)`).ReplaceAllString(a.Annotations.Summary+a.Annotations.Description,
			"{{$1}}")
		list = append(list, query{"alert " + a.Alert, a.Expr, legend})
	}
	return list
}

// grafana's variables, as Prometheus would see them.
var grafana = strings.NewReplacer("$__rate_interval", "5m", "$__range", "6h", "$account", "main")

// selector is a metric in an expression, with what it is narrowed down by.
type selector struct {
	metric   string
	matchers [][3]string // label, operator, value
}

var (
	token    = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[a-zA-Z_:][\w:]*|\d[\w.]*|[=!]~|!=|==|[<>]=?|\S`)
	word     = regexp.MustCompile(`^[a-zA-Z_:][\w:]*$`)
	operator = []string{"and", "or", "unless", "offset", "bool"}
	grouping = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}
)

// dissect finds the metrics and the labels of an expression. Whether it is one at all is for promtool to say.
func dissect(expr string) (selectors []selector, labels []string) {
	tokens := token.FindAllString(expr, -1)
	next := func(i int) string {
		if i+1 < len(tokens) {
			return tokens[i+1]
		}
		return ""
	}
	for i := 0; i < len(tokens); i++ {
		at := tokens[i]
		switch {
		case slices.Contains(grouping, at):
			for i++; i < len(tokens) && tokens[i] != ")"; i++ {
				if word.MatchString(tokens[i]) {
					labels = append(labels, tokens[i])
				}
			}
		case !word.MatchString(at), slices.Contains(operator, at), next(i) == "(", slices.Contains(grouping, next(i)):
		default:
			s := selector{metric: at}
			if next(i) == "{" {
				for i++; i+3 < len(tokens) && tokens[i] != "}"; i += 4 {
					value := strings.Trim(tokens[i+3], `"`)
					s.matchers = append(s.matchers, [3]string{tokens[i+1], tokens[i+2], value})
				}
			}
			selectors = append(selectors, s)
		}
	}
	return selectors, labels
}

func TestDashboardAndAlertsNameOnlyMetricsAndLabelsThatExist(t *testing.T) {
	t.Parallel()
	m, used := knownMetrics(t), map[string]bool{}
	list := queries(t)
	for _, q := range list {
		selectors, labels := dissect(grafana.Replace(q.expr))
		if len(selectors) == 0 {
			t.Errorf("%s asks for nothing: %s", q.where, q.expr)
		}
		has := map[string]bool{"le": true}
		for _, s := range selectors {
			used[s.metric] = true
			if m[s.metric] == nil {
				t.Errorf("%s: there is no metric %s", q.where, s.metric)
				continue
			}
			for label := range m[s.metric] {
				has[label] = true
			}
			for _, wrong := range m.misfits(s) {
				t.Errorf("%s: %s", q.where, wrong)
			}
		}
		for _, l := range regexp.MustCompile(`\{\{ ?(\w+) ?\}\}`).FindAllStringSubmatch(q.legend, -1) {
			if l[1] != "else" && l[1] != "end" {
				labels = append(labels, l[1])
			}
		}
		for _, label := range labels {
			if !has[label] {
				t.Errorf("%s: none of its metrics has the label %s: %s", q.where, label, q.expr)
			}
		}
	}
	if len(list) < 50 || len(used) < 30 {
		t.Fatalf("only %d queries of %d metrics were found", len(list), len(used))
	}
	// What is measured must be shown or alerted on somewhere.
	for name := range m {
		family := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if strings.HasPrefix(name, "guestflow_") && !used[name] && !used[family+"_bucket"] && !used[family] &&
			!slices.Contains(unused, name) {
			t.Errorf("%s is in no panel and no alert", name)
		}
	}
}

// unused are metrics that the dashboard leaves to others: the gates' state says the same as their changes.
var unused = []string{"guestflow_gate_changes_total"}

// free are labels whose values are not ours to know.
var free = []string{"account", "egress", "instance", "code"}

// misfits are the matchers that no series can meet.
func (m metrics) misfits(s selector) (wrong []string) {
	for _, is := range s.matchers {
		label, value := is[0], is[2]
		values, exists := m[s.metric][label]
		if !exists {
			wrong = append(wrong, fmt.Sprintf("%s has no label %s", s.metric, label))
			continue
		}
		wanted := []string{value}
		if strings.HasSuffix(is[1], "~") && regexp.MustCompile(`^[\w|-]+$`).MatchString(value) {
			wanted = strings.Split(value, "|")
		}
		for _, w := range wanted {
			fits := regexp.MustCompile("^(?:" + w + ")$").MatchString
			if !slices.Contains(free, label) && !slices.ContainsFunc(values, fits) {
				wrong = append(wrong, fmt.Sprintf("%s of %s is never %s, only one of %v", label, s.metric, w, values))
			}
		}
	}
	return wrong
}

func TestEachAlertSaysWhatHappenedAndWhatToDo(t *testing.T) {
	t.Parallel()
	names, commands := map[string]bool{}, realLine(t).commands
	for _, a := range readAlerts(t) {
		if names[a.Alert] || !strings.HasPrefix(a.Alert, "Guestflow") {
			t.Errorf("%s: its name is taken, or not ours", a.Alert)
		}
		names[a.Alert] = true
		if a.Labels.Severity != "page" && a.Labels.Severity != "ticket" {
			t.Errorf("%s: its severity is %q", a.Alert, a.Labels.Severity)
		}
		if len(a.Annotations.Summary) < 20 || len(a.Annotations.Description) < 80 {
			t.Errorf("%s does not say what to do", a.Alert)
		}
		for _, c := range regexp.MustCompile(`guestflow ([a-z]+)`).FindAllStringSubmatch(a.Annotations.Description, -1) {
			if !slices.Contains(commands, c[1]) && c[0] != "systemctl status guestflow" {
				t.Errorf("%s: there is no command %q", a.Alert, c[0])
			}
		}
		for _, n := range regexp.MustCompile(`Guestflow\w+`).FindAllString(a.Annotations.Description, -1) {
			if !strings.Contains(read(t, "prometheus/alerts.yml"), "alert: "+n+"\n") {
				t.Errorf("%s sends people to %s, which there is not", a.Alert, n)
			}
		}
		if !strings.Contains(read(t, "prometheus/alerts_test.yml"), "alertname: "+a.Alert+"\n") {
			t.Errorf("%s is not tested in alerts_test.yml", a.Alert)
		}
	}
	if len(names) < 15 {
		t.Fatalf("only %d alerts were found", len(names))
	}
}

// promtool runs Prometheus' own checker.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	tool, err := filepath.Abs("../bin/promtool")
	if _, missing := os.Stat(tool); err != nil || missing != nil {
		if tool, err = exec.LookPath("promtool"); err != nil {
			t.Fatal("promtool is missing ('make test' installs it where it can)")
		}
	}
	if out, err := exec.CommandContext(t.Context(), tool, args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// promtool compares all annotations of an alert. A description that is the same each time is left out, so that the test
// need not repeat it.
func TestAlertsFireWhenTheyShould(t *testing.T) {
	t.Parallel()
	plain := regexp.MustCompile(`(?m)^          description: >-\n((?:            .*\n)+)`)
	rules := plain.ReplaceAllStringFunc(read(t, "prometheus/alerts.yml"), func(d string) string {
		if strings.Contains(d, "{{") {
			return d
		}
		return ""
	})
	dir := t.TempDir()
	for name, text := range map[string]string{"alerts.yml": rules,
		"alerts_test.yml": read(t, "prometheus/alerts_test.yml")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	promtool(t, "check", "rules", "prometheus/alerts.yml")
	promtool(t, "test", "rules", filepath.Join(dir, "alerts_test.yml"))
}

func TestPrometheusUnderstandsEveryQueryOfTheDashboard(t *testing.T) {
	t.Parallel()
	type rule struct {
		Record string `yaml:"record"`
		Expr   string `yaml:"expr"`
	}
	var rules []rule
	for i, q := range readBoard(t).queries() {
		rules = append(rules, rule{fmt.Sprintf("query:%d", i), grafana.Replace(q.expr)})
	}
	text, err := yaml.Marshal(map[string]any{"groups": []map[string]any{{"name": "dashboard", "rules": rules}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", path)
}

func TestThePanelsOfTheDashboardDoNotOverlap(t *testing.T) {
	t.Parallel()
	b := readBoard(t)
	taken, ids := map[[2]int]string{}, map[int]bool{}
	for _, p := range b.Panels {
		if ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 || p.GridPos.H == 0 {
			t.Errorf("%s has another's id, or does not fit: %+v", p.Title, p.GridPos)
		}
		ids[p.ID] = true
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if taken[at] != "" {
					t.Fatalf("%s lies on %s", p.Title, taken[at])
				}
				taken[at] = p.Title
			}
		}
		if p.Type != "row" && (p.Description == "" || len(p.Targets) == 0 || p.Datasource.UID != "${datasource}") {
			t.Errorf("%s explains nothing, asks for nothing, or asks a Prometheus of its own", p.Title)
		}
	}
	var variables []string
	for _, v := range b.Templating.List {
		variables = append(variables, v.Name)
	}
	if !slices.Equal(variables, []string{"datasource", "account"}) || len(b.Panels) < 30 {
		t.Errorf("%d panels with the variables %v", len(b.Panels), variables)
	}
}
