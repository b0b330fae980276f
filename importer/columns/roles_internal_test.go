package columns

import "testing"

// What a header says of whose name or address its column has, in the languages of lists.
func TestAHeaderSaysWhoseNameOrAddressItsColumnHas(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]personColumn{
		"First Name": {field: FirstName}, "E-mail": {field: Email}, "Family Name": {field: LastName}, "Last Name": {field: LastName},
		"Attendee First Name": {who: "attendee", role: attending, field: FirstName}, "attendee_email": {who: "attendee", role: attending, field: Email},
		"Billing Email Address": {who: "billing", role: paying, field: Email}, "buyerLastName": {who: "buyer", role: paying, field: LastName},
		"Ticket Holder's Name": {who: "ticketholder", role: attending, field: FullName}, "Email (Ticket Holder)": {who: "ticketholder", role: attending, field: Email},
		"Passenger": {who: "passenger", role: attending, field: FullName, bare: true}, "Recipient Email": {who: "recipient", role: attending, field: Email},
		"Guest 2": {who: "guest2", role: companion, field: FullName, bare: true}, "Guest 2 First Name": {who: "guest2", role: companion, field: FirstName},
		"Second Guest Name": {who: "guest2", role: companion, field: FullName}, "Guest 1 Name": {who: "guest1", role: attending, field: FullName},
		"Attendee #2 - Email": {who: "attendee2", role: companion, field: Email}, "Partner": {who: "partner", role: companion, field: FullName, bare: true},
		"Spouse Name": {who: "spouse", role: companion, field: FullName}, "+1 Name": {who: "plusone", role: companion, field: FullName},
		"Plus One Email": {who: "plusone", role: companion, field: Email}, "Vorname Begleitperson": {who: "begleitperson", role: companion, field: FirstName},
		"Name des Teilnehmers": {who: "teilnehmers", role: attending, field: FullName}, "Käufer E-Mail": {who: "kaufer", role: paying, field: Email},
		"E-Mail-Adresse des Bestellers": {who: "bestellers", role: paying, field: Email}, "Rechnung Vorname": {who: "rechnung", role: paying, field: FirstName},
		"Prénom acheteur": {who: "acheteur", role: paying, field: FirstName}, "Email du participant": {who: "participant", role: attending, field: Email},
		"Nom de l'invité": {who: "invite", role: attending, field: FullName}, "Nombre del asistente": {who: "asistente", role: attending, field: FirstName},
		"Correo del comprador": {who: "comprador", role: paying, field: Email}, "Nome acquirente": {who: "acquirente", role: paying, field: FirstName},
		"Email partecipante": {who: "partecipante", role: attending, field: Email}, "Nome do comprador": {who: "comprador", role: paying, field: FirstName},
		"Naam koper": {who: "koper", role: paying, field: FullName}, "Imię uczestnika": {who: "uczestnika", role: attending, field: FirstName},
		"E-mail kupującego": {who: "kupujacego", role: paying, field: Email}, "Deltagarens namn": {who: "deltagarens", role: attending, field: FullName},
		"Købers e-mail": {who: "kobers", role: paying, field: Email}, "Osallistujan nimi": {who: "osallistujan", role: attending, field: FullName},
		"Jméno účastníka": {who: "ucastnika", role: attending, field: FullName}, "Résztvevő neve": {who: "resztvevo", role: attending, field: FullName},
		"Email cumpărător": {who: "cumparator", role: paying, field: Email}, "Имя участника": {who: "участника", role: attending, field: FullName},
		"Email покупателя": {who: "покупателя", role: paying, field: Email}, "购票人姓名": {who: "购票人", role: paying, field: FullName},
		"参加者氏名": {who: "参加者", role: attending, field: FullName}, "Парtner": {},
		"Invited by Email": {who: "invitedby", role: paying, field: Email}, "PA Email": {who: "pa", role: paying, field: Email},
		"Who are you bringing?": {who: "bringing", role: companion, field: FullName, bare: true}, "Donor Email": {who: "donor", role: paying, field: Email},
		"Company": {}, "Event Name": {}, "Phone": {}, "Order": {}, "Shipping": {}, "": {}, "Ticket": {}, "Guest Count": {}, "Billing City": {}, "Buyer ID": {},
	} {
		got, is := personOf(header)
		if want.field == "" && is || want.field != "" && got != want {
			t.Errorf("%q: %+v, %v, want %+v", header, got, is, want)
		}
	}
}
