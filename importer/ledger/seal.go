package ledger

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"guestflow/importer/reason"
	"guestflow/tokencache"
)

// SealWith has what the ledger keeps of guests be sealed as tokens are: the rows of chunks, and the texts of reasons
// that are not our own, which may quote a guest. keys is asked before the first of each is written or read, and again
// after an error. What was written unsealed, before there was SealWith or by a ledger without it, is read all the
// same.
//
// It costs 33 bytes a chunk, and a reason a third and 44 bytes; see BenchmarkSeal for the time.
func (l *Ledger) SealWith(keys func() (tokencache.Keyring, error)) { l.seal.ring = keys }

// sealer seals what is kept of guests, where there is a keyring.
type sealer struct {
	ring func() (tokencache.Keyring, error)
}

// seal seals data, bound to the key of Redis that it is kept under.
func (s sealer) seal(data []byte, key string) ([]byte, error) {
	if s.ring == nil {
		return data, nil
	}
	ring, err := s.ring()
	if err != nil {
		return nil, fmt.Errorf("seal what is kept of guests: %w", err)
	}
	return ring.SealBytes(data, key), nil
}

// open opens what seal has sealed.
func (s sealer) open(data []byte, key string) ([]byte, error) {
	if !tokencache.IsSealed(data) {
		return data, nil
	}
	var ring tokencache.Keyring
	var err error
	if s.ring != nil {
		ring, err = s.ring()
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

// Seal seals data as what the ledger keeps of guests, bound to the key of Redis that it is kept under: for packages that
// keep something beside it.
func (l *Ledger) Seal(data []byte, key string) ([]byte, error) { return l.seal.seal(data, key) }

// Unseal opens what Seal has sealed; what was never sealed it returns as it is.
func (l *Ledger) Unseal(data []byte, key string) ([]byte, error) { return l.seal.open(data, key) }

// SealedOtherwise reports whether data is not sealed as Seal would seal it now: a sealing key was added, or rotated.
func (l *Ledger) SealedOtherwise(data []byte) bool {
	if l.seal.ring == nil {
		return false
	}
	ring, err := l.seal.ring()
	return err == nil && !ring.Sealed(data)
}

// storedReason is a Reason as Redis keeps it: what is our own, or of a closed set, in clear.
type storedReason struct {
	Reason
	Sealed string `json:"s,omitempty"` // the text, and a code that is not in the set, in base64
}

// encodeReason encodes a move's reason for the hash of that key; "" leaves the one that is there, "-" deletes it. The
// texts of rejected rows are ours, and quote nothing.
func (s sealer) encodeReason(key string, m Move) (string, error) {
	if m.Reason.IsZero() {
		if m.To.Succeeded() {
			return "-", nil
		}
		return "", nil
	}
	stored := storedReason{Reason: m.Reason}
	if s.ring != nil && m.To != Rejected {
		if err := s.sealReason(key, m.To, &stored); err != nil {
			return "", err
		}
	}
	raw, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("encode the reason of row %d: %w", m.Row, err)
	}
	return string(raw), nil
}

func (s sealer) sealReason(key string, to State, stored *storedReason) error {
	said := Reason{Text: stored.Text}
	if known := reason.Public(stored.Code, to == Rejected); known != stored.Code {
		said.Code, stored.Code = stored.Code, known
	}
	stored.Text = ""
	if said.IsZero() {
		return nil
	}
	raw, err := json.Marshal(said)
	if err == nil {
		raw, err = s.seal(raw, key)
	}
	stored.Sealed = base64.RawStdEncoding.EncodeToString(raw)
	return err
}

// unreadable stands for a text that cannot be opened: all else of a report is worth having.
const unreadable = "(the text is sealed with a key that this process does not have; give it the fleet's token_keys)"

// decodeReason reads what encodeReason has encoded, also in a version that sealed nothing.
func (s sealer) decodeReason(key, raw string) (Reason, error) {
	var stored storedReason
	if err := json.Unmarshal([]byte(raw), &stored); err != nil {
		return Reason{}, err
	}
	if stored.Sealed == "" {
		return stored.Reason, nil
	}
	box, err := base64.RawStdEncoding.DecodeString(stored.Sealed)
	if err == nil {
		box, err = s.open(box, key)
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
