package columns_test

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"guestflow/importer/columns"
	"guestflow/importer/table"
)

func header(s string) []string { return strings.Split(s, ",") }

func clean(s string) string { return strings.TrimSpace(s) }

// applied returns a row's fields by their names.
func applied(t *testing.T, head, row string, o columns.Options) map[string]string {
	t.Helper()
	o.Clean = clean
	c, problem := columns.Map(header(head), o)
	if problem != nil {
		t.Fatal(problem.Problem)
	}
	cells := c.Apply(header(row), nil)
	fields := map[string]string{}
	for i, name := range c.Names() {
		fields[name] = cells[i]
	}
	return fields
}

func problem(t *testing.T, head string, o columns.Options) string {
	t.Helper()
	o.Clean = clean
	_, err := columns.Map(header(head), o)
	if err == nil || err.Advice == "" {
		t.Fatalf("%q with %+v: %+v, want an error with advice", head, o, err)
	}
	return err.Problem
}

func TestWhatAPersonHasChosenWinsOverWhatAHeaderLooksLike(t *testing.T) {
	t.Parallel()
	got := applied(t, "First Name,Email,Contact,Notes,Ref", "Ada,old@guests.example,ada@guests.example,late,7",
		columns.Options{Chosen: map[string]string{
			"email": "Contact", "notes": "", "custom_id": "ref", "plus_ones": "=1", "last_name": "First Name",
		}})
	want := map[string]string{"first_name": "Ada", "last_name": "Ada", "email": "ada@guests.example", "custom_id": "7",
		"plus_ones": "1"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestATemplateSendsNoWordsAroundNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ template, session, table, want string }{
		{"VIP, {session}{{Session}}", "Keynote", "", "VIP, {session}Keynote"},
		{"VIP, {session}{{Session}}", " ", "", "VIP"},
		{"{session}{{Session}}, VIP", "", "", " VIP"},
		{"{session}{{Session}}, Table {{ Table }}", "Keynote", "7", "{session}Keynote, Table 7"},
		{"{{Session}}-{{Table}}", "", "7", "-7"}, // a piece with something in it stays whole
		{"{{Session}}-{{Table}}", "", "", ""},
		{"{{Session}}", "{{Table}}", "7", "{{Table}}"}, // a cell is no template
	} {
		got := applied(t, "First Name,Session,Table", "Ada,"+c.session+","+c.table,
			columns.Options{Chosen: map[string]string{"tags": c.template}})
		if got["tags"] != c.want {
			t.Errorf("%q with %q and %q gives %q, want %q", c.template, c.session, c.table, got["tags"], c.want)
		}
	}
	if got := applied(t, "First Name,Table", "Ada,",
		columns.Options{Chosen: map[string]string{"notes": "Hello, table {{Table}}"}}); got["notes"] != "" {
		t.Errorf("notes %q: only tags are a list", got["notes"])
	}
}

func TestAMappingThatCannotBeIsRefusedWithItsName(t *testing.T) {
	t.Parallel()
	for want, chosen := range map[string]map[string]string{
		`"mail", which is no field`:                          {"mail": "Email"},
		`"key", which is no field`:                           {"key": "Email"},
		`no column "Emial", from which email is to come`:     {"email": "Emial"},
		`no column "Session", from which tags is to come`:    {"tags": "VIP, {{Session}}"},
		"the mapping of tags: a column stands between":       {"tags": "VIP {{"},
		"two columns are called \"table\", from which notes": {"notes": "table"},
		"the mapping of full_name":                           {"full_name": "=Ada"},
	} {
		if got := problem(t, "First Name,Email,Table,Table", columns.Options{Chosen: chosen}); !strings.Contains(got, want) {
			t.Errorf("%v: %q, want %q", chosen, got, want)
		}
	}
}

func TestFullNamesAreSplitOnlyOnRequest(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"Name,Email", "Guest Name,Email", "Vollständiger Name,Email", "Nom complet,Email",
		"Imię i nazwisko,Email", "Naam,Email"} {
		if got := problem(t, head, columns.Options{}); !strings.Contains(got, "names are in one column") {
			t.Errorf("%q: %q", head, got)
		}
		if got := applied(t, head, "Ada Lovelace,ada@guests.example",
			columns.Options{SplitNames: true}); got["first_name"] != "Ada" || got["last_name"] != "Lovelace" {
			t.Errorf("%q gives %v", head, got)
		}
	}
	if got := applied(t, "Who,Email", "Ada Lovelace,",
		columns.Options{Chosen: map[string]string{"full_name": "Who"}}); got["last_name"] != "Lovelace" {
		t.Errorf("a chosen column of full names gives %v", got)
	}
	got := applied(t, "First Name,Last Name,Name", "Ada,Lovelace,Countess", columns.Options{SplitNames: true})
	if got["first_name"] != "Ada" || got["last_name"] != "Lovelace" {
		t.Errorf("names that are apart were split: %v", got)
	}
}

// Beside first names, a column called Name has last names.
func TestANameBesideFirstNamesIsALastName(t *testing.T) {
	t.Parallel()
	if got := applied(t, "Vorname,Name", "Ada,Lovelace", columns.Options{}); got["last_name"] != "Lovelace" {
		t.Errorf("%v", got)
	}
	if got := applied(t, "Vorname,Name", "Ada,Lovelace",
		columns.Options{Chosen: map[string]string{"last_name": ""}}); len(got) != 1 {
		t.Errorf("%v: the last name was chosen to be nothing", got)
	}
}

// without is a mapping that leaves a field out.
func without(field string) map[string]string { return map[string]string{field: ""} }

// A guest without a first name is greeted by the last, and no one sees that a column was misspelt.
func TestAColumnThatIsProbablyTheMissingPartOfTheNamesIsAskedAbout(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"Ada", "Lovelace", "ada@guests.example"}, {"Alan", "Turing", "alan@guests.example"}}
	for head, want := range map[string]string{
		"Frist Name,Last Name,Email":  "--map 'first_name=Frist Name'",
		",Last Name,Email":            "--map 'first_name=#1'",
		"First Name,,Email":           "--map 'last_name=#2'",
		"First Name,Last Name,":       "--map 'email=#3'",
		"First Name,Last Name,Reply":  "--map 'email=Reply'",
		"First Name,Last Name,Reply,": "",
	} {
		o := columns.Options{Rows: rows, Emails: true}
		if want == "" {
			o.Chosen = without("email")
		}
		c, problem := columns.Map(header(head), o)
		asked := c.Questions()
		if problem != nil || (len(asked) == 0) != (want == "") || len(asked) > 0 && !strings.Contains(asked[0].Advice, want) {
			t.Errorf("%s: %v, %v, want %s", head, problem, asked, want)
		}
		for _, q := range asked { // what the advice types is a button elsewhere
			for _, c := range choicesOf(q) {
				if !strings.Contains(q.Advice, "'"+c.Value+"'") && !strings.Contains(q.Advice, c.Value) {
					t.Errorf("%s: %s is no part of %s", head, c.Flag(), q.Advice)
				}
			}
			if len(choicesOf(q)) < 2 {
				t.Errorf("%s: %v", head, choicesOf(q))
			}
		}
	}
}

func choicesOf(q table.Error) []table.Choice {
	question, is := errors.AsType[*table.Question](q.Cause)
	if !is {
		return nil
	}
	return question.Choices
}

func TestSuggestionsAreShownAndNeverTaken(t *testing.T) {
	t.Parallel()
	c, err := columns.Map(header("Name first,Frist Name,Last Name,Emial,Emailadr,Zip"), columns.Options{})
	if err != nil {
		t.Fatal(err.Problem)
	}
	if !slices.Equal(c.Names(), []string{"last_name"}) || len(c.Unused) != 5 {
		t.Errorf("%v is taken and %v is not", c.Names(), c.Unused)
	}
	found := map[string]string{}
	for _, s := range c.Suggestions {
		found[s.Header] = s.Field
		if s.Confidence < 0.85 || s.Confidence >= 1 {
			t.Errorf("%+v", s)
		}
	}
	if found["Frist Name"] != "first_name" || found["Emial"] != "email" || found["Emailadr"] != "email" ||
		found["Zip"] != "" {
		t.Errorf("suggested %v", found)
	}
}

// A wrong suggestion is worse than none: people follow it.
func TestAWordThatOnlyBeginsLikeAnotherIsNotSuggested(t *testing.T) {
	t.Parallel()
	for _, h := range strings.Fields("Company Companies Firma Ticket Contact Number Code Event Address Mobile Position Language Home Country Status") {
		c, err := columns.Map([]string{"First Name", h}, columns.Options{})
		if err != nil || len(c.Suggestions) > 0 {
			t.Errorf("%s: %+v, %v", h, c.Suggestions, err)
		}
	}
	for h, want := range map[string]string{
		"Surnme": "last_name", "Lst name": "last_name", "E-mial": "email", "Evnet ID": "event_id", "Nachnahme": "last_name",
		"Additional guest": "plus_ones", "Valid form": "valid_from", "Coment": "notes", "Barcod": "barcode",
	} {
		c, err := columns.Map([]string{"First Name", h}, columns.Options{})
		if err != nil || len(c.Suggestions) != 1 || c.Suggestions[0].Field != want {
			t.Errorf("%s: %+v, %v", h, c.Suggestions, err)
		}
	}
}

func TestTheKeyMayBeAnyColumn(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{"Email": "email", "ref": "key", "#": "key", "Name": "key"} {
		c, err := columns.Map(header("Name,Email,Ref,#"), columns.Options{Key: key, SplitNames: true})
		if err != nil {
			t.Fatal(err.Problem)
		}
		if got := c.KeyField(key); got != want {
			t.Errorf("the key %q is the field %q, want %q", key, got, want)
		}
		if i := slices.Index(c.Names(), want); i < 0 ||
			c.Apply(header("Ada Lovelace,Ada Lovelace,Ada Lovelace,Ada Lovelace"), nil)[i] != "Ada Lovelace" {
			t.Errorf("the key %q is not taken", key)
		}
	}
}

// A column called Name has what its neighbour has not.
func TestNameBesideOnePartIsTheOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ head, row, first, last string }{
		{"Name,Surname", "Ida,Holm", "Ida", "Holm"}, {"name ,surname ", "Ida,Holm", "Ida", "Holm"},
		{"Naam,Achternaam", "Ida,de Holm", "Ida", "de Holm"},
		{"Name,Last Name", "Ida Holm,Holm", "Ida", "Holm"}, {"Last Name,Name", "Holm,Ida", "Ida", "Holm"},
		{"Name,Nachname", "Holm,Holm", "Holm", "Holm"},
		{"Vorname,Name", "Ida,Holm", "Ida", "Holm"}, {"First Name,Name", "Ida,Ida Holm", "Ida", "Holm"},
		{"Name,First Name,Last Name", "Ida Holm,,", "Ida", "Holm"},
		{"Name,First Name,Last Name", "X Y,Ida,Holm", "Ida", "Holm"},
		{"Full Name,First Name,Last Name", "Ana de la Cruz,,", "", ""},
	} {
		got := applied(t, c.head, c.row, columns.Options{})
		if got["first_name"] != c.first || got["last_name"] != c.last {
			t.Errorf("%s with %s gives %q %q", c.head, c.row, got["first_name"], got["last_name"])
		}
	}
	got := applied(t, "Name,First Name,Last Name", "Ana de la Cruz,Ida,Holm",
		columns.Options{Chosen: map[string]string{"full_name": "Name"}})
	if got["first_name"] != "Ana" || got["last_name"] != "de la Cruz" {
		t.Errorf("a full name that was chosen is ignored: %v", got)
	}
	for _, head := range []string{"Full Name,Surname", "Guest,Surname", "First Name,Full Name"} {
		if said := problem(t, head, columns.Options{}); !strings.Contains(said, "has names") {
			t.Errorf("%s: %s", head, said)
		}
	}
}

// Whose names are meant is asked, where two columns have full names.
func TestWhichColumnHasTheGuestsNamesIsAsked(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"Name,Full Name,Email", "Name,Contact name,Email", "Guest,Attendee,Email"} {
		if said := problem(t, head, columns.Options{SplitNames: true}); !strings.Contains(said, "both look like full names") {
			t.Errorf("%s: %s", head, said)
		}
	}
	if got := applied(t, "Guest,Name,Email", "yes,Ada Lovelace,a@x.example",
		columns.Options{SplitNames: true}); got["last_name"] != "Lovelace" {
		t.Errorf("%v", got)
	}
}

// Headers in every language are read, and a name beside one of its parts is the other.
func TestHeadersAreReadInEveryLanguage(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"First name|Last name|Email|Phone|Company|Tags|Status":           "first_name last_name email     tags",
		"Vorname|Name|E-Mail|Telefon|Firma|Schlagwörter|Status":          "first_name last_name email     tags",
		"Prénom|Nom|Courriel|Téléphone|Société|Étiquettes":               "first_name last_name email     tags",
		"Nombre|Apellidos|Correo electrónico|Teléfono|Empresa|Etiquetas": "first_name last_name email     tags",
		"Nome|Cognome|Indirizzo e-mail|Telefono|Azienda|Etichette":       "first_name last_name email     tags",
		"Nome|Sobrenome|E-mail|Telefone|Empresa|Etiquetas":               "first_name last_name email     tags",
		"Voornaam|Naam|E-mailadres|Telefoon|Bedrijf":                     "first_name last_name email",
		"Naam|Achternaam|E-mailadres":                                    "first_name last_name email",
		"Förnamn|Efternamn|E-post|Telefon|Företag|Taggar":                "first_name last_name email     tags",
		"Navn|Efternavn|E-mail|Telefon|Firma":                            "first_name last_name email",
		"Fornavn|Etternavn|E-postadresse|Mobil|Bedrift":                  "first_name last_name email",
		"Etunimi|Sukunimi|Sähköposti|Puhelin|Yritys|Tunnisteet":          "first_name last_name email     tags",
		"Imię|Nazwisko|Adres e-mail|Telefon|Firma|Etykiety":              "first_name last_name email     tags",
		"Jméno|Příjmení|E-mail|Telefon|Společnost|Štítky":                "first_name last_name email     tags",
		"Meno|Priezvisko|E-mail|Telefón|Firma|Štítky":                    "first_name last_name email     tags",
		"Keresztnév|Vezetéknév|E-mail cím|Telefonszám|Cég|Címkék":        "first_name last_name email     tags",
		"Prenume|Nume|Adresă de e-mail|Telefon|Firmă|Etichete":           "first_name last_name email     tags",
		"Ad|Soyad|E-posta|Telefon|Şirket|Etiketler":                      "first_name last_name email     tags",
		"ADI|SOYADI|E-POSTA": "first_name last_name email",
		"Όνομα|Επώνυμο|Ηλεκτρονικό ταχυδρομείο|Τηλέφωνο|Εταιρεία|Ετικέτες": "first_name last_name email     tags",
		"Имя|Фамилия|Электронная почта|Телефон|Компания|Теги":              "first_name last_name email     tags",
		"Ім'я|Прізвище|Електронна пошта|Телефон|Компанія|Мітки":            "first_name last_name email     tags",
		"الاسم الأول|اسم العائلة|البريد الإلكتروني|الهاتف|الشركة":          "first_name last_name email",
		"الاسم|اللقب|الإيميل":                      "first_name last_name email",
		"שם פרטי|שם משפחה|דוא\"ל|טלפון|חברה|תגיות": "first_name last_name email     tags",
		"名|姓|メールアドレス|電話番号|会社名|タグ":                  "first_name last_name email     tags",
		"名字|姓氏|电子邮箱|手机|公司|标签":                      "first_name last_name email     tags",
		"이름|성|이메일|전화번호|회사|태그":                      "first_name last_name email     tags",
	} {
		c, problem := columns.Map(strings.Split(head, "|"), columns.Options{Clean: clean})
		if problem != nil {
			t.Errorf("%s: %s", head, problem.Problem)
			continue
		}
		got := strings.Fields(strings.Join(c.Fields, " "))
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s is taken for %v, want %s", head, got, want)
		}
	}
	for _, head := range []string{"Fullständigt namn,E-post", "Fulde navn,E-mail", "Koko nimi,Sähköposti",
		"Celé jméno,E-mail", "Teljes név,E-mail", "Nume complet,Email", "Ad Soyad,E-posta",
		"Ονοματεπώνυμο,Email", "ФИО,Почта", "ПІБ,Пошта", "الاسم الكامل,البريد الإلكتروني", "שם מלא,אימייל", "氏名,メール", "姓名,邮箱",
		"성명,이메일"} {
		if said := problem(t, head, columns.Options{}); !strings.Contains(said, "full names are in one column") {
			t.Errorf("%s: %s", head, said)
		}
	}
	if said := problem(t, "Telefon,\ufffdk\x1c0\ufffd", columns.Options{}); strings.Contains(said, "its headers are") {
		t.Error("a damaged first line is shown:", said)
	}
	// Headers of no field show that the line is a header, so that a refusal lists them.
	for _, head := range []string{"Telefon,Företag", "電話番号,会社名", "Телефон,Компания"} {
		if said := problem(t, head, columns.Options{}); !strings.Contains(said, "its headers are") {
			t.Errorf("%s: %s", head, said)
		}
	}
}

// A list that one of these has exported is read as it is.
func TestExportsOfWellKnownProgramsAreRead(t *testing.T) {
	t.Parallel()
	for head, program := range map[string]string{
		"Order no.,Order Date,First Name,Surname,Email,Ticket Type,Attendee Status":                                   "Eventbrite",
		"Order ID,Buyer First Name,Buyer Last Name,Buyer Email,Attendee First Name,Attendee Last Name,Attendee Email": "Eventbrite",
		"api_id,name,first_name,last_name,email,phone_number,created_at,approval_status,checked_in_at":                "Luma",
		"Number,Ticket,Ticket Full Name,Ticket First Name,Ticket Last Name,Ticket Email,Order Name,Order Email,Tags":  "Ti.to",
		"Order code,Attendee name: Given name,Attendee name: Family name,Attendee email,E-mail,Order status":          "pretix",
		"Email Address,First Name,Last Name,MEMBER_RATING,LEID,EUID,NOTES,TAGS":                                       "Mailchimp",
		"First Name,Middle Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Labels":                                   "Google Contacts",
		"Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,Group Membership":                               "Google Contacts",
		"First Name,Middle Name,Last Name,E-mail Address,E-mail 2 Address,E-mail Display Name":                        "Outlook",
		"First Name,Last Name,Email 1,Email 2,Phone 1,Email Subscriber Status,Labels":                                 "Wix",
		"CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,SMS":                                                                     "Brevo",
		"Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status":                                 "HubSpot",
		"Salutation,First Name,Last Name,Email,Account Name,Contact ID,Email Opt Out":                                 "Salesforce",
		"user_login,user_email,display_name,first_name,last_name":                                                     "WordPress",
		"Order Number,Billing First Name,Billing Last Name,Billing Email":                                             "WooCommerce",
		"Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Attendee #,Barcode #,Attendee Status":     "Eventbrite",
		"First Name,Last Name,Email,City,Registration Time,Approval Status":                                           "Zoom",
		"Nom participant,Prénom participant,E-mail participant,Nom acheteur,Prénom acheteur,E-mail acheteur":          "Weezevent",
		"Name (Prefix),Name (First),Name (Last),Email,Entry Id,Entry Date,Source Url":                                 "Gravity Forms",
		"Registration ID,First Name[ATT_fname],Last Name[ATT_lname],Email Address[ATT_email]":                         "Event Espresso (WordPress)",
		"Timestamp,Email Address,What is your first name?,What is your last name?":                                    "Google Forms",
		"Zeitstempel,E-Mail-Adresse,Vorname,Nachname":                                                                 "Google Forms",
		"ID,Start time,Completion time,Email,First name,Last name":                                                    "Microsoft Forms",
		"#,What's your first name?,Last name,Email,Start Date (UTC),Submit Date (UTC),Network ID,Tags":                "Typeform",
		"Order ID,Buyer first name,Buyer last name,Buyer email,First name,Last name,Email,Attendee first name":        "Eventbrite",
		"First Name,Last Name,File As,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Labels":                       "Google Contacts",
	} {
		c, problem := columns.Map(header(head), columns.Options{Clean: clean})
		if problem != nil || c.Program != program {
			t.Errorf("%s: taken for %q, %+v", head, c.Program, problem)
			continue
		}
		for _, field := range []string{"first_name", "last_name", "email"} {
			if c.Headers[field] == "" {
				t.Errorf("%s: nothing is its %s", program, field)
			}
		}
	}
	for head, want := range map[string]string{ // with full names, and some with a number of guests
		"Name,User ID,Title,RSVP,Guests,RSVPed on,URL of Member Profile": "Meetup",
		"Name,Status,RSVP date,Is Plus One Of,Email":                     "Partiful",
		"Timestamp,What is your name?,What is your email?":               "Google Forms",
		"ID,Start time,Completion time,Email,Name":                       "Microsoft Forms",
	} {
		c, problem := columns.Map(header(head), columns.Options{Clean: clean, SplitNames: true})
		if problem != nil || c.Program != want || c.Headers["last_name"] == "" ||
			strings.Contains(head, "Guests") != (c.Headers["plus_ones"] != "") {
			t.Errorf("%s: taken for %q, %v, %+v", head, c.Program, c.Headers, problem)
		}
	}
	if said := problem(t, "Order code,Attendee name,Attendee email", columns.Options{}); !strings.Contains(said,
		"pretix") {
		t.Errorf("%s does not say where the list comes from", said)
	}
}

// What is guessed of a header is bounded, for it may be as long as a record, and so is what a message shows of it.
func TestALongHeaderIsNotGuessedAt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("firstnam ", 1<<17)
	for _, head := range []string{long + ",Email", "First Name," + long, long,
		"First Name,Last Name," + long + ",Email,E-Mail"} {
		c, problem := columns.Map(header(head), columns.Options{Clean: clean, Chosen: map[string]string{"notes": long}})
		if problem == nil && len(c.Suggestions) > 0 {
			t.Error("something is suggested for a header of a mebibyte")
		}
		if problem != nil && len(problem.Problem)+len(problem.Advice) > 4096 {
			t.Errorf("a message has %d characters", len(problem.Problem)+len(problem.Advice))
		}
	}
	for head, field := range map[string]string{"Work E-mail Address": "email", "Registered first name": "first_name",
		"Numéro de code barre": "barcode"} {
		c, _ := columns.Map(header("Vorname,Nachname,"+head), columns.Options{Clean: clean})
		if field == "first_name" {
			c, _ = columns.Map(header("Nachname,"+head), columns.Options{Clean: clean})
		}
		if len(c.Suggestions) != 1 || c.Suggestions[0].Field != field {
			t.Errorf("%s: %+v, want %s", head, c.Suggestions, field)
		}
	}
}

func TestEveryRefusalOfAHeaderSaysWhatSettlesIt(t *testing.T) {
	t.Parallel()
	for head, want := range map[string][]string{
		"Kind,Work E-mail Address": {`"Kind"`, "is \"Work E-mail Address\" email?",
			"--map 'email=Work E-mail Address'", "mapping in the profile", "console"},
		"First Name,Email,E-Mail": {"--map 'email=Email' or --map 'email=E-Mail'", "mapping in the profile",
			"console"},
		"First Name,Email,Email": {"--map 'email=#2' or --map 'email=#3'"},
		"full_name,email":        {"--split-names", "split_names", "console"},
		"First Name,Number of Guests": {"--map 'party_size=Number of Guests'", "--map 'plus_ones=Number of Guests'",
			"--map 'plus_ones='", "console"},
		"First Name,Anzahl Personen":       {"--map 'party_size=Anzahl Personen'"},
		"First Name,Party size (with you)": {"--map 'party_size=Party size (with you)'"},
	} {
		_, err := columns.Map(header(head), columns.Options{Clean: clean})
		if err == nil || !err.NeedsAnswer {
			t.Errorf("%s: %+v, want a question", head, err)
			continue
		}
		for _, part := range want {
			if !strings.Contains(err.Problem+"; "+err.Advice, part) {
				t.Errorf("%s: %s; %s: does not say %s", head, err.Problem, err.Advice, part)
			}
		}
	}
}

// Of whom a row's guest is, where a row has the names of several people, is asked, and each answer brings that person's
// name and address.
func TestWhoOfSeveralPeopleIsTheGuestIsAsked(t *testing.T) {
	t.Parallel()
	for head, want := range map[string][]string{
		"Billing First Name,Billing Last Name,Billing Email,Attendee First Name,Attendee Last Name,Attendee Email":         {"4 5 6", "1 2 3"},
		"Order ID,Billing First Name,Billing Last Name,Billing Email,Ticket Holder First Name,Ticket Holder Last Name":     {"5 6 -", "2 3 4"},
		"Purchaser Name,Purchaser Email,Ticket Holder Name,Ticket Holder Email":                                            {"3 3 4", "1 1 2"},
		"First Name,Last Name,Email,Recipient First Name,Recipient Last Name,Recipient Email":                              {"4 5 6", "1 2 3"},
		"Lead Booker Name,Lead Booker Email,Passenger,Passenger Email":                                                     {"3 3 4", "1 1 2"},
		"Child First Name,Child Last Name,Parent First Name,Parent Last Name,Parent Email":                                 {"1 2 -", "3 4 5"},
		"Name,Email,Contact Name,Contact Email":                                                                            {"1 1 2", "3 3 4"},
		"Besteller Vorname,Besteller Nachname,Besteller E-Mail,Vorname Teilnehmer,Nachname Teilnehmer,E-Mail Teilnehmer":   {"4 5 6", "1 2 3"},
		"Prénom de l'acheteur,Nom de l'acheteur,Email acheteur,Prénom invité,Nom de famille invité,Email invité":           {"4 5 6", "1 2 3"},
		"Nombre comprador,Apellidos comprador,Correo comprador,Nombre asistente,Apellidos asistente,Correo asistente":      {"4 5 6", "1 2 3"},
		"Nome acquirente,Cognome acquirente,Email acquirente,Nome partecipante,Cognome partecipante,Email partecipante":    {"4 5 6", "1 2 3"},
		"Voornaam koper,Achternaam koper,E-mail koper,Voornaam deelnemer,Achternaam deelnemer,E-mail deelnemer":            {"4 5 6", "1 2 3"},
		"Imię kupującego,Nazwisko kupującego,Email kupującego,Imię uczestnika,Nazwisko uczestnika,Email uczestnika":        {"4 5 6", "1 2 3"},
		"Köparens förnamn,Köparens efternamn,Köparens e-post,Deltagarens förnamn,Deltagarens efternamn,Deltagarens e-post": {"4 5 6", "1 2 3"},
		"購入者氏名,購入者メール,参加者氏名,参加者メール":                                                                                        {"3 3 4", "1 1 2"},
		"购票人姓名,购票人邮箱,参会人姓名,参会人邮箱":                                                                                          {"3 3 4", "1 1 2"},
		"Имя покупателя,Email покупателя,Имя участника,Email участника":                                                    {"3 3 4", "1 1 2"},
	} {
		n := len(header(head))
		rows := [][]string{make([]string, n)}
		for i := range rows[0] {
			rows[0][i] = strings.Repeat("A", i+1) // a name by its column's number
		}
		o := columns.Options{Rows: rows, SplitNames: true}
		_, problem := columns.Map(header(head), o)
		if problem == nil || len(choicesOf(*problem)) != len(want) {
			t.Errorf("%s: %+v", head, problem)
			continue
		}
		for i, choice := range choicesOf(*problem) {
			field, from, _ := strings.Cut(choice.Value, "=")
			o.Chosen = map[string]string{field: from}
			if got := columnsOf(t, head, o); got != want[i] {
				t.Errorf("%s with %s: %s, want %s", head, choice.Value, got, want[i])
			}
		}
	}
}

// columnsOf returns the numbers of the columns that first name, last name and email come from.
func columnsOf(t *testing.T, head string, o columns.Options) string {
	t.Helper()
	c, problem := columns.Map(header(head), o)
	if problem != nil {
		return problem.Problem
	}
	said := make([]string, 3)
	for i, field := range []string{"first_name", "last_name", "email"} {
		said[i] = "-"
		if at := slices.Index(c.Header, c.Headers[field]); at >= 0 {
			said[i] = strconv.Itoa(at + 1)
		}
	}
	return strings.Join(said, " ")
}

// Where only one of them may come, nothing is asked: the person whom the row is about beside who has paid, or the one
// attendee.
func TestTheOnlyPersonWhoMayComeIsTheGuest(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"Assistant First Name,Assistant Email,First Name,Last Name,Email":             "3 4 5",
		"Buyer First Name,Buyer Last Name,Buyer Email,First Name,Last Name,Email":     "4 5 6",
		"First Name,Last Name,Email,Invited by,Invited by Email":                      "1 2 3",
		"Vorname Teilnehmer,Nachname Teilnehmer,E-Mail Teilnehmer,Firma":              "1 2 3",
		"Prénom du participant,Nom de famille du participant,E-mail du participant":   "1 2 3",
		"Attendee First Name,Attendee Last Name,Email":                                "1 2 3",
		"First Name,Last Name,Contact email":                                          "1 2 3",
		"Billing First Name,Billing Last Name,Billing Email,Shipping First Name,City": "1 2 3",
		"First Name,Last Name,Email,Company Name,Company Email,Event Name":            "1 2 3",
		"Name,Surname,Email,Emergency contact name,Emergency contact email":           "1 2 3",
	} {
		if got := columnsOf(t, head, columns.Options{}); got != want {
			t.Errorf("%s: %s, want %s", head, got, want)
		}
	}
}
