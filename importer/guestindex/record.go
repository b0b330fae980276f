package guestindex

import (
	"bytes"
	"crypto/sha1" // as Redis' scripts have it; nothing here is a secret
	"crypto/sha256"
	"encoding/binary"

	"github.com/google/uuid"

	"guestflow/importer/ledger"
)

// A record of the index, as claim.lua describes it: its existence, a hash of the content, the owner, then for each
// email a hash of the template and the owner.
type record []byte

const (
	ownerSize    = 8 + 4 // import id and row
	templateSize = 4
	recordHead   = 1 + 8 + ownerSize
	emailSize    = templateSize + ownerSize
)

// What a record's first byte says of the guest, with the names that the script has for them.
const (
	absent     = byte('0') // not there before its owner
	maybeThere = byte('1') // may have been there before its owner
	asWanted   = byte('2') // is there as its owner wants it
	alias      = byte('>') // no record, but the id of the guest that this one was said to be
)

// alias returns the guest that this one was said to be.
func (r record) alias() (uuid.UUID, bool) {
	if len(r) != 1+len(uuid.UUID{}) || r[0] != alias {
		return uuid.UUID{}, false
	}
	return uuid.UUID(r[1:]), true
}

func (r record) owner() ledger.Owner {
	if len(r) < recordHead {
		return ledger.Owner{}
	}
	return ownerOf(r[recordHead-ownerSize : recordHead])
}

func (r record) emailOwner(template string) (ledger.Owner, bool) {
	if len(r) < recordHead+emailSize {
		return ledger.Owner{}, false
	}
	if template == "" {
		return r.onlyEmailOwner()
	}
	return r.ownerOf(templateHash(template))
}

// onlyEmailOwner returns the row that owns all emails: one that was sent again to a guest who had not had it is two.
func (r record) onlyEmailOwner() (ledger.Owner, bool) {
	owner := ownerOf(r[recordHead+templateSize:])
	for emails := r[recordHead:]; len(emails) >= emailSize; emails = emails[emailSize:] {
		if ownerOf(emails[templateSize:emailSize]) != owner {
			return ledger.Owner{}, false
		}
	}
	return owner, true
}

// ownerOf returns the owner of the email whose template has this hash.
func (r record) ownerOf(hash [templateSize]byte) (ledger.Owner, bool) {
	if len(r) < recordHead {
		return ledger.Owner{}, false
	}
	emails := r[recordHead:]
	for ; len(emails) >= emailSize; emails = emails[emailSize:] {
		if bytes.Equal(emails[:templateSize], hash[:]) {
			return ownerOf(emails[templateSize:emailSize]), true
		}
	}
	return ledger.Owner{}, false
}

// rows returns the row that owns the guest, and those that own his emails.
func (r record) rows() (owners []ledger.Owner) {
	if len(r) < recordHead {
		return nil
	}
	owners = append(owners, r.owner())
	for emails := r[recordHead:]; len(emails) >= emailSize; emails = emails[emailSize:] {
		owners = append(owners, ownerOf(emails[templateSize:emailSize]))
	}
	return owners
}

func ownerOf(raw []byte) ledger.Owner {
	return ledger.Owner{Import: string(raw[:8]), Row: int(binary.BigEndian.Uint32(raw[8:]))}
}

func templateHash(template string) [templateSize]byte {
	sum := sha256.Sum256([]byte(template))
	return [templateSize]byte(sum[:templateSize])
}

// markedHash is what an import that sends again with this mark has beside the template's hash. claim.lua makes the same
// of the two (again).
func markedHash(template, mark string) [templateSize]byte {
	hash := templateHash(template)
	sum := sha1.Sum(append(hash[:], mark...))
	return [templateSize]byte(sum[:templateSize])
}

// recorder writes the records of guests whom the index does not know yet.
type recorder struct {
	id string

	template string // the latest, which the next row mostly has too
	hash     [templateSize]byte
}

func (r *recorder) append(to []byte, g *Guest) []byte {
	to = r.owner(append(append(to, absent), g.Content[:]...), g)
	if g.Template == "" {
		return to
	}
	if g.Template != r.template {
		r.template, r.hash = g.Template, templateHash(g.Template)
	}
	return r.owner(append(to, r.hash[:]...), g)
}

func (r *recorder) owner(to []byte, g *Guest) []byte {
	return binary.BigEndian.AppendUint32(append(to, r.id...), uint32(g.Row)) // rows fit 32 bits
}
