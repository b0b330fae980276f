package headers

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/wordset"
)

// aliases are the headers that people write for a field, as Letters leaves them: in English, German, French, Spanish,
// Dutch, Polish, Italian and Portuguese. A word that means different fields in two of them is in neither. languages.go
// has those of further languages.
//
// of English words in the other languages
var aliases = map[string]string{
	FirstName: `firstname forename givenname givennames first christianname fname
		vorname vornamen rufname  prenom prenoms  nombre nombres nombredepila  voornaam roepnaam  imie imiona  nome
		primeironome`,
	LastName: `lastname surname familyname last secondname lname
		nachname familienname zuname  nom nomdefamille  apellido apellidos primerapellido  achternaam familienaam
		nazwisko  cognome  sobrenome apelido ultimonome`,
	OtherNames: `othernames middlename middlenames
		zweitervorname weiterevornamen mittelname  autresprenoms deuxiemeprenom secondprenom  segundonombre otrosnombres
		tussenvoegsel tussenvoegsels tweedenaam  drugieimie  secondonome altrinomi  nomedomeio outrosnomes`,
	FullName: `fullname name guest guestname attendee attendeename participant
		vollername vollstandigername gast gastname teilnehmer vorundnachname namevorname  nomcomplet nometprenom nomprenom
		prenometnom
		prenomnom invite participante  nombrecompleto nombreyapellidos nombreyapellido invitado  naam volledigenaam
		naamgast deelnemer
		imieinazwisko imienazwisko nazwiskoiimie gosc uczestnik  nomecompleto nomeecognome nomecognome ospite partecipante
		convidado`,
	Email: `email emailaddress mail guestemail emails mailaddress contactemail
		emailadresse mailadresse elektronischepost  adresseemail adressemail adresseelectronique courriel adressecourriel mel
		correo correoelectronico emailcorreo direcciondecorreo direcciondecorreoelectronico direcciondeemail
		emailadres mailadres  adresemail adrespocztyelektronicznej  indirizzoemail indirizzomail postaelettronica
		enderecodeemail correioeletronico enderecoemail`,
	PlusOnes: `plus1s plus1 plusones plusone additionalguests extraguests companions
		begleitung begleitpersonen anzahlbegleitpersonen begleiter zusatzlichegaste weiteregaste
		accompagnants nombredaccompagnants accompagnateurs invitessupplementaires
		acompanantes numerodeacompanantes invitadosadicionales  introducees aantalintroducees extragasten
		osobytowarzyszace liczbaosobtowarzyszacych dodatkowigoscie  accompagnatori numeroaccompagnatori ospitiaggiuntivi
		acompanhantes numerodeacompanhantes convidadosadicionais`,
	Notes: `notes note guestnotes additionalinfo comments comment remark remarks
		notiz notizen bemerkung bemerkungen anmerkung anmerkungen kommentar kommentare  remarque remarques commentaire
		commentaires
		nota notas comentario comentarios observaciones  notitie notities opmerking opmerkingen
		uwagi uwaga notatka notatki komentarz komentarze  commento commenti osservazioni  observacao observacoes`,
	Tags: `tags tag labels label
		schlagwort schlagworter etikett etiketten  etiquette etiquettes motscles motcle  etiqueta etiquetas
		trefwoord trefwoorden  tagi etykieta etykiety  etichetta etichette`,
	Barcode: `barcode ticketbarcode barcodes ticketcode
		strichcode strichkode  codebarre codebarres  codigodebarras  streepjescode  kodkreskowy kodpaskowy  codiceabarre`,
	CustomID: `customid externalid
		externeid fremdschlussel  idexterne identifiantexterne  idexterno identificadorexterno  externid
		idzewnetrzne zewnetrzneid identyfikatorzewnetrzny  idesterno`,
	IsGroup: `isgroup group
		gruppe istgruppe  groupe estungroupe  grupo esgrupo  groep isgroep  grupa czygrupa  gruppo eungruppo  egrupo`,
	ValidFrom: `validfrom
		gultigab gultigvon gueltigab gueltigvon  valablede valabledu valableapartirdu validedu valideapartirdu
		validodesde validoapartirde  geldigvan geldigvanaf  waznyod waznaod wazneod  validodal validoda  validode`,
	ValidTo: `validto validuntil validtill
		gultigbis gueltigbis  valablejusquau valableau validejusquau valideau  validohasta  geldigtot geldigtotenmet
		waznydo waznado waznedo  validofinoal validofinoa  validoate`,
	EventID: `eventid
		veranstaltungsid veranstaltungid  idevenement evenementid  idevento eventoid idwydarzenia wydarzenieid`,
	TemplateID: `templateid commstemplateid
		vorlagenid vorlageid  idmodele modeleid  idplantilla plantillaid  sjabloonid  idszablonu szablonid  idmodello
		modelloid idmodelo modeloid`,
}

// guestPrefixes are what a form calls the guest before each of a guest's fields, as in "Attendee first name".
var guestPrefixes = strings.Fields("attendee guest participant delegate")

// prefixedFields are the English fields that stand behind them.
var prefixedFields = map[string]string{
	"firstname": FirstName, "givenname": FirstName, "lastname": LastName, "surname": LastName, "familyname": LastName,
	"namegivenname": FirstName, "namefamilyname": LastName, "email": Email, "emailaddress": Email, "fullname": FullName,
}

var fieldOf = func() map[string]string {
	m := make(map[string]string, 4096) // more than there are
	for field, names := range aliases {
		for name := range strings.FieldsSeq(names) {
			m[name] = field
		}
	}
	for _, language := range furtherAliases {
		for field, headers := range language {
			for header := range wordset.Phrases(headers) {
				m[header] = field
			}
		}
	}
	for _, person := range guestPrefixes {
		for name, field := range prefixedFields {
			m[person+name] = field
		}
	}
	return m
}()

// Known reports whether a header is one of those that stand for a field. Another one may be anything: the first guest,
// say, of a list without a header.
func Known(header string) bool { return FieldOf(header) != "" }

// FieldOfName returns the field that a header, as Letters leaves it, is known for, or "".
func FieldOfName(name string) string { return fieldOf[name] }

// FieldOf returns the field that a header is known for, or "". An error of a spreadsheet, such as #NAME?, is no header.
func FieldOf(header string) string {
	if strings.HasPrefix(header, "#") && errorHeader.MatchString(header) {
		return ""
	}
	if field, is := exactHeaders[strings.ToLower(strings.TrimSpace(header))]; is {
		return field
	}
	if field, is := fieldOf[wordset.Letters(header)]; is {
		return field
	}
	return decoratedField(header)
}

// Names returns all headers that are known for a field, as Letters leaves them, in order.
func Names() []string { return slices.Sorted(maps.Keys(fieldOf)) }

const (
	maxHeaderWords  = 12
	minAliasLetters = 5 // letters of a name that is found among other words
)

// vagueAliases are names of fields that say nothing amid other words: Company name, Last login, Group size.
var vagueAliases = wordset.Of(`name guest gast attendee participant invite first last group gruppe groupe grupo groep
	grupa gruppo label labels
	nombre notes nota notas nome naam teilnehmer comment comments remark remarks`)

// FieldIn returns the field of the longest known name that some neighbouring words of a header make, or "": "Work
// E-mail Address" is an email, by emailaddress.
func FieldIn(header string) string {
	if len(header) > MaxLength {
		return ""
	}
	words := strings.FieldsFunc(header, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words = words[:min(len(words), maxHeaderWords)]
	best := ""
	for i := range words {
		name := ""
		for _, word := range words[i:] {
			name += wordset.Letters(word)
			if _, known := fieldOf[name]; known && len(name) >= minAliasLetters && len(name) >= len(best) &&
				!vagueAliases[name] {
				best = name
			}
		}
	}
	return fieldOf[best]
}
