package worker

import (
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// finding is what an answer says of a gate.
type finding uint8

const (
	unclear finding = iota // nothing
	open
	closed
)

// attempt is what a probe's calls for one row came to.
type attempt struct {
	out qflow.Outcome
	job *job
}

// finds returns what the answer shows of a gate. Any answer that took our token and key proves that we may sign in, and
// any clear one of /comms/send that it works. A row that is refused for good says nothing of the account, and a
// connection that is lost nothing at all.
func (t attempt) finds(g qflow.Gate) finding {
	switch kind := t.out.Kind; {
	case g.Kind() == qflow.GateAuth:
		return t.findsAuth()
	case g.Kind() == qflow.GateSend:
		return t.findsSend()
	case kind == qflow.Accepted:
		return open
	case kind == qflow.GateClosed: // perhaps another, that stands in front of this one
		return closed
	}
	return unclear
}

func (t attempt) findsAuth() finding {
	switch kind := t.out.Kind; {
	case isClear(t.out):
		return open
	case kind == qflow.Unauthorized, kind == qflow.KeyRefused, kind == qflow.NoToken && needsOperator(t.out.Cause):
		return closed
	}
	return unclear
}

func (t attempt) findsSend() finding {
	switch {
	case t.job != nil && t.job.sendAnswered():
		return open
	case t.out.Kind == qflow.Ambiguous && t.job.lastWay() == ledger.BySend:
		return closed
	}
	return unclear
}

// speaksOf reports whether the answer ends a probe of a gate. After a row that was refused for good, or was not called
// since an operator has stopped its import or another process has settled it, comes the next one. So it does after a
// 403 that may be about the row's event alone, if there are rows of which that is not known.
func (t attempt) speaksOf(g qflow.Gate) bool {
	if t.out.Kind == qflow.GateClosed {
		return t.out.Gate != qflow.GatePlan || g != qflow.GateTrust && g != qflow.GateComms
	}
	return t.out.Kind != 0 && (t.out.Kind != qflow.Refused || t.finds(g) != unclear)
}

// called returns the event and the template that the last call named.
func (t attempt) called() (event, template string) {
	return part(qflow.GatePlan, t.job, t.job.lastWay()).Part()
}
