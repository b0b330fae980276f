package sandbox

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// mailWorkers is how many deliveries run at once: enough to hide a slow receiver, few enough not to overload it.
const mailWorkers = 8

// mailer processes queued emails: it moves invitations to their final state and delivers the webhooks. It has no
// goroutine while there is nothing to do, so a sandbox that sends nothing need not be closed.
type mailer struct {
	sync.Mutex
	s       *Sandbox
	client  *http.Client
	random  *rand.Rand
	queue   []func()
	held    []*invitation
	timers  map[*time.Timer]struct{}
	working int             // goroutines
	pending int             // jobs queued, waiting for a timer or running
	idle    []chan struct{} // closed when pending reaches 0
	stopped bool
	round   int // counts resets; jobs of an earlier round are dropped
	wait    sync.WaitGroup
	context context.Context
	cancel  context.CancelFunc
}

func (p *mailer) open(s *Sandbox) {
	p.s = s
	p.client = s.options.WebhookClient
	if p.client == nil {
		p.client = &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: mailWorkers, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	p.random = rand.New(rand.NewPCG(s.options.Seed, 6)) // deliveries that can be repeated, no secret
	p.timers = map[*time.Timer]struct{}{}
	p.context, p.cancel = context.WithCancel(context.Background())
}

// add queues an email. The store is locked by the caller, so this must not block.
func (p *mailer) add(inv *invitation, sw *Switches) {
	p.Lock()
	defer p.Unlock()
	if sw.MailHeld {
		p.held = append(p.held, inv)
		return
	}
	p.after(time.Duration(sw.MailDelayMS)*time.Millisecond, p.round, func() { p.settle(inv) })
}

// release queues the emails that were held.
func (p *mailer) release() {
	p.Lock()
	defer p.Unlock()
	for _, inv := range p.held {
		p.after(0, p.round, func() { p.settle(inv) })
	}
	p.held = nil
}

// schedule runs a job of the given round after d, by one of the workers.
func (p *mailer) schedule(d time.Duration, round int, job func()) {
	p.Lock()
	defer p.Unlock()
	p.after(d, round, job)
}

// roundNow is to be passed on to jobs that a job schedules.
func (p *mailer) roundNow() int {
	p.Lock()
	defer p.Unlock()
	return p.round
}

// after expects p to be locked, as do ready and finish.
func (p *mailer) after(d time.Duration, round int, job func()) {
	if p.stopped || round != p.round {
		return
	}
	p.pending++
	if d <= 0 {
		p.ready(job)
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(d, func() {
		p.Lock()
		defer p.Unlock()
		if _, live := p.timers[timer]; live {
			delete(p.timers, timer)
			p.ready(job)
		}
	})
	p.timers[timer] = struct{}{}
}

func (p *mailer) ready(job func()) {
	p.queue = append(p.queue, job)
	if p.working < mailWorkers {
		p.working++
		p.wait.Go(p.work)
	}
}

func (p *mailer) work() {
	p.Lock()
	defer p.Unlock()
	for len(p.queue) > 0 {
		job := p.queue[0]
		p.queue = p.queue[1:]
		p.Unlock()
		job()
		p.Lock()
		p.finish(1)
	}
	p.working--
}

func (p *mailer) finish(jobs int) {
	p.pending -= jobs
	if p.pending > 0 {
		return
	}
	p.queue = nil // give the memory of a long queue back
	for _, waiter := range p.idle {
		close(waiter)
	}
	p.idle = nil
}

// Settle waits until every email that is not held has reached its final state and every webhook was accepted or given
// up.
func (s *Sandbox) Settle(ctx context.Context) error {
	p := &s.mailer
	p.Lock()
	if p.pending == 0 {
		p.Unlock()
		return nil
	}
	done := make(chan struct{})
	p.idle = append(p.idle, done)
	p.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// clear forgets all mail that is not being delivered at this moment.
func (p *mailer) clear() {
	p.Lock()
	defer p.Unlock()
	p.round++
	for timer := range p.timers {
		timer.Stop()
	}
	dropped := len(p.queue) + len(p.timers)
	clear(p.timers)
	p.queue, p.held = nil, nil
	p.finish(dropped)
}

func (p *mailer) stop() {
	p.clear()
	p.Lock()
	p.stopped = true
	p.Unlock()
	p.cancel()
	p.wait.Wait()
	p.client.CloseIdleConnections()
}
