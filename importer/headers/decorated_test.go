package headers_test

import (
	"testing"

	"guestflow/importer/headers"
)

// A header is known with what forms and programs write around it, and another person's or a further one is not.
func TestHeadersAreKnownWithWhatFormsWriteAroundThem(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"First Name (required)": headers.FirstName, "Email [Required]": headers.Email, "Vorname (Pflichtfeld)": headers.FirstName, "氏名（名）": "",
		"1. First name": headers.FirstName, "2) Last name": headers.LastName, "Q3 Email": headers.Email, "Q12. Email": headers.Email,
		"Vorname / First name": headers.FirstName, "Nom/Achternaam": headers.LastName, "E-Mail | Email": headers.Email,
		"이름(First name)": headers.FirstName, "Name (Guest)": headers.FullName, "Name (Acme)": "",
		"First Name / Last Name": headers.FullName, "Name / Vorname": headers.FullName, "First Name / Email": "", "Last/Org name": "", "Email / Phone": "",
		"And your last name?": headers.LastName, "Wie lautet deine E-Mail-Adresse?": headers.Email, "Votre nom de famille": headers.LastName,
		"¿Cuál es tu correo electrónico?": headers.Email, "Podaj adres e-mail": headers.Email, "your-last-name": headers.LastName,
		"Your company's name": "", "What is the name of your partner?": "", "Your partner's email": "", "Please enter your company": "", "Your seat": "",
		"Anna Maria": "", "ida.holm@x.example": "", "(required)": "", "1. Gast": "", "2. Name": "",
	} {
		if got := headers.FieldOf(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}
