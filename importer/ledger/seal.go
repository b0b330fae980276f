package ledger

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"guestflow/tokencache"
)

// SealWith has what the ledger keeps of guests be sealed as tokens are: the rows of chunks, and the texts of reasons that are not our
// own, which may quote a guest. keys is asked before the first of each is written or read, and again after an error. What was written
// unsealed, before there was SealWith or by a ledger without it, is read all the same.
//
// It costs 33 bytes a chunk, and a reason a third and 44 bytes; see BenchmarkSeal for the time.
func (l *Ledger) SealWith(keys func() (tokencache.Keyring, error)) { l.keys = keys }

// sealed seals data that is bound to the key of Redis that it is kept under.
func (l *Ledger) sealed(data []byte, key string) ([]byte, error) {
	if l.keys == nil {
		return data, nil
	}
	ring, err := l.keys()
	if err != nil {
		return nil, fmt.Errorf("seal what is kept of guests: %w", err)
	}
	return ring.SealBytes(data, key), nil
}

// unsealed opens what sealed has sealed.
func (l *Ledger) unsealed(data []byte, key string) ([]byte, error) {
	if !tokencache.IsSealed(data) {
		return data, nil
	}
	var ring tokencache.Keyring
	var err error
	if l.keys != nil {
		ring, err = l.keys()
	}
	if err != nil {
		return nil, fmt.Errorf("open what is kept of guests: %w", err)
	}
	plain, err := ring.OpenBytes(data, key)
	if err != nil {
		return nil, fmt.Errorf("%w; give this process the fleet's token_keys, also those that are no longer the first", err)
	}
	return plain, nil
}

// storedReason is a Reason as Redis keeps it: what is our own, or of a closed set, in clear.
type storedReason struct {
	Reason
	Sealed string `json:"s,omitempty"` // the text, and a code that nobody here knows, in base64
}

// reason encodes a move's reason; "" leaves the one that is there, "-" deletes it. The texts of rejected rows are ours, and quote nothing.
func (l *Ledger) reason(id string, m Move) (string, error) {
	if m.Reason.IsZero() {
		if m.To.Succeeded() {
			return "-", nil
		}
		return "", nil
	}
	stored := storedReason{Reason: m.Reason}
	if l.keys != nil && m.To != Rejected {
		if err := l.sealReason(id, m.To, &stored); err != nil {
			return "", err
		}
	}
	raw, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("encode the reason of row %d: %w", m.Row, err)
	}
	return string(raw), nil
}

func (l *Ledger) sealReason(id string, to State, stored *storedReason) error {
	said := Reason{Text: stored.Text}
	if known := Code(to, stored.Code); known != stored.Code {
		said.Code, stored.Code = stored.Code, known
	}
	stored.Text = ""
	if said.IsZero() {
		return nil
	}
	raw, err := json.Marshal(said)
	if err == nil {
		raw, err = l.sealed(raw, l.reasonsKey(id))
	}
	stored.Sealed = base64.RawStdEncoding.EncodeToString(raw)
	return err
}

// unreadable stands for a text that cannot be opened: all else of a report is worth having.
const unreadable = "(the text is sealed with a key that this process does not have; give it the fleet's token_keys)"

// parseReason reads what reason has encoded, now or before it sealed anything.
func (l *Ledger) parseReason(id, raw string) (Reason, error) {
	var stored storedReason
	if err := json.Unmarshal([]byte(raw), &stored); err != nil {
		return Reason{}, err
	}
	if stored.Sealed == "" {
		return stored.Reason, nil
	}
	box, err := base64.RawStdEncoding.DecodeString(stored.Sealed)
	if err == nil {
		box, err = l.unsealed(box, l.reasonsKey(id))
	}
	var said Reason
	if err == nil {
		err = json.Unmarshal(box, &said)
	}
	if err != nil {
		said.Text = unreadable
	}
	stored.Code, stored.Text = cmp.Or(said.Code, stored.Code), said.Text
	return stored.Reason, nil
}
