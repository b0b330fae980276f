package ledger

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"strings"

	"github.com/google/uuid"
)

// CorrelationID names one row's email to Qflow, which echoes it in webhooks (docs/qflow-api.md section 5.2) and in the
// guest's record. It is a version 8 UUID (RFC 9562 section 5.8) that holds the import and the row themselves, so that a
// webhook finds its row without a table of emails sent: import id (40 bits), row (32 bits), a check over both and the
// account (26 bits), and the import's salt (24 bits). The salt is drawn when an import begins: an import's id comes
// from its file, so that after a loss of Redis the same file has the same id again, and a record that comes back must
// not be taken for one that the new import has made. All attempts at a row have the same id, since Qflow says of a
// repeat only that an identical one is safe.
func (i Import) CorrelationID(row int) uuid.UUID {
	return NewCorrelationID(i.Account, i.ID, i.Salt, row)
}

// CorrelationID is that of an import without a salt, as earlier versions began them: in its place it has more of the
// check.
func CorrelationID(account, importID string, row int) uuid.UUID {
	return NewCorrelationID(account, importID, "", row)
}

// saltBytes stand at the end.
const saltBytes = 3

func newSalt() string {
	var salt [saltBytes]byte
	_, _ = rand.Read(salt[:]) // it never fails
	return hex.EncodeToString(salt[:])
}

// NewCorrelationID is an id by its parts.
func NewCorrelationID(account, importID, salt string, row int) uuid.UUID {
	var u uuid.UUID
	raw, err := base32.StdEncoding.DecodeString(strings.ToUpper(importID))
	if err != nil || len(raw) != 5 {
		raw = make([]byte, 5) // an id that is not ours cannot be echoed to us either
	}
	copy(u[0:5], raw)
	check := correlationCheck(account, importID, row)
	var r [4]byte
	binary.BigEndian.PutUint32(r[:], uint32(row)) // rows fit 32 bits; the ledger stores them so
	u[5], u[6], u[7], u[9], u[10], u[11] = r[0], 0x80|check[0]>>4, r[1], r[2], r[3], check[1]
	u[8] = 0x80 | check[0]&0x3f
	copy(u[12:], check[2:6])
	if raw, err := hex.DecodeString(salt); err == nil && len(raw) == saltBytes {
		copy(u[len(u)-saltBytes:], raw)
	}
	return u
}

// RowAttr names a row in a log line, in the same way everywhere: by the id that Qflow echoes, under which all lines
// about the row are found, and by what that id holds, for people.
func RowAttr(account, importID, salt string, row int) slog.Attr {
	return slog.Attr{Value: slog.GroupValue( // without a name, so that its parts stand beside the others
		slog.String("import", importID), slog.Int("row", row),
		slog.String("correlation_id", NewCorrelationID(account, importID, salt, row).String()))}
}

// Owner is a row that owns something, such as a guest or its email.
type Owner struct {
	Import string
	Row    int
}

// ParseCorrelationID finds the row that an echoed id names, if it is one of this account's.
func ParseCorrelationID(account, s string) (Owner, bool) {
	u, err := uuid.Parse(s)
	if err != nil {
		return Owner{}, false
	}
	o := Owner{
		Import: strings.ToLower(base32.StdEncoding.EncodeToString(u[0:5])),
		Row:    int(binary.BigEndian.Uint32([]byte{u[5], u[7], u[9], u[10]})),
	}
	want := CorrelationID(account, o.Import, o.Row)
	return o, bytes.Equal(u[:len(u)-saltBytes], want[:len(want)-saltBytes])
}

func correlationCheck(account, importID string, row int) [sha256.Size]byte {
	text := []byte(account + "\x00" + importID + "\x00")
	return sha256.Sum256(binary.BigEndian.AppendUint64(text, uint64(row))) // not negative
}
