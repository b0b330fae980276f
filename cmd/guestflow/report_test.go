package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

// A spreadsheet opens its own kind of CSV in columns, and rejects that are corrected in it come back as guests.
func TestRejectsComeInTheFormOfTheirSource(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.start("running", "run")
	for name, c := range map[string]struct{ source, rejects string }{
		"semicolons of Windows-1252": {
			"First Name;Last Name;Email\nZo\xeb;One;zoe1@guests.example\nZo\xeb;\"Love\"lace;zoe2@guests.example\n",
			"\ufeffguestflow_line;guestflow_reason;First Name;Last Name;Email\n3;BROKEN;Zoë;\"\"\"Love\"\"lace\";zoe2@guests.example\n",
		},
		"commas of Windows-1252 that shows late": {
			"First Name,Last Name,Email\nAda,Two,a2@guests.example\nAda,Love\"lace,a3@guests.example\nZo\xeb,Two,z3@guests.example\n",
			"\ufeffguestflow_line,guestflow_reason,First Name,Last Name,Email\n3,BROKEN,Ada,\"Love\"\"lace\",a3@guests.example\n",
		},
		"plain UTF-8": {
			"First Name,Last Name,Email\nZoë,Three,z4@guests.example\nAda,Love\"lace,a5@guests.example\n",
			"guestflow_line,guestflow_reason,First Name,Last Name,Email\n3,BROKEN,Ada,\"Love\"\"lace\",a5@guests.example\n",
		},
		"tabs with a mark": {
			"\ufeffFirst Name\tLast Name\tEmail\nZoë\tFour\tz6@guests.example\nAda\tLove\"lace\ta7@guests.example\n",
			"\ufeffguestflow_line\tguestflow_reason\tFirst Name\tLast Name\tEmail\n3\tBROKEN\tAda\t\"Love\"\"lace\"\ta7@guests.example\n",
		},
		"what only a line tells": {
			"sep=:\nFirst Name:Last Name:Email\nZoë:Five:z8@guests.example\nAda:Love\"lace:a9@guests.example\n",
			"sep=:\nguestflow_line:guestflow_reason:First Name:Last Name:Email\n4:BROKEN:Ada:\"Love\"\"lace\":a9@guests.example\n",
		},
	} {
		folder := filepath.Join(h.dir, strings.ReplaceAll(name, " ", "-"))
		path := filepath.Join(folder, "list.csv")
		write(t, path, c.source)
		if out, errs, code := h.run("import", path, event, "--wait"); code != exit.Attention {
			t.Fatalf("%s: exit %d\n%s%s", name, code, out, errs)
		}
		if out, errs, code := h.run("report", "--out", folder); code != exit.OK {
			t.Fatalf("%s: exit %d\n%s%s", name, code, out, errs)
		}
		found, _ := filepath.Glob(filepath.Join(folder, "*-rejects.csv"))
		if len(found) != 1 {
			t.Fatalf("%s: rejects %v", name, found)
		}
		got, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		want := strings.SplitN(c.rejects, "BROKEN", 2)
		if !strings.HasPrefix(string(got), want[0]) || !strings.HasSuffix(string(got), want[1]) {
			t.Errorf("%s: rejects\n%s", name, got)
		}
		before := box.Summary().Guests
		write(t, found[0], strings.NewReplacer(`"""Love""lace"`, "Lovelace", `"Love""lace"`, "Lovelace").Replace(string(got)))
		if out, errs, code := h.run("import", found[0], event, "--wait", "--near-misses=new"); code != exit.OK ||
			box.Summary().Guests != before+1 {
			t.Errorf("%s: corrected, exit %d, %d guests after %d\n%s%s", name, code, box.Summary().Guests, before, out, errs)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
