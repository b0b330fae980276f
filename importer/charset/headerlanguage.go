package charset

import (
	"bytes"
	"slices"
	"strings"
)

// headerWords are words of headers by the languages that have them, as they stand in a text whose foreign letters are
// not known yet: what is left of "Prénom" is nom, and of "Příjmení" jmen. English ones are left out: lists in all
// languages have them.
var headerWords = map[string]string{
	"de": "vorname nachname anrede firma strasse plz ort tisch bemerkung bemerkungen telefon begleitung gast " +
		"gruppe anmerkungen geburtsdatum",
	"fr":       "nom prenom courriel ville entreprise remarque remarques groupe accompagnants adresse etiquettes invite",
	"es":       "nombre nombres apellido apellidos correo empresa ciudad notas grupo mesa invitado acompanantes etiquetas",
	"it":       "nome cognome azienda indirizzo tavolo ospite gruppo accompagnatori etichette",
	"pt":       "nome sobrenome apelido empresa cidade convidado grupo mesa acompanhantes",
	"nl":       "voornaam achternaam tussenvoegsel bedrijf plaats tafel opmerking opmerkingen adres groep",
	"sv":       "namn efternamn rnamn retag bord",
	"da nb":    "navn fornavn efternavn etternavn firma bord",
	"fi":       "nimi etunimi sukunimi yritys",
	"is":       "nafn fornafn eftirnafn",
	"et":       "nimi eesnimi perenimi perekonnanimi",
	"lt":       "vardas pavarde pavard elektroninis pastas",
	"lv":       "vards uzvards uzv epasts",
	"pl":       "imie imi nazwisko firma adres uwagi stolik miasto osoby",
	"cs sk":    "jmeno jmen prijmeni priezvisko meno poznamka firma adresa",
	"hu":       "nev vezeteknev keresztnev vezet keresztn cim ceg",
	"hr sr bs": "ime prezime adresa tvrtka napomena",
	"sl":       "ime priimek podjetje naslov",
	"ro":       "nume prenume firma adresa oras",
	"sq":       "emri mbiemri",
	"tr":       "ad soyad adi soyadi isim soyisim adres eposta",
	"vi":       "ho ten",
}

// headerLanguages returns the languages of a header, or nil where fewer than two of its words are of one.
func headerLanguages(header []byte) []string {
	words := bytes.FieldsFunc(bytes.ToLower(header), func(r rune) bool { return r < 'a' || r > 'z' })
	best, languages := 1, []string(nil)
	for names, known := range headerWords {
		n := 0
		for word := range strings.FieldsSeq(known) {
			if slices.ContainsFunc(words, func(w []byte) bool { return string(w) == word }) {
				n++
			}
		}
		switch {
		case n > best:
			best, languages = n, strings.Fields(names)
		case n == best && n > 1:
			languages = append(languages, strings.Fields(names)...)
		}
	}
	return languages
}

// otherHeader is how much less likely an encoding is, as a logarithm, in which the header's language is not commonly
// written. It is just above the margin: of two readings of the same names it decides, and against other names it does
// not.
const otherHeader = 6

// favourHeader returns candidates for a text with a header in some languages.
func favourHeader(all []candidate, languages []string) []candidate {
	if len(languages) == 0 {
		return all
	}
	all = slices.Clone(all)
	for i := range all {
		if !slices.ContainsFunc(languages, all[i].isNative) {
			all[i].prior -= otherHeader
		}
	}
	return all
}

// isNative reports whether a language is commonly written in an encoding. German and French stand in the lists of many,
// for the names of neighbours.
func (c candidate) isNative(language string) bool {
	own := strings.Fields(c.languages)
	if !slices.Contains(own, language) {
		return false
	}
	first := own[0] == "de" || slices.Contains(strings.Fields(western), own[0])
	return first || language != "de" && language != "fr" && (language != "pl" || own[0] == "pl")
}
