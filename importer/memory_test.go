package importer_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/spec"
)

// planFor is the variable that makes this binary a process that plans one file and tells its largest resident memory.
const planFor = "GUESTFLOW_PLAN"

func planAndTell(path string) int {
	settings := importer.Settings{Spec: spec.Spec{Account: "main", Event: "ev", Template: "tpl"}}
	for range 2 { // an import reads its file twice
		f, err := os.Open(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		if _, err := importer.Count(f, settings, 50, chunk.Encode); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		_ = f.Close() // only read
	}
	if _, err := importer.MakePlan(context.Background(), path, settings); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return tellResident()
}

// tellResident writes down the most memory that this process had, in kilobytes.
func tellResident() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for line := range strings.Lines(string(status)) {
		if rest, is := strings.CutPrefix(line, "VmHWM:"); is {
			fmt.Println(strings.Fields(rest)[0])
		}
	}
	return 0
}

// Promise: a plan that waits for its answer takes the memory of what it says, not of what has found it.
func TestAPlanKeepsNothingOfWhatFoundItsNamesakes(t *testing.T) { // not beside other tests, whose memory would count
	var list strings.Builder
	list.WriteString("First Name,Last Name,Email\n")
	for i := range 10_000 {
		fmt.Fprintf(&list, "Ann,Holm%c%c,ann%d@guests.example\n", 'a'+i%26, 'a'+i/26%26, i)
	}
	path := write(t, list.String())
	var plans [4]importer.Plan
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what pools keep goes by the second
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for i := range plans {
		plan, err := importer.MakePlan(t.Context(), path, importer.Settings{Spec: spec.Spec{Account: "main", Event: "ev", Template: "tpl"}})
		if plans[i] = plan; err != nil || plan.Namesakes == nil {
			t.Fatalf("the list has no namesakes: %v", err)
		}
	}
	if each := (int64(heap()) - int64(before)) / int64(len(plans)); each > 512<<10 {
		t.Errorf("each of %d plans keeps %d KiB", len(plans), each>>10)
	}
	runtime.KeepAlive(plans)
}

// BenchmarkResidentMemory plans files of three sizes, each in a process of its own, and reports the most memory that it
// had. It is to be the same within a fifth. What guestflow itself takes is measured beside its command. It is no test,
// because it would judge the machine as well.
func BenchmarkResidentMemory(b *testing.B) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.Skip("this system does not tell a process's memory")
	}
	for _, rows := range []int{10_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "guests.csv")
			writeGuests(b, path, rows)
			kilobytes := 0.0
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), os.Args[0])
				cmd.Env = append(os.Environ(), planFor+"="+path)
				cmd.Stderr = os.Stderr
				out, err := cmd.Output()
				if err != nil {
					b.Fatal(err)
				}
				kb, err := strconv.ParseFloat(string(bytes.TrimSpace(out)), 64)
				if err != nil {
					b.Fatal(err)
				}
				kilobytes = max(kilobytes, kb)
			}
			b.ReportMetric(kilobytes/1024, "resident-MB")
		})
	}
}

// writeGuests writes as many as are wanted, a part at a time: this process's own memory must not be what is measured.
func writeGuests(b *testing.B, path string, rows int) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	writeMany(w, rows)
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}
