package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// BenchmarkResidentMemoryOfTheImportCommand builds guestflow as `make build` does, and has it import files of three
// sizes into a real Redis without workers, until everything is enqueued or the importer holds back. It tells the most
// memory that the process had: its own (anon-MB), and with the pages of the program that were touched (total-MB). The
// total is to be below 48 MB, and that of the longest file within a fifth of the shortest one's. It is no test, because
// it would judge the machine as well.
func BenchmarkResidentMemoryOfTheImportCommand(b *testing.B) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.Skip("this system does not tell a process's memory")
	}
	program := built(b)
	for _, rows := range []int{10_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			path := manyGuests(b, rows)
			box := sandbox.New(sandbox.Options{Adjust: noLimits})
			api, err := box.Listen("127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer box.Close()
			var most resident
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), program, "import", path, event, template)
				cmd.Dir = b.TempDir()
				cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GUESTFLOW_API_URL=" + api,
					"GUESTFLOW_REDIS_URL=" + redistest.Start(b).URL()}
				most.watch(b, cmd)
			}
			b.ReportMetric(most.anon/1024, "anon-MB")
			b.ReportMetric(most.total/1024, "total-MB")
		})
	}
}

// built gives the program as it is shipped: the test binary has other packages in it, and other pages.
func built(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "guestflow")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-tags", "timetzdata", "-ldflags", "-s -w", "-o",
		path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// manyGuests writes a file that is not held in memory.
func manyGuests(b *testing.B, rows int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "guests.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "First Name,Last Name,Email,Tags,Notes")
	for i := range rows {
		fmt.Fprintf(w, "Ada,Lovelace %d,ada.%d@guests.example,VIP,vegetarian\n", i, i)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// resident is the most memory of a process, in kilobytes.
type resident struct{ anon, total float64 }

// watch runs a command until it ends or holds back. The kernel keeps the peak of the total only, so it looks often:
// every 2 ms.
func (r *resident) watch(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	said := &testkit.Log{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	held := false
	for tick := time.NewTicker(2 * time.Millisecond); ; {
		select {
		case err := <-ended:
			if tick.Stop(); err != nil && !held {
				b.Fatalf("%v\n%s", err, said)
			}
			return
		case <-tick.C:
			r.look(cmd.Process.Pid)
		case <-said.More():
			if strings.Contains(said.String(), " waits: ") && !held {
				held = true
				_ = cmd.Process.Signal(syscall.SIGTERM)
			}
		}
	}
}

func (r *resident) look(pid int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return // it has just ended
	}
	for line := range strings.Lines(string(status)) {
		name, rest, _ := strings.Cut(line, ":")
		var into *float64
		switch name {
		case "RssAnon":
			into = &r.anon
		case "VmHWM":
			into = &r.total
		default:
			continue
		}
		if kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64); err == nil {
			*into = max(*into, kb)
		}
	}
}
