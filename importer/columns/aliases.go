package columns

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// aliases are the headers that people write for a field, as reduce leaves them: in English, German, French, Spanish,
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
	m := map[string]string{}
	for field, names := range aliases {
		for name := range strings.FieldsSeq(names) {
			m[name] = field
		}
	}
	for _, language := range furtherAliases {
		for field, headers := range language {
			for header := range reduced(headers) {
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

// letters are those that Unicode does not take apart into a letter and its accent.
var letters = strings.NewReplacer("ł", "l", "Ł", "l", "ø", "o", "Ø", "o", "đ", "d", "Đ", "d", "ß", "ss", "æ", "ae",
	"Æ", "ae", "œ", "oe", "Œ", "oe", "ı", "i", "ς", "σ")

// reduce leaves a header's letters and digits, without case and accents: "Plus 1's" is plus1s, "E-Mail" is email.
func reduce(header string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(letters.Replace(header)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Letters returns a text's letters and digits without case and accents, as headers and names are compared.
func Letters(text string) string { return reduce(text) }

// Known reports whether a header is one of those that stand for a field. Another one may be anything: the first guest,
// say, of a list without a header.
func Known(header string) bool { return FieldOf(header) != "" }

// FieldOf returns the field that a header is known for, or "". An error of a spreadsheet, such as #NAME?, is no header.
func FieldOf(header string) string {
	if strings.HasPrefix(header, "#") && errorHeader.MatchString(header) {
		return ""
	}
	if field, is := exactHeaders[strings.ToLower(strings.TrimSpace(header))]; is {
		return field
	}
	return fieldOf[reduce(header)]
}
