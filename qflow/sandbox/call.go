package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// maxBody is far above 200 full guest records and stops a runaway client.
const maxBody = 16 << 20

// call is one request as it passes the gates, with what earlier stages found out for later ones.
type call struct {
	s     *Sandbox
	r     *http.Request
	at    Endpoint
	sw    *Switches
	now   time.Time
	body  *bytes.Buffer
	fault *armed

	account  *account
	pathID   string
	guest    guestInput
	guestErr error
	send     sendInput
	row      *guestRow
	inserted bool
	template *Template
}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (s *Sandbox) open(r *http.Request) *call {
	c := &call{s: s, r: r, sw: s.current(), body: bodies.Get().(*bytes.Buffer)}
	c.at, c.pathID = s.route(r)
	// Read before any gate answers: a server that refuses early must still drain the body to keep the connection.
	_, _ = io.Copy(c.body, io.LimitReader(r.Body, maxBody))
	c.now = s.recorder.arrived(c, s.now)
	return c
}

func (c *call) done() {
	c.body.Reset()
	bodies.Put(c.body)
}

// stage is one gate: it ends the call with an answer, or returns nil to let it pass.
type stage func(*call) *reply

func (c *call) run(stages []stage) *reply {
	for _, pass := range stages {
		if answer := pass(c); answer != nil {
			return answer
		}
	}
	return nil
}

// locked runs stages that must see and change the store in one piece, so that two identical calls at the same moment
// make one row and one email.
func locked(stages ...stage) stage {
	return func(c *call) *reply {
		c.s.store.Lock()
		defer c.s.store.Unlock()
		return c.run(stages)
	}
}

// cut is a way to end a call without a proper reply.
type cut int

const (
	notCut    cut = iota
	cutClosed     // the connection just ends
	cutReset      // the connection is reset
	cutShort      // status and headers arrive, half of the body does not
)

// reply is an answer not yet sent, so that a fault can still replace or swallow it. data is encoded on sending, outside
// of every lock.
type reply struct {
	status int
	header http.Header
	kind   string
	text   string
	data   any
	cut    cut
}

func jsonReply(status int, data any) *reply {
	return &reply{status: status, kind: "application/json; charset=utf-8", data: data}
}

func textReply(status int, kind, text string) *reply {
	return &reply{status: status, kind: kind, text: text}
}

func (a *reply) with(name, value string) *reply {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
	return a
}

// outcome is the reply's name in the history: its status, or "cut" when the client never saw one.
func (a *reply) outcome() string {
	if a.cut != notCut {
		return "cut"
	}
	return strconv.Itoa(a.status)
}

func (a *reply) send(w http.ResponseWriter) {
	if a.cut == cutClosed || a.cut == cutReset {
		hangUp(w, a.cut == cutReset)
		return
	}
	body := a.encode()
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.kind != "" {
		w.Header().Set("Content-Type", a.kind)
	}
	w.WriteHeader(a.status)
	if a.cut == cutShort {
		w.(http.Flusher).Flush()
		_, _ = w.Write(body[:len(body)/2])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler) // net/http's way to end a connection mid-body
	}
	_, _ = w.Write(body)
}

func (a *reply) encode() []byte {
	if a.data == nil {
		return []byte(a.text)
	}
	body, err := json.Marshal(a.data)
	if err != nil {
		panic(err) // only types of this package get here
	}
	return body
}

func hangUp(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // not our server (a recorder, HTTP/2): ending the stream is the nearest thing
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
