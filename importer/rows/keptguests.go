package rows

import (
	"encoding/binary"
	"iter"

	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/sealedfile"
	"guestflow/importer/spec"
)

// KeptGuests are the guests of kept rows as the guest index knows them, in its parts: it can be filled with them a
// bucket at a time. There are none of a list of several events, and none who may
// be known by a former id or by another spelling.
type KeptGuests struct {
	file   *sealedfile.File
	events int // how many were met: 2 for several
	Event  string

	guests, addresses, names [guestindex.Parts]keptPart
}

// keptPart is a part of the guests, or of their addresses or names.
type keptPart struct {
	blocks []sealedfile.Block
	data   []byte // not written yet
}

// keptPartBlock is how much of a part is written together.
const keptPartBlock = 2 << 10

// add keeps the guests of some rows.
func (k *KeptGuests) add(rows []*Row) error {
	for _, r := range rows {
		if !r.IsGuest() || r.LegacyID != [16]byte{} || guest.KeptSpellings(r.Spelled) != "" {
			continue
		}
		if k.Event != r.Guest.EventID || k.events == 0 {
			k.Event, k.events = r.Guest.EventID, k.events+1
		}
		if k.events > 1 {
			*k = KeptGuests{events: 2}
			return nil
		}
		if err := k.addGuest(r); err != nil {
			return err
		}
	}
	return nil
}

func (k *KeptGuests) addGuest(r *Row) error {
	part := &k.guests[guestindex.Part(r.ID[:])]
	part.data = r.appendGuest(part.data)
	err := part.write(k.file, keptPartBlock)
	if err == nil {
		err = k.addContact(&k.addresses, r, r.Contact.Address)
	}
	if err == nil {
		err = k.addContact(&k.names, r, r.Contact.Name)
	}
	return err
}

func (k *KeptGuests) addContact(parts *[guestindex.Parts]keptPart, r *Row, hash guestindex.ContactHash) error {
	if hash == (guestindex.ContactHash{}) {
		return nil
	}
	part := &parts[guestindex.Part(hash[:])]
	part.data = append(append(binary.AppendUvarint(part.data, uint64(r.Row.Row)), r.ID[:]...), hash[:]...)
	return part.write(k.file, keptPartBlock)
}

// write writes what is not written yet, once it is so much.
func (p *keptPart) write(file *sealedfile.File, least int) error {
	if len(p.data) < least {
		return nil
	}
	block, err := file.Append(p.data)
	p.blocks, p.data = append(p.blocks, block), p.data[:0]
	return err
}

// flush writes what is left.
func (k *KeptGuests) flush() error {
	for _, parts := range []*[guestindex.Parts]keptPart{&k.guests, &k.addresses, &k.names} {
		for i := range parts {
			if err := parts[i].write(k.file, 1); err != nil {
				return err
			}
			parts[i].data = nil
		}
	}
	return nil
}

// appendGuest writes a guest; his template only where it is another than that of the settings.
func (r *Row) appendGuest(data []byte) []byte {
	data = append(binary.AppendUvarint(data, uint64(r.Row.Row)), r.ID[:]...)
	data = append(append(append(data, r.Content[:]...), r.Contact.Address[:]...), r.Contact.Name[:]...)
	flags := r.keptFlags()
	if data = append(data, flags); flags&keptUsualTemplate != 0 {
		return data
	}
	data = binary.AppendUvarint(data, uint64(len(r.Guest.TemplateID)))
	return append(data, r.Guest.TemplateID...)
}

// enteredTogether is how many guests are entered together at least, whole parts of them: some hundred kilobytes.
const enteredTogether = 4096

// EachGuest returns the guests of some parts at a time, as a spec that fits has them now; a slice is good until the next
// but one.
func (k *KeptGuests) EachGuest(s spec.Spec) iter.Seq2[[]guestindex.Guest, error] {
	template := rowSpec(s).Template
	return eachParts(k.file, &k.guests, func(in *sealedfile.Fields) guestindex.Guest { return keptGuest(in, k.Event, template) })
}

// EachAddress returns the addresses of some parts at a time, and EachName the names; a slice is good until the next
// but one.
func (k *KeptGuests) EachAddress() iter.Seq2[[]guestindex.GuestContact, error] {
	return eachParts(k.file, &k.addresses, keptContact)
}

// EachName is EachAddress of names.
func (k *KeptGuests) EachName() iter.Seq2[[]guestindex.GuestContact, error] {
	return eachParts(k.file, &k.names, keptContact)
}

func keptContact(in *sealedfile.Fields) (c guestindex.GuestContact) {
	c.Row = in.Number()
	copy(c.ID[:], in.Take(len(c.ID)))
	copy(c.Hash[:], in.Take(len(c.Hash)))
	return c
}

// eachParts reads the blocks of parts.
func eachParts[T any](
	file *sealedfile.File, parts *[guestindex.Parts]keptPart, read func(*sealedfile.Fields) T,
) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var list, other []T
		var data []byte
		for i := range parts {
			for _, block := range parts[i].blocks {
				var err error
				data, err = file.Read(block, data)
				in := sealedfile.Fields{Data: data}
				for err == nil && len(in.Data) > 0 {
					list = append(list, read(&in))
				}
				if err == nil {
					err = in.Err()
				}
				if err != nil {
					yield(nil, err)
					return
				}
			}
			if len(list) < enteredTogether && i < len(parts)-1 {
				continue
			}
			if !yield(list, nil) {
				return
			}
			list, other = other[:0], list
		}
	}
}

// keptGuest reads what appendGuest has written.
func keptGuest(in *sealedfile.Fields, event, template string) guestindex.Guest {
	g := guestindex.Guest{Row: in.Number(), Event: event}
	for _, part := range [][]byte{g.ID[:], g.Content[:], g.Contact.Address[:], g.Contact.Name[:]} {
		copy(part, in.Take(len(part)))
	}
	flags := in.Take(1)[0]
	if flags&keptUsualTemplate == 0 {
		template = in.Text()
	}
	g.ByColumn, g.Template = flags&keptByColumn != 0, template
	return g
}
