package sandbox

import (
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// store is the business state: who owns which events, templates and guests, and what was sent. Its mutex is taken by
// the stages wrapped in locked, and by methods that say so.
type store struct {
	sync.Mutex
	accounts  []*account      // fixed after open
	keys      map[string]bool // fixed after open
	totals    totals
	events    map[string]*event
	templates map[string]*Template
	guests    map[string]*guestRow
	sends     map[pairKey]*pair
	barcodes  map[barcodeKey]string // guest id
}

// totals are kept up with every email, since a summary is asked for while a run goes on and must not walk 100,000 rows.
type totals struct{ emails, emailsMax, guestsEmailed int }

type account struct {
	Credentials
	period   int // of planUsed: months since year 0
	planUsed int
	webhook  *webhook
}

type event struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	StartTime  string `json:"startTime"`
	EndTime    string `json:"endTime"`
	TimeZoneID string `json:"timeZoneId"`
	owner      *account
	guests     []*guestRow // in order of creation
	templates  []*Template
}

type barcodeKey struct{ event, barcode string }

// open creates the accounts. They stay the same objects until the end, so that gates may read them without the lock.
func (s *store) open(accounts []Credentials) {
	s.keys = map[string]bool{}
	for _, credentials := range accounts {
		s.accounts = append(s.accounts, &account{Credentials: credentials})
		s.keys[credentials.SubscriptionKey] = true
	}
}

func (s *store) initialise(now time.Time) {
	s.Lock()
	defer s.Unlock()
	s.events = map[string]*event{}
	s.templates = map[string]*Template{}
	s.guests = map[string]*guestRow{}
	s.sends = map[pairKey]*pair{}
	s.barcodes = map[barcodeKey]string{}
	s.totals = totals{}
	for _, a := range s.accounts {
		a.planUsed, a.webhook = 0, nil
		s.addAccount(a, now)
	}
}

func (s *store) addAccount(a *account, now time.Time) {
	e := &event{
		ID: canonical(a.EventID), Title: "Sandbox Gala", owner: a,
		StartTime: "2030-06-01T18:00:00", EndTime: "2030-06-01T23:00:00", TimeZoneID: "Europe/London",
	}
	s.events[e.ID] = e
	for _, t := range []Template{
		{ID: a.TemplateID, Name: "Invitation", Subject: "You are invited to {{event}}"},
		{ID: a.SecondTemplate, Name: "Reminder", Subject: "See you at {{event}}"},
	} {
		if t.ID == "" {
			continue
		}
		t := &Template{
			ID: canonical(t.ID), EventID: e.ID, Name: t.Name, Subject: t.Subject,
			HTML: "<p>Dear {{firstname}},</p><img src=\"{{barcode_qr}}\">", Created: now.UTC(),
		}
		s.templates[t.ID] = t
		e.templates = append(e.templates, t)
	}
}

func (s *store) knowsKey(key string) bool { return s.keys[key] }

func (s *store) accountOf(client *Credentials) *account {
	for _, a := range s.accounts {
		if &a.Credentials == client {
			return a
		}
	}
	return nil
}

// canonical is the one spelling under which an id is stored; GUIDs compare without case.
func canonical(id string) string { return strings.ToLower(strings.TrimSpace(id)) }

func isGUID(id string) bool {
	_, err := uuid.Parse(id)
	return err == nil && len(id) == len(uuid.Nil.String())
}

// owned is the caller's event or nil: not existing and not owned look the same (docs/qflow-api.md section 7, 404).
func (s *store) owned(id string, by *account) *event {
	e := s.events[canonical(id)]
	if e == nil || e.owner != by {
		return nil
	}
	return e
}

// planLeft is how many guests the account may still add this period, and whether there is a limit at all.
func (a *account) planLeft(limit int, now time.Time) (left int, limited bool) {
	a.turnPeriod(now)
	return limit - a.planUsed, limit > 0
}

// usePlan counts added guests, or gives them back.
func (a *account) usePlan(n int, now time.Time) {
	a.turnPeriod(now)
	a.planUsed += n
}

// turnPeriod starts counting anew each calendar month; the real subscription period starts on the account's own day.
func (a *account) turnPeriod(now time.Time) {
	if period := now.UTC().Year()*12 + int(now.UTC().Month()); period != a.period {
		a.period, a.planUsed = period, 0
	}
}

func (s *store) summary(sum *Summary) {
	s.Lock()
	defer s.Unlock()
	sum.Guests = len(s.guests)
	sum.PlanUsed = s.accounts[0].planUsed
	sum.Emails, sum.EmailsMax, sum.GuestsEmailed = s.totals.emails, s.totals.emailsMax, s.totals.guestsEmailed
}

func (s *store) detail(all *History) {
	s.Lock()
	defer s.Unlock()
	all.GuestList = make([]Guest, 0, len(s.guests))
	for _, row := range s.guests {
		all.GuestList = append(all.GuestList, row.Guest)
	}
	for key, p := range s.sends {
		if p.count == 0 {
			continue
		}
		all.EmailList = append(all.EmailList, Email{
			GuestID: key.guest, TemplateID: key.template, Count: p.count,
			State: p.last.state, InvitationID: p.last.id, CorrelationID: p.last.correlation,
		})
	}
}
