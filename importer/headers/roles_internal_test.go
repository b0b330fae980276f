package headers

import (
	"testing"
)

// What a header says of whose name or address its column has, in the languages of lists.
func TestAHeaderSaysWhoseNameOrAddressItsColumnHas(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]Person{
		"First Name": {Field: FirstName}, "E-mail": {Field: Email}, "Family Name": {Field: LastName},
		"Last Name":                     {Field: LastName},
		"Attendee First Name":           {Who: "attendee", Role: Attending, Field: FirstName},
		"attendee_email":                {Who: "attendee", Role: Attending, Field: Email},
		"Billing Email Address":         {Who: "billing", Role: Paying, Field: Email},
		"buyerLastName":                 {Who: "buyer", Role: Paying, Field: LastName},
		"Ticket Holder's Name":          {Who: "ticketholder", Role: Attending, Field: FullName},
		"Email (Ticket Holder)":         {Who: "ticketholder", Role: Attending, Field: Email},
		"Passenger":                     {Who: "passenger", Role: Attending, Field: FullName, Bare: true},
		"Recipient Email":               {Who: "recipient", Role: Attending, Field: Email},
		"Guest 2":                       {Who: "guest2", Role: Companion, Field: FullName, Bare: true},
		"Guest 2 First Name":            {Who: "guest2", Role: Companion, Field: FirstName},
		"Second Guest Name":             {Who: "guest2", Role: Companion, Field: FullName},
		"Guest 1 Name":                  {Who: "guest1", Role: Attending, Field: FullName},
		"Attendee #2 - Email":           {Who: "attendee2", Role: Companion, Field: Email},
		"Partner":                       {Who: "partner", Role: Companion, Field: FullName, Bare: true},
		"Spouse Name":                   {Who: "spouse", Role: Companion, Field: FullName},
		"+1 Name":                       {Who: "plusone", Role: Companion, Field: FullName},
		"Plus One Email":                {Who: "plusone", Role: Companion, Field: Email},
		"Vorname Begleitperson":         {Who: "begleitperson", Role: Companion, Field: FirstName},
		"Name des Teilnehmers":          {Who: "teilnehmers", Role: Attending, Field: FullName},
		"Käufer E-Mail":                 {Who: "kaufer", Role: Paying, Field: Email},
		"E-Mail-Adresse des Bestellers": {Who: "bestellers", Role: Paying, Field: Email},
		"Rechnung Vorname":              {Who: "rechnung", Role: Paying, Field: FirstName},
		"Prénom acheteur":               {Who: "acheteur", Role: Paying, Field: FirstName},
		"Email du participant":          {Who: "participant", Role: Attending, Field: Email},
		"Nom de l'invité":               {Who: "invite", Role: Attending, Field: FullName},
		"Nombre del asistente":          {Who: "asistente", Role: Attending, Field: FirstName},
		"Correo del comprador":          {Who: "comprador", Role: Paying, Field: Email},
		"Nome acquirente":               {Who: "acquirente", Role: Paying, Field: FirstName},
		"Email partecipante":            {Who: "partecipante", Role: Attending, Field: Email},
		"Nome do comprador":             {Who: "comprador", Role: Paying, Field: FirstName},
		"Naam koper":                    {Who: "koper", Role: Paying, Field: FullName},
		"Imię uczestnika":               {Who: "uczestnika", Role: Attending, Field: FirstName},
		"E-mail kupującego":             {Who: "kupujacego", Role: Paying, Field: Email},
		"Deltagarens namn":              {Who: "deltagarens", Role: Attending, Field: FullName},
		"Købers e-mail":                 {Who: "kobers", Role: Paying, Field: Email},
		"Osallistujan nimi":             {Who: "osallistujan", Role: Attending, Field: FullName},
		"Jméno účastníka":               {Who: "ucastnika", Role: Attending, Field: FullName},
		"Résztvevő neve":                {Who: "resztvevo", Role: Attending, Field: FullName},
		"Email cumpărător":              {Who: "cumparator", Role: Paying, Field: Email},
		"Имя участника":                 {Who: "участника", Role: Attending, Field: FullName},
		"Email покупателя":              {Who: "покупателя", Role: Paying, Field: Email},
		"购票人姓名":                         {Who: "购票人", Role: Paying, Field: FullName},
		"参加者氏名":                         {Who: "参加者", Role: Attending, Field: FullName}, "Парtner": {},
		"Invited by Email":      {Who: "invitedby", Role: Paying, Field: Email},
		"PA Email":              {Who: "pa", Role: Paying, Field: Email},
		"Who are you bringing?": {Who: "bringing", Role: Companion, Field: FullName, Bare: true},
		"Donor Email":           {Who: "donor", Role: Paying, Field: Email},
		"Company":               {}, "Event Name": {}, "Phone": {}, "Order": {}, "Shipping": {}, "": {}, "Ticket": {},
		"Guest Count":  {},
		"Billing City": {}, "Buyer ID": {},
	} {
		got, is := PersonOf(header)
		if want.Field == "" && is || want.Field != "" && got != want {
			t.Errorf("%q: %+v, %v, want %+v", header, got, is, want)
		}
	}
}
