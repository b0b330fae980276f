package worker_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guestflow/importer/emailevent"
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/qflow/webhook"
)

// proxied puts a server between the workers and the sandbox that may answer by itself.
func (f *farm) proxied(answer func(w http.ResponseWriter, r *http.Request, body []byte) bool) {
	f.t.Helper()
	target, err := url.Parse(f.url)
	if err != nil {
		f.t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if answer(w, r, body) {
			return
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		pass.ServeHTTP(w, r)
	}))
	f.t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	f.url = server.URL
}

// tagged counts Qflow's guests by their tags.
func (f *farm) tagged() map[string]int {
	tags := map[string]int{}
	for _, g := range f.sandbox.History().GuestList {
		tags[g.Tags]++
	}
	return tags
}

// A reminder is begun, then its guests are corrected, then the reminder goes out: its content is older.
func TestAnOlderImportNeverUndoesACorrection(t *testing.T) {
	t.Parallel()
	const n = 5
	for name, wait := range map[string]struct{ hold, release func(f *farm, id string) }{
		"a park": {
			hold: func(f *farm, id string) {
				f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == n })
			},
			release: func(f *farm, _ string) { f.adjust(func(s *sandbox.Switches) { s.Trusted = true }) },
		},
		"a pause": {
			hold: func(f *farm, id string) {
				f.must(f.ledger.Pause(f.t.Context(), id))
				f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
			},
			release: func(f *farm, id string) {
				imp, err := f.ledger.Import(f.t.Context(), id)
				f.must(err)
				f.must(f.importer().Resume(f.t.Context(), imp))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			f.work()
			first := file(t, n)
			corrected := retagged(t, first, "NEW")
			f.awaitDone(f.importFile(first, settings("")))
			f.adjust(func(s *sandbox.Switches) { s.Trusted = false })
			reminder := f.importFile(first, settings(template))
			wait.hold(f, reminder)
			if imp := f.awaitDone(f.importFile(corrected, settings(""))); imp.Counts[ledger.Created] != n {
				t.Fatalf("the correction: %s", show(imp.Counts))
			}
			wait.release(f, reminder)
			if imp := f.awaitDone(reminder); imp.Counts[ledger.Accepted] != n {
				t.Fatalf("the reminder: %s", show(imp.Counts))
			}
			if tags := f.tagged(); tags["NEW"] != n {
				t.Fatalf("guests by their tags: %v", tags)
			}
			f.checkBooks(n, n)
		})
	}
}

// An import that comes to nothing may have made its guests all the same. A list that is dropped after it is written,
// and then sent.
func TestACorrectedRowIsWrittenWhateverBecameOfTheOneBefore(t *testing.T) {
	t.Parallel()
	const n = 6
	for name, before := range map[string]func(f *farm, path string){ // a worker is running
		"cancelled after a 403": func(f *farm, path string) {
			f.adjust(func(s *sandbox.Switches) { s.Trusted = false })
			f.cancelled(path, func(i ledger.Import) bool { return i.Counts[ledger.ParkedTried] > 0 && i.Counts.Parked() == n })
			f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
		},
		"cancelled, guests written ahead": func(f *farm, path string) {
			f.adjust(func(s *sandbox.Switches) { s.Trusted = false })
			f.cancelled(path, func(i ledger.Import) bool { return i.Counts.Parked() == n })
			f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
		},
		"cancelled after lost answers": func(f *farm, path string) {
			f.inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.LostAfter})
			f.cancelled(path, func(i ledger.Import) bool { return f.sandbox.Summary().Guests > 0 })
			f.sandbox.ClearFaults()
		},
		"refused after the guest was made": func(f *farm, path string) {
			f.awaitDone(f.importFile(path, settings("77777777-2222-4333-8444-555555555555")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			f.first = strings.Contains(name, "written ahead")
			f.work()
			path := file(t, n)
			before(f, path)
			corrected := retagged(t, path, "NEW")
			id := f.importFile(corrected, settings(template))
			imp := f.awaitDone(id)
			f.checkRows(corrected, id, template)
			if tags := f.tagged(); tags["NEW"] != n {
				t.Fatalf("%s; guests by their tags: %v", show(imp.Counts), tags)
			}
		})
	}
}

func (f *farm) cancelled(path string, when func(ledger.Import) bool) {
	f.t.Helper()
	id := f.importFile(path, settings(template))
	f.await(id, "it may be cancelled", when)
	if _, err := f.ledger.Cancel(f.t.Context(), id); err != nil {
		f.t.Fatal(err)
	}
}

func (f *farm) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// Qflow makes the guest and then refuses its email; a person mends the template and has the rows tried again.
func TestARetryAfterALateRefusalSendsTheEmail(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 409, 422, 451} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) {
				noLimits(s)
				s.TemplateAddedLater,
					s.RepeatAfterTrust = "as_is", "as_is"
			}})
			up := f.url
			var mended atomic.Bool
			f.proxied(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
				if mended.Load() || !strings.HasSuffix(r.URL.Path, "/guest") {
					return false
				}
				f.createWithoutEmail(up, r, body)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, `{"error":"refused","message":"not with this template"}`)
				return true
			})
			f.work()
			path := file(t, 5)
			id := f.importFile(path, settings(template))
			imp := f.awaitDone(id)
			if imp.Counts[ledger.Refused] != 5 || f.sandbox.Summary().Guests != 5 {
				t.Fatalf("%s; %d guests", show(imp.Counts), f.sandbox.Summary().Guests)
			}
			mended.Store(true)
			if _, err := f.importer().Retry(t.Context(), imp, false); err != nil {
				t.Fatal(err)
			}
			f.await(id, "all rows are accepted", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] == 5 })
			f.checkRows(path, id, template)
			f.checkBooks(5, 5)
		})
	}
}

// Qflow makes the guest, and then answers an unknown 403: of the template, as it turns out.
func TestAnUnknown403MayHaveKeptTheGuest(t *testing.T) {
	t.Parallel()
	const n = 4
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) {
		noLimits(s)
		s.TemplateAddedLater,
			s.RepeatAfterTrust = "as_is", "as_is"
	}})
	up := f.url
	var mended atomic.Bool
	f.proxied(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		creates, sends := strings.HasSuffix(r.URL.Path, "/guest"), strings.HasSuffix(r.URL.Path, "/send")
		if mended.Load() || !creates && !sends {
			return false
		}
		if creates {
			f.createWithoutEmail(up, r, body)
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"error":"forbidden"}`)
		return true
	})
	f.work()
	path := file(t, n)
	id := f.importFile(path, settings(template))
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == n })
	mended.Store(true)
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != n {
		t.Errorf("counts %s", show(imp.Counts))
	}
	f.checkRows(path, id, template)
	f.checkBooks(n, n)
}

// An earlier import has made the guests, and Qflow could not send their emails. Then the guest index is lost, and an
// answer as well.
func TestAGuestOfARowWhoseEmailHasFailedProvesNoEmail(t *testing.T) {
	t.Parallel()
	const n = 2
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.work()
	path := file(t, n)
	one := f.awaitDone(f.importFile(path, settings(template)))
	for row := 1; row <= n; row++ {
		_, err := emailevent.For(f.ledger).Record(t.Context(), ledger.Owner{Import: one.ID, Row: row},
			emailevent.Event{Kind: webhook.Failed, At: time.Now(), Delivery: strconv.Itoa(row)})
		f.must(err)
	}
	(&matrix{farm: f}).forget()
	f.inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.Fail500Before})
	again := settings(template)
	again.Again = "2"
	id := f.importFile(path, again)
	f.until("both were called", func() bool {
		tries, err := f.ledger.Tries(t.Context(), id, []int{1, n})
		return err == nil && slices.Min(tries) > 0
	})
	f.sandbox.ClearFaults()
	if two := f.awaitDone(id); two.Counts[ledger.Unknown] != n {
		t.Errorf("counts %s", show(two.Counts))
	}
}

// The import is cancelled while its only row is on its way to /comms/send, and comes back unsent.
func TestARowThatComesBackToACancelledImportIsCancelled(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	var id atomic.Value
	f.proxied(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
		if !strings.HasSuffix(r.URL.Path, "/send") {
			return false
		}
		if _, err := f.ledger.Cancel(r.Context(), id.Load().(string)); err != nil {
			f.t.Error(err)
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"error":"trust_required"}`)
		return true
	})
	id.Store(f.importFile(file(t, 1), settings(template)))
	f.work()
	if imp := f.awaitDone(id.Load().(string)); imp.Counts[ledger.Cancelled] != 1 {
		t.Errorf("counts %s", show(imp.Counts))
	}
}

// createWithoutEmail passes a call on without its template.
func (f *farm) createWithoutEmail(up string, r *http.Request, body []byte) {
	f.t.Helper()
	var guest map[string]any
	f.must(json.Unmarshal(body, &guest))
	delete(guest, "commsTemplateId")
	raw, err := json.Marshal(guest)
	f.must(err)
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, up+r.URL.Path, bytes.NewReader(raw))
	f.must(err)
	req.Header = r.Header.Clone()
	resp, err := http.DefaultClient.Do(req)
	f.must(err)
	f.must(resp.Body.Close())
}

// A 200 that carries a refusal is none.
func TestARefusalInA200IsNotAccepted(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	var verified atomic.Bool
	f.proxied(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
		if verified.Load() || !strings.HasSuffix(r.URL.Path, "/guest") {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"error":"trust_required","message":"verify first"}`)
		return true
	})
	f.work()
	id := f.importFile(file(t, 3), settings(template))
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 3 })
	verified.Store(true)
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 3 {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	f.checkBooks(3, 3)
}

// One of the guests in a bulk call is not among those that the answer lists.
func TestAGuestThatTheAnswerLacksIsNotCalledCreated(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	up := f.url
	f.proxied(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		if !strings.Contains(r.URL.Path, "/guests/") {
			return false
		}
		var all, kept []json.RawMessage
		f.must(json.Unmarshal(body, &all))
		for _, one := range all {
			if !bytes.Contains(one, []byte("ann3@")) {
				kept = append(kept, one)
			}
		}
		raw, err := json.Marshal(append([]json.RawMessage{}, kept...))
		f.must(err)
		req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, up+r.URL.Path, bytes.NewReader(raw))
		f.must(err)
		req.Header = r.Header.Clone()
		resp, err := http.DefaultClient.Do(req)
		f.must(err)
		defer resp.Body.Close()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
		return true
	})
	f.work()
	path := file(t, 8)
	id := f.importFile(path, settings(""))
	imp := f.awaitDone(id)
	if imp.Counts[ledger.Created] != 7 || imp.Counts[ledger.Refused] != 1 {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	why, err := f.ledger.Reasons(t.Context(), id, []int{4})
	if err != nil || why[0].Code != "not_in_answer" {
		t.Fatalf("row 4 because of %+v, %v", why, err)
	}
}

// A gate that has closed and opened four times since an answer was lost looks, in two bits, as if it had never closed.
func TestAGateThatClosedFourTimesIsNotForgotten(t *testing.T) {
	t.Parallel()
	for closings := 1; closings <= 9; closings++ {
		f := newFarm(t, sandbox.Options{Adjust: noLimits})
		id := f.importFile(file(t, 2), settings(template))
		if _, err := f.ledger.Calls.BeginAtomic(t.Context(), id, nil, 1); err != nil {
			t.Fatal(err)
		}
		for range closings {
			for _, change := range []func() (bool, error){
				func() (bool, error) { return f.gates().Close(t.Context(), qflow.GateTrust, "trust_required") },
				func() (bool, error) { return f.gates().Open(t.Context(), qflow.GateTrust) },
			} {
				if done, err := change(); err != nil || !done {
					t.Fatal(done, err)
				}
			}
			if closings > 4 { // and a row is marked when the count is above what two bits hold
				if _, err := f.ledger.Calls.BeginAtomic(t.Context(), id, nil, 2); err != nil {
					t.Fatal(err)
				}
			}
		}
		b, err := f.ledger.Calls.BeginAtomic(t.Context(), id, nil, 1, 2)
		if err != nil || !b.Rows[0].GateClosedSince || b.Rows[1].GateClosedSince != (closings > 4) {
			t.Errorf("after %d closings: %+v, %v", closings, b.Rows, err)
		}
	}
}

// The email of a guest rests in unknown in one import; the next one does not call its own row fine.
func TestAnUnknownEmailIsNotHiddenByALaterImport(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.work()
	path := file(t, 4)
	f.awaitDone(f.importFile(path, settings("")))
	f.inject(sandbox.Fault{Endpoint: sandbox.Send, Kind: sandbox.Fail500Before, Next: 1})
	one := f.awaitDone(f.importFile(path, settings(template)))
	if one.Counts[ledger.Unknown] != 1 {
		t.Fatalf("counts %s", show(one.Counts))
	}
	for _, tags := range []string{"VIP", "NEW"} { // the same content, and other content
		again := settings(template)
		again.Again = tags
		two := f.awaitDone(f.importFile(retagged(t, path, tags), again))
		if two.Counts[ledger.Unknown] != 1 || two.Counts.Attention() != 1 ||
			two.Counts[ledger.Unchanged]+two.Counts[ledger.Created] != 3 {
			t.Fatalf("%s: counts %s", tags, show(two.Counts))
		}
		rows := f.inState(two, ledger.Unknown)
		why, err := f.ledger.Reasons(t.Context(), two.ID, rows)
		if err != nil || why[0].Code != reason.UnknownElsewhere || !strings.Contains(why[0].Text, one.ID) {
			t.Fatalf("because of %+v, %v", why, err)
		}
	}
	f.checkBooks(4, 3)
}

// inState gives the rows of an import that are in a state.
func (f *farm) inState(imp ledger.Import, s ledger.State) (rows []int) {
	f.t.Helper()
	marks, err := f.ledger.RowBytes(f.t.Context(), imp.ID, 1, imp.Rows)
	f.must(err)
	for n, m := range marks {
		if m.State() == s {
			rows = append(rows, n+1)
		}
	}
	return rows
}
