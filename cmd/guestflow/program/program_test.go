package program

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/remote"
	"guestflow/qflow/sandbox"
)

// flags returns settings as a command line has them, with nothing from the environment.
func flags(t *testing.T, args ...string) (*config.Settings, config.Daemon) {
	t.Helper()
	var line struct {
		config.Settings
		Run struct{ config.Daemon } `cmd:""`
	}
	parser, err := kong.New(&line)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"run"}, args...)); err != nil {
		t.Fatal(err)
	}
	return &line.Settings, line.Run.Daemon
}

// Promise: the program runs inside a test as in a process of its own, and stops when it is told to.
func TestAProgramStartsImportsAndStopsInProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	box := sandbox.New(sandbox.Options{Adjust: func(s *sandbox.Switches) { s.ZonePerMinute, s.SendPerMinute = 0, 0 }})
	at, err := box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	if err := os.Mkdir(filepath.Join(dir, "inbox"), 0o700); err != nil {
		t.Fatal(err)
	}
	s, d := flags(t, "--redis-url="+redistest.Start(t).URL(), "--api-url="+at, "--state-dir="+dir, "--listen=",
		"--inbox="+dir+"/inbox",
		"--settle=0s", "--expect-every=1h", "--event="+sandbox.Defaults().EventID,
		"--template="+sandbox.Defaults().TemplateID)
	p, err := New(t.Context(), s, d, config.Ways{}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	p.accounts[0].setLook(t, "drops", "", remote.Look{New: ago(2 * time.Hour)})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	list := filepath.Join(dir, "inbox", "guests.csv")
	if err := os.WriteFile(list, []byte("First Name,Email\nAda,ada@guests.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for box.Summary().Emails == 0 {
		select {
		case err := <-ended:
			t.Fatalf("it ended by itself: %v", err)
		case <-t.Context().Done():
			t.Fatal("no email was sent")
		case <-tick.C:
		}
	}
	if drops, err := p.accounts[0].drops().Read(t.Context()); err != nil || time.Since(drops[""].New) > time.Hour {
		t.Errorf("that a list was dropped is not known: %v, %v", drops, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestAProgramWithoutARoleIsRefusedBeforeItOpensAnything(t *testing.T) {
	t.Parallel()
	s, d := flags(t, "--redis-url=redis://127.0.0.1:1")
	d.Roles = nil
	if _, err := New(t.Context(), s, d, config.Ways{}, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("it was made")
	}
}
