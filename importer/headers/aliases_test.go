package headers

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"guestflow/importer/wordset"
)

// A word that stood for two fields would be either, by chance.
func TestEveryAliasIsReducedAndMeansOneField(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, field := range slices.Sorted(maps.Keys(aliases)) {
		if !slices.Contains(order, field) {
			t.Errorf("%s is no field", field)
		}
		for name := range strings.FieldsSeq(aliases[field]) {
			if wordset.Letters(name) != name {
				t.Errorf("%s: no header is ever reduced to %q", field, name)
			}
			if other, twice := seen[name]; twice {
				t.Errorf("%q is in %s and in %s", name, other, field)
			}
			seen[name] = field
		}
	}
	for _, language := range furtherAliases {
		for field, headers := range language {
			for name := range wordset.Phrases(headers) {
				if other, twice := seen[name]; twice && other != field || name == "" {
					t.Errorf("%q is in %s and in %s", name, other, field)
				}
				seen[name] = field
			}
		}
	}
	for name := range bareNames {
		if seen[name] != FullName {
			t.Errorf("%q is no header of full names", name)
		}
	}
}

// The languages that the importer promises.
func TestEveryFieldIsKnownInEveryLanguage(t *testing.T) {
	t.Parallel()
	for field, headers := range map[string]string{
		FirstName: "First Name|Vorname|Prénom|Nombre|Voornaam|Imię|Nome",
		LastName:  "Surname|Nachname|Nom de famille|Apellidos|Achternaam|Nazwisko|Cognome|Sobrenome",
		FullName: "Full Name|Vollständiger Name|Nom complet|Nombre y apellidos|Volledige naam|Imię i nazwisko|Nome e " +
			"cognome|Nome completo",
		Email: "E-Mail|E-Mail-Adresse|Adresse e-mail|Correo electrónico|E-mailadres|Adres e-mail|Indirizzo " +
			"e-mail|Endereço de e-mail",
		PlusOnes: "Plus 1's|Begleitpersonen|Accompagnants|Acompañantes|Introducees|Osoby " +
			"towarzyszące|Accompagnatori|Acompanhantes",
		Notes:     "Notes|Bemerkungen|Remarques|Observaciones|Opmerkingen|Uwagi|Osservazioni|Observações",
		Tags:      "Tags|Schlagwörter|Étiquettes|Etiquetas|Trefwoorden|Etykiety|Etichette",
		Barcode:   "Bar code|Strichcode|Code-barres|Código de barras|Streepjescode|Kod kreskowy|Codice a barre",
		CustomID:  "Custom ID|Externe ID|ID externe|ID externo|Extern ID|ID zewnętrzne|ID esterno",
		IsGroup:   "Is Group|Gruppe|Groupe|Grupo|Groep|Grupa|Gruppo",
		ValidFrom: "Valid from|Gültig ab|Valable à partir du|Válido desde|Geldig vanaf|Ważny od|Valido dal",
		ValidTo:   "Valid until|Gültig bis|Valable jusqu'au|Válido hasta|Geldig tot|Ważny do|Valido fino al|Válido até",
		EventID:   "Event ID|Veranstaltungs-ID|ID événement|ID evento|Evenement ID|ID wydarzenia",
	} {
		for h := range strings.SplitSeq(headers, "|") {
			if got := fieldOf[wordset.Letters(h)]; got != field {
				t.Errorf("%q is taken for %q, want %s", h, got, field)
			}
		}
	}
}
