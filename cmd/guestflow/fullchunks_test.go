package main

import (
	"fmt"
	"syscall"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// Promise: when workers are killed or frozen while they process full chunks, as they have them without limits, no row is lost and
// each guest gets one email.
func TestFullChunksGoOutOnceThoughWorkersAreKilledAndFrozen(t *testing.T) {
	t.Parallel()
	const rows = 64 * qflow.MaxBulk // shorter lists have shorter chunks
	f := newFleet(t, nil, fast...)
	killed, frozen := f.keep("run", "--listen=127.0.0.1:0"), f.keep("run", "--listen=127.0.0.1:0")
	if out, errs, code := f.run("import", f.file("guests.csv", rows), event, template); code != exit.OK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if all := f.imports(); len(all) != 1 || all[0].Chunk != qflow.MaxBulk {
		t.Fatalf("the chunks are not full: %+v", all)
	}
	emails := func(least int) {
		t.Helper()
		testkit.Eventually(t, fmt.Sprintf("%d emails", least), func() bool {
			s, err := f.admin.Summary(t.Context())
			return err == nil && s.Emails >= least
		})
	}
	emails(rows / 10)
	killed.signal(syscall.SIGKILL)
	emails(rows / 5)
	frozen.signal(syscall.SIGSTOP)
	emails(rows / 2) // by the one that came back
	frozen.signal(syscall.SIGCONT)
	killed.signal(syscall.SIGKILL)
	testkit.Eventually(t, "every row is settled", func() bool { return f.counts()[ledger.Accepted] == rows })
	if s, err := f.admin.Summary(t.Context()); err != nil || s.Guests != rows || s.Emails != rows || s.EmailsMax != 1 {
		t.Errorf("%d guests, %d emails, at most %d for one (%v), want %d", s.Guests, s.Emails, s.EmailsMax, err, rows)
	}
}
