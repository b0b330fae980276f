package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
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
		return "nobody known has brought this file, so only a user who has logged in to the console may approve it (approve_by: other)"
	}
	return e.Brought + " has brought this file, so another operator has to approve it (approve_by: other); " +
		"names that may be the same person's count as one"
}

// Decision is how an item that waits is to be imported.
type Decision struct {
	Approval
	Spec  spec.Spec
	Agree func(*Record) error // may refuse by the record as it is by now, and may change it; may be nil

	// Begin may begin the import, whose file is at path, while no other process claims it; if it fails, the item waits
	// again. It is not called for an item that waits for its start time, and may be nil.
	Begin func(path string) error
}

// Approve has an item imported, at once or when its rules say, in the name of a person. It returns the start time, or
// the zero time. ErrNotWaiting says that the item was approved or discarded before.
func (s *Spool) Approve(ctx context.Context, id string, d Decision) (start time.Time, err error) {
	defer s.lock(id)()
	i, err := s.waits(id)
	if err != nil {
		return start, err
	}
	r := readRecord(ctx, s.record(waiting, i))
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
	if !r.Gate.Start.IsZero() {
		return r.Gate.Start, s.keepWaiting(i, r)
	}
	return start, s.begin(i, r, d.Begin)
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
	if r.Gate.Rules.ByOther() && !hold.MayApprove(r.Origin.By, a.By, a.Login) {
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

// decide writes a decision into a record.
func (s *Spool) decide(r *Record, d Decision) error {
	d.Approval.At = s.Clock.Wall().UTC()
	r.Spec, r.Question, r.Approved = &d.Spec, "", d.Approval
	r.Decisions++
	r.Gate = Gate{Rules: r.Gate.Rules}
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
	if _, err := os.Lstat(s.sub(waiting, i.active())); err != nil {
		return s.gone(err)
	}
	return nil
}

// begin has an item imported that waits.
func (s *Spool) begin(i item, r Record, begin func(path string) error) error {
	if err := r.write(s.record(processing, i)); err != nil {
		return fmt.Errorf("write an item's record: %w", err)
	}
	from, ours, free := s.sub(waiting, i.active()), s.sub(processing, i.next().active()), s.sub(processing, i.active())
	if err := os.Rename(from, ours); err != nil {
		_ = os.Remove(s.record(processing, i))
		return s.gone(err)
	}
	if begin != nil {
		if err := begin(ours); err != nil {
			if back := s.back(i, ours, from); back != nil {
				return errors.Join(err, back)
			}
			return err
		}
	}
	s.at("it is approved")
	s.forget(i)
	if err := os.Rename(ours, free); err != nil {
		return fmt.Errorf("release an approved item: %w", err)
	}
	return nil
}

// back has an item wait again, whose record is still there.
func (s *Spool) back(i item, ours, to string) error {
	if err := os.Rename(ours, to); err != nil {
		return fmt.Errorf("have an item wait again: %w", err)
	}
	_ = os.Remove(s.record(processing, i))
	return nil
}

// Hold has an item wait for approval, of which nothing was imported: one that waits for its start time, or that was
// approved and is not claimed yet. The record is written before the file is looked at, so a process that takes the file
// at the same moment finds it (heldMeanwhile).
func (s *Spool) Hold(ctx context.Context, id, who string) error {
	defer s.lock(id)()
	i, folder, err := s.unclaimed(id)
	if err != nil {
		return err
	}
	r := readRecord(ctx, s.record(folder, i))
	r.Decisions++
	r.Approved = Approval{}
	r.Gate = Gate{Rules: r.Gate.Rules, HeldBy: who, Approval: heldBy(who)}
	r.Held = s.heldAs(folder, i)
	if err := r.write(s.record(waiting, i)); err != nil {
		return fmt.Errorf("write an item's record: %w", err)
	}
	if err := s.explain(i, r); err != nil {
		return err
	}
	s.at("its hold is written")
	if s.backFrom(processing, i) == nil {
		return nil
	}
	if _, err := os.Lstat(s.sub(waiting, i.active())); err != nil {
		return ErrImporting
	}
	return nil
}

// heldAs is what the file of an item is now.
func (s *Spool) heldAs(folder string, i item) Held {
	info, err := os.Lstat(s.sub(folder, i.active()))
	if err != nil {
		return Held{} // it has moved this moment, which the caller finds
	}
	return Held{Size: info.Size(), Changed: info.ModTime()}
}

// backFrom moves an item that is not claimed back to those that wait.
func (s *Spool) backFrom(folder string, i item) error {
	return s.back(i, s.sub(folder, i.active()), s.sub(waiting, i.active()))
}

// unclaimed finds an item of which nothing was imported.
func (s *Spool) unclaimed(id string) (i item, folder string, err error) {
	for _, folder := range []string{waiting, processing} {
		for _, i := range s.active(folder) {
			if i.id == id && i.turn == 0 {
				return i, folder, nil
			}
		}
	}
	return i, "", ErrImporting
}

// Discard removes an item that waits, or returns ErrNotWaiting.
func (s *Spool) Discard(id string) error {
	defer s.lock(id)()
	i, err := s.waits(id)
	if err != nil {
		return err
	}
	if err := os.Remove(s.sub(waiting, i.active())); err != nil {
		return s.gone(err)
	}
	s.forget(i)
	return nil
}

// forgetUnlessHeld removes what lies beside an item that no longer waits, unless a person has held it meanwhile.
func (s *Spool) forgetUnlessHeld(i item, r Record) {
	now := readRecord(context.Background(), s.record(waiting, i))
	if now.Gate.HeldBy == "" || now.Decisions < r.Decisions || now.Decisions == r.Decisions && r.Gate.HeldBy != "" {
		s.forget(i)
	}
}
