package topology

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// documented finds in docs/redis.md the rights that a user of Redis needs.
var documented = regexp.MustCompile(`ACL SETUSER guestflow on >PASSWORD (.*)`)

// user makes the user that the docs describe, on every node.
func user(t *testing.T, c *redistest.ClusterNodes, password string) {
	t.Helper()
	text, err := os.ReadFile("../../../../docs/redis.md")
	if err != nil {
		t.Fatal(err)
	}
	rights := documented.FindSubmatch(text)
	if rights == nil {
		t.Fatal("docs/redis.md does not say which rights a user needs")
	}
	command := []any{"ACL", "SETUSER", "guestflow", "on", ">" + password}
	for _, r := range strings.Fields(string(rights[1])) {
		command = append(command, r)
	}
	for _, n := range c.Nodes {
		client := redistest.Connect(t, n)
		if err := client.Do(t.Context(), command...).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// refused are the errors of a command whose keys are on two nodes, or that went to the wrong one, or that is not
// allowed.
var refused = regexp.MustCompile(`CROSSSLOT|MOVED|same slot|NOPERM|NOSCRIPT|different nodes`)

func TestEveryCommandWorksOnAClusterWithTheRightsOfTheDocs(t *testing.T) {
	c := redistest.Cluster(t, 3, 0)
	user(t, c, "s3cret")
	s := newSite(t, strings.Replace(c.URL(), "://", "://guestflow@", 1))
	s.write("password", "s3cret\n")
	s.Env = append(s.Env, "GUESTFLOW_REDIS_PASSWORD_FILE="+filepath.Join(s.Dir, "password"))
	s.write("guestflow.yaml",
		"profiles:\n  gala:\n    source: "+s.Dir+"/in\n    cron: '0 3 1 1 *'\n    timezone: UTC\n    "+
			strings.Replace(strings.TrimPrefix(event, "--"), "=", ": ", 1)+"\n")
	for _, folder := range []string{"in", "drop"} {
		if err := os.Mkdir(filepath.Join(s.Dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	daemon := s.Start("run", "--listen=127.0.0.1:0", "--inbox=drop", "--settle=100ms", event, template)
	at := daemon.Console()

	s.adjust(func(sw *sandbox.Switches) { sw.Trusted = false })
	s.Must("import", s.file("parked", 300), event, template)
	var first testkit.Import
	testkit.Eventually(t, "rows are parked", func() bool {
		var err error
		first, err = s.status("")
		return err == nil && first.Counts["parked"]+first.Counts["parked-tried"] >= 280
	})
	s.Must("import", s.file("unwanted", 30), event, template)
	unwanted, err := s.status("")
	if err != nil {
		t.Fatal(err)
	}
	output := s.each([][]string{
		{"cancel", unwanted.ID, "--yes"}, {"status"}, {"imports"}, {"parked"}, {"gate", "show"}, {"gate", "probe", "trust"},
		{"pause", first.ID}, {"resume", first.ID},
		{"limits", "show"}, {"limits", "set", "--rate-per-minute=90000"}, {"limits", "reset"}, {"token", "renew"},
		{"token", "show"},
		{"schedules", "list"}, {"schedules", "run", "gala"}, {"top", "--times=1"}, {"doctor"},
		{"report", first.ID}, {"status", first.ID, "--watch", "--times=1"},
	})
	found, _ := s.doctor()
	for _, check := range []string{"store", "cluster", "memory", "eviction", "persistence", "clock"} {
		want(t, found, check, "ok", "") // what it asks for is among the rights
	}
	for _, page := range []string{
		"/a/sandbox/", "/a/sandbox/imports", "/a/sandbox/imports/" + first.ID, "/readyz", "/metrics", "/asynqmon/api/queues",
		"/asynqmon/api/redis_info", "/asynqmon/api/servers",
		"/asynqmon/api/scheduler_entries", "/asynqmon/api/queue_stats",
		"/asynqmon/api/queues/parked:sandbox:trust/pending_tasks",
	} {
		text := s.get(at + page)
		output += text
	}
	output += s.each([][]string{
		{"webhook", "register", at + "/webhooks/qflow"}, {"webhook", "show"}, {"webhook", "test"}, {"webhook", "rotate"},
		{"webhook", "delete"},
	})
	s.adjust(func(sw *sandbox.Switches) { sw.Trusted = true })
	s.Must("gate", "open", "trust")
	s.settled(first.ID)

	list := s.file("long", 2000)
	s.Must("import", list, event, template)
	s.settled("")
	output += s.each([][]string{{"retry", first.ID}, {"token", "forget"}})
	if err := os.Rename(s.file("dropped", 50), filepath.Join(s.Dir, "drop", "dropped.csv")); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the dropped file is imported",
		func() bool { return strings.Contains(s.Must("imports"), "dropped") })
	s.settled("")
	for _, text := range []string{output, daemon.String()} {
		if word := refused.FindString(text); word != "" {
			t.Errorf("%s in:\n%s", word, text)
		}
	}
}

func (s *site) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) adjust(change func(*sandbox.Switches)) {
	s.t.Helper()
	if err := s.box.Adjust(change); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) get(address string) string {
	s.t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Errorf("%s: %d, %v\n%s", address, resp.StatusCode, err, body)
	}
	return string(body)
}

// each runs commands that must succeed, and returns their output.
func (s *site) each(commands [][]string) (output string) {
	s.t.Helper()
	const attention = 7
	for _, args := range commands {
		out, errs, code := s.Run(args...)
		if code != 0 && code != attention {
			s.t.Errorf("%v: exit %d\n%s%s", args, code, out, errs)
		}
		output += out + errs
	}
	return output
}

// settled waits until an import is finished, and compares it with the sandbox's history; "" is the newest.
func (s *site) settled(id string) {
	s.t.Helper()
	var i testkit.Import
	testkit.Eventually(s.t, "every row is settled", func() bool {
		var err error
		i, err = s.status(id)
		return err == nil && i.Finished != nil
	})
	s.judge(i, map[string]int{})
}
