package nonname

import "guestflow/importer/pattern"

var (
	// townBehind is a postcode and a town: 10115 Berlin, D-10115 Berlin, 00-001 Warszawa, 111 22 Stockholm, 1017 AB Amsterdam.
	townBehind = pattern.New(`^(?:\pL{1,3}[- ])?(?:[0-9]{4,6}|[0-9]{3} [0-9]{2}|[0-9]{2}-[0-9]{3}|[0-9]{4}-[0-9]{3}|[0-9]{4} ?[A-Z]{2}),? +\pL`)
	// townBefore is a town and a postcode: Berlin 10115, Austin, TX 78701, London SW1A 1AA, Москва, 101000.
	townBefore = pattern.New(`^\pL.*(?:,|[, ][A-Z]{2,3},?) ?[0-9]{4,6}(?:-[0-9]{4})?$|^\pL.*[, ][A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$|^\pL.*[, ][A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]$`)
	// codeAlone is a postcode with letters: SW1A 1AA, K1A 0B1, 1017 AB.
	codeAlone = pattern.New(`^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$|^[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]$|^[0-9]{4} [A-Z]{2}$|^(?:D|A|CH|F|I|L|B|NL|PL|CZ|DK|S|SE|FI|N|NO)-[0-9]{4,6}$`)
	// clock is a time of day: 10:30 Uhr, 6pm, 6 p.m., 18h, 18h30, um 18 Uhr, kl. 18, 18-20 Uhr.
	clock = pattern.New(`(?i)^(?:(?:um|at|à|kl|klo|ab|from|von|в|o)\.? )?[0-9]{1,2}(?:[:.h][0-9]{2})? ?(?:[-–] ?[0-9]{1,2}(?:[:.h][0-9]{2})? ?)?(?:[ap]\.?m\.?|uhr|h|o'clock|часов|час|год)$|` +
		`^(?:\pL{2,5}\.? )?[0-9]{1,2}[:h][0-9]{2}(?: ?[-–] ?[0-9]{1,2}[:h][0-9]{2})?$|^kl\.? ?[0-9]{1,2}$`)
	// capitalCode is a code of capitals and digits: AB12CD34.
	capitalCode = pattern.New(`^[A-Z0-9]{2,}[0-9][A-Z0-9]*[0-9][A-Z0-9]*$`)
	// userName is the name of an account: ida.holm, ida_holm.
	userName = pattern.New(`^[a-z]{2,}[._][a-z]{2,}$`)
	// behindSign is something behind a name and a sign: Holm - Acme, Holm @ Acme, Holm: Acme.
	behindSign = pattern.New(`^\pL[\pL'’ -]*?(?: [-–—|@] ?|: |@ )\pL{2}`)
)
