package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"guestflow/importer"
	"guestflow/importer/hold"
	"guestflow/importer/spec"
)

// Errors of decisions.
var (
	// ErrImporting says that an item is claimed, or was: what runs is paused or cancelled as an import.
	ErrImporting = errors.New("the item is being imported, or was")

	// ErrChanged says that a file is not what was looked at.
	ErrChanged = errors.New("the file was changed since it was looked at")
)

// OtherError says that an item is to be approved by another operator.
type OtherError struct {
	Brought string // who brought it; empty: unknown
}

func (e *OtherError) Error() string {
	if e.Brought == "" {
		return "it is not known who brought this file, so only a user who has logged in to the console may approve it (approve_by: other)"
	}
	return e.Brought + " has brought this file, so another operator has to approve it (approve_by: other); " +
		"names that may be the same person's count as one"
}

// Decision is how an item that waits is to be imported.
type Decision struct {
	Approval
	Spec   spec.Spec
	Events []string            // of the list, for which profiles may have rules
	Plan   *Plan               // by which it was decided; nil leaves that of the record
	Agree  func(*Record) error // may refuse by the record as it is by now, and may change it; may be nil

	// Begin may begin the import, whose file is at path, while no other process claims it; if it fails, the item waits
	// again. It is not called for an item that waits for its start time, and may be nil.
	Begin func(path string) error
}

// A decision about an item that waits is a rename of its file to the item's next turn, which one process succeeds in,
// and then a record of that turn. A record of another turn than the file's is no decision: its process was killed in
// between, or a slower one has overwritten it. Then nothing starts by itself, and a person has to look again. So of two
// decisions that meet, the later one counts or none.

// retries is how often a hold is tried again that met another decision.
const retries = 5

// errMet says that another decision was faster.
var errMet = fmt.Errorf("another decision about the file was made at the same moment; look at it again: %w",
	ErrNotWaiting)

// unclear is why an item waits whose record is not of its turn.
const unclear = "a decision about it was interrupted, or met another one; look at it again"

// readWaiting returns the record of an item that waits.
func (s *Spool) readWaiting(ctx context.Context, i item) Record {
	r := readRecord(ctx, s.record(waiting, i))
	if r.Turn != i.turn && r.Question == "" {
		r.Approved, r.Gate.Start, r.Gate.Approval = Approval{}, time.Time{}, unclear
	}
	return r
}

// readApproved returns the record of an item that is to be imported, or is: that in processing, unless the one with
// which the item waited is newer. due says whether a start time has come, by which an item may have left waiting.
func (s *Spool) readApproved(ctx context.Context, i item, due func(Gate) bool) Record {
	r := readRecord(ctx, s.record(processing, i))
	if _, err := os.Lstat(s.record(waiting, i)); err != nil {
		return r
	}
	_, gone := os.Lstat(s.record(processing, i))
	waited := readRecord(ctx, s.record(waiting, i))
	if gone == nil && waited.Turn <= r.Turn {
		return r
	}
	if waited.Behind() || waited.Scheduled() && due(waited.Gate) {
		return waited.opened()
	}
	return waited
}

// opened is the record of an item whose start time has come.
func (r Record) opened() Record {
	if r.Plan != nil {
		r.Gate.Opened = r.Plan.SHA256
	}
	r.Gate.Start, r.Gate.Behind = time.Time{}, nil
	return r
}

// Approve has an item imported, at once or when its rules say, in the name of a person. It returns the start time, or
// the zero time. ErrNotWaiting says that the item was approved or discarded before.
func (s *Spool) Approve(ctx context.Context, id string, d Decision) (start time.Time, err error) {
	defer s.lock(id)()
	i, err := s.waits(id)
	if err != nil {
		return start, err
	}
	was := s.readWaiting(ctx, i)
	r := was
	r.Gate.Rules = r.Gate.Rules.For(d.Events)
	if d.Agree != nil {
		if err := d.Agree(&r); err != nil {
			return start, err
		}
	}
	r.Held = s.heldAs(waiting, i) // before it is compared
	if err := s.mayApprove(ctx, i, r, d.Approval); err != nil {
		return start, err
	}
	if err := s.decide(&r, d); err != nil {
		return start, err
	}
	if i, err = s.publish(i, &r); err != nil {
		return start, err
	}
	if !r.Gate.Start.IsZero() {
		return r.Gate.Start, nil
	}
	return start, s.begin(i, r, was, d.Begin)
}

// publish makes a decision about an item that waits, and returns the item at its next turn.
func (s *Spool) publish(i item, r *Record) (item, error) {
	next := i.next()
	if err := os.Rename(s.sub(waiting, i.active()), s.sub(waiting, next.active())); err != nil {
		return i, met(err)
	}
	s.at("it is taken")
	r.Turn = next.turn
	return next, s.keepWaiting(next, *r)
}

// PutLater moves a file of Incoming into the spool as an item that waits: for approval if its record says why, and else
// for the start time that its rules give. It is one that a person has just started.
func (s *Spool) PutLater(path string, r Record) (id string, start time.Time, err error) {
	if r.Gate.Approval == "" {
		if err := s.schedule(&r.Gate, importer.Settings{Spec: *r.Spec}); err != nil {
			return "", start, err
		}
		r.Approved.At = r.Gate.Noted.Wall
	}
	id, err = s.Put(path, r, Waiting)
	return id, r.Gate.Start, err
}

// mayApprove returns why a person may not approve an item, or nil. The file is what was looked at.
func (s *Spool) mayApprove(ctx context.Context, i item, r Record, a Approval) error {
	if r.Gate.Rules.ByOther() && !a.byOther(r.Origin) {
		return &OtherError{Brought: r.Origin.By}
	}
	if a.SHA256 == "" {
		return nil
	}
	path := s.sub(waiting, i.active())
	info, err := os.Lstat(path)
	if err != nil {
		return s.gone(err)
	}
	sum, err := sumOf(ctx, path, info.Size())
	if err == nil && sum != a.SHA256 {
		err = ErrChanged
	}
	return err
}

// byOther reports whether none of a person's names may be one of those of the person who brought a list.
func (a Approval) byOther(o Origin) bool {
	brought, approvers := []string{o.By}, []string{a.By}
	if o.Also != "" {
		brought = append(brought, o.Also)
	}
	if a.Also != "" {
		approvers = append(approvers, a.Also)
	}
	for _, who := range approvers {
		if slices.ContainsFunc(brought, func(by string) bool { return !hold.MayApprove(by, who, a.Login) }) {
			return false
		}
	}
	return true
}

// decide writes a decision into a record.
func (s *Spool) decide(r *Record, d Decision) error {
	d.Approval.At = s.Clock.Wall().UTC()
	r.Spec, r.Question, r.Approved = &d.Spec, "", d.Approval
	if b := r.Gate.Behind; b != nil { // which was named to the person
		r.Ahead = append(r.Ahead, b.key())
	}
	r.Gate = Gate{Rules: r.Gate.Rules}
	if d.Plan != nil {
		r.Plan = d.Plan
	}
	if d.Now {
		return nil
	}
	return s.schedule(&r.Gate, importer.Settings{Spec: d.Spec})
}

// keepWaiting writes the record of an item that goes on waiting.
func (s *Spool) keepWaiting(i item, r Record) error {
	if err := r.write(s.record(waiting, i)); err != nil {
		return fmt.Errorf("write an item's record: %w", err)
	}
	s.at("its decision is written")
	if err := s.explain(i, r); err != nil {
		return err
	}
	_, err := os.Lstat(s.sub(waiting, i.active()))
	if err != nil && (!r.approved() || !s.isOpened(i)) {
		return met(err)
	}
	return nil
}

// isOpened reports whether another process imports an item that was approved, or has. One that was discarded is not there.
func (s *Spool) isOpened(i item) bool {
	found, err := s.Find(context.Background(), i.id) // its records are on the disk
	return err == nil && found.State != Waiting
}

// begin has an item imported that was approved; was is its record before that.
func (s *Spool) begin(i item, r, was Record, begin func(path string) error) error {
	if err := r.write(s.record(processing, i)); err != nil {
		return fmt.Errorf("write an item's record: %w", err)
	}
	approved := item{id: i.id, name: i.name}
	ours := s.sub(processing, approved.next().active())
	if err := os.Rename(s.sub(waiting, i.active()), ours); err != nil {
		if begin == nil && s.isOpened(i) {
			return nil
		}
		return met(err)
	}
	if begin != nil {
		if err := begin(ours); err != nil {
			if back := s.back(i, ours, was); back != nil {
				return errors.Join(err, back)
			}
			return err
		}
	}
	s.at("it is approved")
	s.forgetText(i)
	if err := os.Rename(ours, s.sub(processing, approved.active())); err != nil {
		return fmt.Errorf("release an approved item: %w", err)
	}
	return nil
}

// back has an item wait again as it did before.
func (s *Spool) back(i item, ours string, was Record) error {
	next := i.next()
	was.Turn = next.turn
	if err := was.write(s.record(waiting, next)); err != nil {
		return fmt.Errorf("write the record of an item that waits: %w", err)
	}
	if err := os.Rename(ours, s.sub(waiting, next.active())); err != nil {
		return fmt.Errorf("have an item wait again: %w", err)
	}
	_ = os.Remove(s.record(processing, i))
	return nil
}

// met is what a file that has another name by now means.
func met(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errMet
	}
	return fmt.Errorf("move an item that waits: %w", err)
}

// Hold has an item wait for approval, of which nothing was imported: one that waits for its start time, or that was
// approved and is not claimed yet. ErrImporting says that it is too late.
func (s *Spool) Hold(ctx context.Context, id, who string) error {
	defer s.lock(id)()
	err := errMet
	for n := 0; n < retries && errors.Is(err, errMet); n++ {
		if i, waits := s.waits(id); waits == nil {
			r := s.readWaiting(ctx, i)
			r.hold(who, s.heldAs(waiting, i))
			_, err = s.publish(i, &r)
		} else {
			err = s.holdApproved(ctx, id, who)
		}
	}
	return err
}

func (r *Record) hold(who string, file Held) {
	r.Approved, r.Held = Approval{}, file
	r.Gate = Gate{Rules: r.Gate.Rules, HeldBy: who, Approval: heldBy(who)}
}

// holdApproved takes an item back that no process has claimed yet. Its record is there before it is.
func (s *Spool) holdApproved(ctx context.Context, id, who string) error {
	for _, i := range s.active(processing) {
		if i.id != id || i.turn != 0 {
			continue
		}
		r := s.readApproved(ctx, i, func(Gate) bool { return true })
		r.hold(who, s.heldAs(processing, i))
		r.Turn++
		held := item{id: i.id, name: i.name, turn: r.Turn}
		if err := r.write(s.record(waiting, held)); err != nil {
			return fmt.Errorf("write an item's record: %w", err)
		}
		s.at("its hold is written")
		if err := os.Rename(s.sub(processing, i.active()), s.sub(waiting, held.active())); err != nil {
			return met(err)
		}
		return s.explain(held, r)
	}
	return ErrImporting
}

// heldAs is what the file of an item is now.
func (s *Spool) heldAs(folder string, i item) Held {
	info, err := os.Lstat(s.sub(folder, i.active()))
	if err != nil {
		return Held{} // it has moved this moment, which the caller finds
	}
	return Held{Size: info.Size(), Changed: info.ModTime()}
}

// Discard removes an item that waits, or returns ErrNotWaiting. Of one whose other rows are imported the file stays, as
// that of their import.
func (s *Spool) Discard(id string) error {
	defer s.lock(id)()
	i, err := s.waits(id)
	if err != nil {
		return err
	}
	if r := s.readWaiting(context.Background(), i); r.PartOf() != "" {
		if err := s.putAway(i, r); err != nil {
			return err
		}
	} else if err := os.Remove(s.sub(waiting, i.active())); err != nil {
		return s.gone(err)
	}
	s.forget(i)
	return nil
}
