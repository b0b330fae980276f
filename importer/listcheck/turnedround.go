package listcheck

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/table"
	"guestflow/importer/visible"
	"guestflow/importer/where"
)

// turnedRound finds single rows whose first and last name are exchanged in a list whose others are right: Holm and Ida beside
// ida.holm@example.org. People choose addresses with the last name first, so it counts where the others of the domain have
// the first name first, or where the list itself has the words the other way round.
type turnedRound struct {
	seed          maphash.Seed
	firsts, lasts map[uint64]int // rows with the first name, and the last
	domains       map[string]*domainOrder
	rows          []turnedRow
	count         int
}

// domainOrder counts the rows of a domain by the order in which their addresses have the names.
type domainOrder struct{ right, turned int }

type turnedRow struct {
	row, line   int
	domain      string
	first, last uint64
}

const (
	maxTurned      = 1000 // rows that are kept: of more it is no single one
	minDomainOrder = 3    // rows of a domain that show its order
	maxDomains     = 5000
)

// seen takes a row with both names and an address. right and turned say what the address shows.
func (t *turnedRound) seen(r *rows.Row, domain string, right, turned bool) {
	if t.count++; t.count > maxStepRows {
		return
	}
	if t.firsts == nil {
		t.seed, t.firsts, t.lasts, t.domains = maphash.MakeSeed(), map[uint64]int{}, map[uint64]int{}, map[string]*domainOrder{}
	}
	first, last := t.hash(r.Guest.FirstName), t.hash(r.Guest.LastName)
	t.firsts[first]++
	t.lasts[last]++
	if right == turned {
		return
	}
	if t.domains[domain] == nil && len(t.domains) < maxDomains {
		t.domains[domain] = &domainOrder{}
	}
	if of := t.domains[domain]; of != nil && right {
		of.right++
	} else if of != nil {
		of.turned++
	}
	if turned && len(t.rows) < maxTurned {
		t.rows = append(t.rows, turnedRow{row: r.Row.Row, line: r.Line, domain: domain, first: first, last: last})
	}
}

func (t *turnedRound) hash(name string) uint64 {
	return maphash.String(t.seed, rows.AddressLetters(name))
}

// isTurned reports whether the other rows show that a row's names are exchanged.
func (t *turnedRound) isTurned(r turnedRow) bool {
	supported := t.firsts[r.last]+t.lasts[r.first] > 0 // the words stand the other way round in others
	contradicted := t.firsts[r.first] > 1 || t.lasts[r.last] > 1
	of := t.domains[r.domain]
	byDomain := of != nil && !freeMail[r.domain] && of.right >= minDomainOrder && of.right >= 3*of.turned
	return supported && !contradicted || byDomain
}

// freeMail are domains whose addresses people choose themselves.
var freeMail = func() map[string]bool {
	m := map[string]bool{}
	for domain := range strings.FieldsSeq(`gmail.com googlemail.com hotmail.com outlook.com outlook.de outlook.fr yahoo.com yahoo.de yahoo.fr yahoo.es yahoo.it icloud.com me.com mac.com live.com
		msn.com aol.com protonmail.com proton.me pm.me hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es yahoo.co.uk btinternet.com gmx.net gmx.de gmx.at gmx.ch web.de
		t-online.de freenet.de posteo.de mailbox.org orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it tiscali.it alice.it ziggo.nl kpnmail.nl wp.pl onet.pl interia.pl o2.pl
		seznam.cz centrum.cz email.cz azet.sk freemail.hu citromail.hu mail.ru yandex.ru bk.ru list.ru inbox.ru ukr.net i.ua abv.bg telia.com online.no bluewin.ch sunrise.ch
		chello.at aon.at telenet.be skynet.be naver.com daum.net qq.com 163.com 126.com mail.com zoho.com fastmail.com hey.com rambler.ru uol.com.br bol.com.br terra.com.br`) {
		m[domain] = true
	}
	return m
}()

// question asks about such rows.
func (t *turnedRound) question(rule string, c *columns.Columns) *table.Error {
	if where.IsAll(rule) {
		return nil
	}
	var rows []int
	line := 0
	for _, r := range t.rows {
		if t.isTurned(r) {
			rows, line = append(rows, r.row), cmp.Or(line, r.line)
		}
	}
	header := cmp.Or(c.Headers[columns.FirstName], c.FullNameHeader())
	if len(rows) == 0 || header == "" || c.Ignores(header) {
		return nil
	}
	problem := fmt.Sprintf("%s first and last name the other way round, as address and other rows show, the first in line %d", plural.Of(len(rows), "row seems to have", "rows seem to have"), line)
	q := askRowsMeant(problem, rows, rule, header, "The names are right", c)
	return &q
}

// askRowsMeant asks what becomes of some rows whose names are in doubt: they are corrected, or left out, or right.
func askRowsMeant(problem string, rows []int, rule, header, right string, c *columns.Columns) table.Error {
	q := &table.Question{Text: problem, Open: len(rows) > maxRowsInRule}
	advice := "correct the file"
	if len(rows) <= maxRowsInRule {
		out := table.Choice{Option: "where", Value: where.And(rule, rowsNotIn(rows)), Label: "Leave out " + plural.Of(len(rows), "row")}
		q.Choices = append(q.Choices, out)
		advice += fmt.Sprintf(", or leave them out: %s (where in the profile, “Rows that are meant” in the console)", out.Flag())
	}
	if keep, can := headers.MapChoice(columns.Ignore, c.Ignoring(header)); can {
		keep.Label = right
		q.Choices = append(q.Choices, keep)
		advice += fmt.Sprintf("; if they are right as they are, say that what stands in the column %q decides nothing: %s (ignore in the profile's mapping, “Ignored” in the console)",
			visible.Shorten(header), keep.Flag())
	}
	all := table.Choice{Option: "where", Value: where.All, Label: "All rows are meant, whatever any column says"}
	q.Choices = append(q.Choices, all)
	return table.Error{NeedsAnswer: true, Problem: problem, Cause: q, Advice: advice + ", or that none does: " + all.Flag()}
}
