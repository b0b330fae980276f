package importer

import (
	"encoding/binary"
	"iter"

	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/sealedfile"
)

// keptGuests are the guests of kept rows as the guest index knows them, in its parts: it can be filled with them a
// bucket at a time. There are none of a list of several events, and none who may
// be known by a former id or by another spelling.
type keptGuests struct {
	file   *sealedfile.File
	events int // how many were met: 2 for several
	event  string

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
func (k *keptGuests) add(rows []row) error {
	for _, r := range rows {
		if !r.isGuest() || r.legacyID != [16]byte{} || guest.KeptSpellings(r.spelled) != "" {
			continue
		}
		if k.event != r.Guest.EventID || k.events == 0 {
			k.event, k.events = r.Guest.EventID, k.events+1
		}
		if k.events > 1 {
			*k = keptGuests{events: 2}
			return nil
		}
		if err := k.addGuest(r); err != nil {
			return err
		}
	}
	return nil
}

func (k *keptGuests) addGuest(r row) error {
	part := &k.guests[guestindex.Part(r.id[:])]
	part.data = r.appendGuest(part.data)
	err := part.write(k.file, keptPartBlock)
	if err == nil {
		err = k.addContact(&k.addresses, r, r.contact.Address)
	}
	if err == nil {
		err = k.addContact(&k.names, r, r.contact.Name)
	}
	return err
}

func (k *keptGuests) addContact(parts *[guestindex.Parts]keptPart, r row, hash guestindex.ContactHash) error {
	if hash == (guestindex.ContactHash{}) {
		return nil
	}
	part := &parts[guestindex.Part(hash[:])]
	part.data = append(append(binary.AppendUvarint(part.data, uint64(r.Row.Row)), r.id[:]...), hash[:]...)
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
func (k *keptGuests) flush() error {
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
func (r row) appendGuest(data []byte) []byte {
	data = append(binary.AppendUvarint(data, uint64(r.Row.Row)), r.id[:]...)
	data = append(append(append(data, r.Content[:]...), r.contact.Address[:]...), r.contact.Name[:]...)
	flags := r.keptFlags()
	if data = append(data, flags); flags&keptUsualTemplate != 0 {
		return data
	}
	data = binary.AppendUvarint(data, uint64(len(r.Guest.TemplateID)))
	return append(data, r.Guest.TemplateID...)
}

// enteredTogether is how many guests are entered together at least, whole parts of them: some hundred kilobytes.
const enteredTogether = 4096

// eachGuest returns the guests of some parts at a time, with this template where their rows name none; a slice is good
// until the next.
func (k *keptGuests) eachGuest(template string) iter.Seq2[[]guestindex.Guest, error] {
	return eachParts(k.file, &k.guests, func(in *keptBytes) guestindex.Guest { return in.guest(k.event, template) })
}

// eachContact returns the addresses or the names of some parts at a time; a slice is good until the next.
func (k *keptGuests) eachContact(parts *[guestindex.Parts]keptPart) iter.Seq2[[]guestindex.GuestContact, error] {
	return eachParts(k.file, parts, func(in *keptBytes) (c guestindex.GuestContact) {
		c.Row = in.number()
		copy(c.ID[:], in.take(len(c.ID)))
		copy(c.Hash[:], in.take(len(c.Hash)))
		return c
	})
}

// eachParts reads the blocks of parts.
func eachParts[T any](
	file *sealedfile.File, parts *[guestindex.Parts]keptPart, read func(*keptBytes) T,
) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var list []T
		var data []byte
		for i := range parts {
			for _, block := range parts[i].blocks {
				var err error
				data, err = file.Read(block, data)
				in := keptBytes{data: data}
				for err == nil && len(in.data) > 0 {
					list = append(list, read(&in))
				}
				if err == nil && in.bad {
					err = errKept
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
			list = list[:0]
		}
	}
}

// guest reads what appendGuest has written.
func (in *keptBytes) guest(event, template string) guestindex.Guest {
	g := guestindex.Guest{Row: in.number(), Event: event}
	for _, part := range [][]byte{g.ID[:], g.Content[:], g.Contact.Address[:], g.Contact.Name[:]} {
		copy(part, in.take(len(part)))
	}
	flags := in.take(1)[0]
	if flags&keptUsualTemplate == 0 {
		template = in.text()
	}
	g.ByColumn, g.Template = flags&keptByColumn != 0, template
	return g
}
