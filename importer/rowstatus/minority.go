package rowstatus

import (
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// Some columns are filled in for the rows that are an exception: the day on which a membership ended, the reason for
// which a guest does not come. Where all rows have such a text it is usual: the day until which a membership lasts. So
// these columns are asked about where at most half of the rows are filled in.

// isOfEnd reports whether a header is of the day on which a guest's membership, contract or work ends: “Member until”,
// “Last day”.
func isOfEnd(header string) bool {
	words := headers.Words(header)
	end, last := false, false
	for _, w := range words {
		switch {
		case endWords[w]:
			end = true
		case lastWords[w]:
			last = true
		case dayWords[w]:
			end = end || last
		case !belongingWords[w]:
			return false
		}
	}
	return end && len(words) > 1
}

// isReason reports whether a header asks for a reason, and says of what for no guest.
func isReason(header string) bool {
	words := headers.Words(header)
	return len(words) == 1 && reasonWords[words[0]] && !askingReasons[words[0]]
}

// isOwed reports whether a header is of an amount that a guest has not paid: “Open balance”, “Betrag offen”.
func isOwed(words []string) bool {
	rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return owedWords[w] || amountWords[w] || currencyWords[w] })
	return len(rest) == 0 && hasAny(words, owedWords) && hasAny(words, amountWords)
}

// isOfMinority reports whether at most half of the rows, of which the rule leaves in so many, are filled in, in a
// column in which that says that a row may not be meant.
func (c *ColumnCounts) isOfMinority(kept int) bool {
	if c.kept == 0 || 2*c.kept > kept || len(c.of.tests) > 0 {
		return false
	}
	switch {
	case c.of.exception:
		return true
	case c.of.ending:
		return c.plain+c.Others == 0 && !slices.ContainsFunc(c.Values, func(v Value) bool { return v.class != yesWord })
	}
	return c.dates > 0 && c.plain+c.Others+len(c.Values) == 0 && 3*c.kept <= kept
}

// mayEnd reports whether a day below a header may be the one on which a guest has left: of no other day that lists
// have.
func mayEnd(header string) bool {
	if isOfOtherDay(header) || isOfGuest(header) {
		return false
	}
	words := slices.DeleteFunc(headers.Words(header), func(w string) bool { return dayWords[w] })
	return len(words) > 0 && !isOfThing(strings.Join(words, " "))
}

// isOfOtherDay reports whether a header is of a day that some guests have and others not: a birthday, a last login.
func isOfOtherDay(header string) bool {
	isOther := func(w string) bool { return otherDays[w] || hasStem(w, otherDayStems) }
	return slices.ContainsFunc(headers.Words(header), isOther)
}

// isDay reports whether a text is a date, and no time of day.
func isDay(cell string) bool {
	clock := strings.Count(cell, ":") == 1 && !strings.ContainsAny(cell, "-./")
	return isDate(cell) && !clock
}

// filledRule are the rules of a column of which it says something that it is filled in.
func (c ColumnCounts) filledRule() []where.Test {
	return []where.Test{*where.Empty(c.Header, false), *where.Empty(c.Header, true)}
}

var (
	otherDays = wordset.Words(`login activity seen visit visited order ordered purchase purchased invoice created
		create added modified changed updated update edited edit
		import imported synced contact contacted call called meeting opened clicked reminder reminded arrival arrive
		departure start started begin beginn since seit depuis desde
		dal sinds sedan siden joined join signup registered registration booked booking donation donated gift
		graduation wedding hired hire training trained vaccinated passport
		visa renewal renewed replied reply response answer answered timestamp time zeit uhrzeit heure hora ora tijd
		tid godzina čas idő время first
		bestellt bestellung erstellt angelegt geändert aktualisiert kontakt anruf besuch letzter eintritt beginn
		angemeldet anmeldung ankunft anreise abreise
		création créé modifié arrivée départ entrée inscription naissance nacimiento alta creación llegada salida
		nascita iscrizione arrivo partenza nascimento chegada geboorte
		aankomst vertrek född fødsel ankomst avreise syntymä urodzenia przyjazd narození příjezd születés érkezés
		naștere sosire rođenja рождения приезд народження doğum`)
	otherDayStems = wordset.List(`birth geburt born naiss nasc nacim fødsel fodsel syntym urodz naroz szulet nașt
		rođen рожд народж birthday anniv jubil`)
	endWords = wordset.Words(`until till til ends ended end ending expires expired expiry expiration bis ende
		endet beendet jusquà jusquau fin hasta vence
		caduca fino fine scadenza até fim validade tot einde eindigt t.o.m. tom slut slutar upphör indtil udløber
		til utløper slutt päättyy asti
		loppu koniec wygasa konec končí vége lejár până sfârșit kraj vrijedi до окончание конец истекает кінець λήξη
		bitiş 終了日 期限 截止 만료일`)
	lastWords = wordset.Words(`last final letzter letzte letztes dernier dernière último última ultimo ultima
		laatste sista siste sidste viimeinen ostatni poslední utolsó ultima zadnji последний останній τελευταία son`)
	dayWords = wordset.Words(`data fecha дата dátum päivämäärä ημερομηνία tarih tarihi 日付 日期 날짜 day date datum
		tag jour día dia giorno dag dato päivä dzień den deň nap zi dan день ημέρα gün`)
	belongingWords = wordset.Words(`member membership members mitglied mitgliedschaft mitglieds membre adhésion
		adhérent socio socia sócio socios membro lid lidmaatschap medlem medlemskap
		medlemskab jäsen jäsenyys członek członkostwo člen členství členstvo tag tagság membru član членство член
		μέλος üyelik contract vertrag vertrags contrat contrato
		contratto kontrakt umowa smlouva szerződés договор employment employed work working beschäftigt
		beschäftigung angestellt arbeitstag travail trabajo lavoro valid
		validity gültig valable válido valido geldig active aktiv subscription abo abonnement abonné of the at on in
		der des am zum du le la de del da`)
	askingReasons = wordset.Words(`why ok warum weshalb pourquoi perché waarom varför hvorfor miért proč prečo
		почему чому neden miksi dlaczego zašto γιατί`)
	owedWords = wordset.Words(`open due owed owing outstanding unpaid overdue offen offene offener offenes
		ausstehend ausstehende fällig restant restante dû due impayé pendiente pendente
		adeudado dovuto insoluto aperto openstaand openstaande verschuldigd utestående obetalt obetald ubetalt
		skyldig avoin maksamatta zaległa zaległość należna dlužná nezaplacená`)
	amountWords = wordset.Words(`posten items invoices rechnungen balance amount sum total fee fees dues saldo
		betrag beitrag summe rest montant solde cotisation somme importe monto cuota importo quota
		bedrag contributie belopp avgift beløb beløp kontingent kwota składka částka příspěvek сумма взнос debt`)
	currencyWords = wordset.Words(`eur euro euros usd gbp chf in sek nok dkk pln czk huf`)
)
