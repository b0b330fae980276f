package rowstatus

import (
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// A list may say of each guest how that guest is to be invited. Who is to get a letter is meant, but not by email.

// NamesChannel reports whether a header is of how guests are written to.
func NamesChannel(header string) bool {
	return len(header) <= headers.MaxLength && channelNames[wordset.Letters(headers.BeforePunctuation(header))]
}

// IsByEmail reports whether a cell says that its guest is written to by email.
func IsByEmail(cell string) bool {
	s, says := channelStatus(cell)
	return says && s.class == agreedWord
}

// channelStatus judges how a guest is written to.
func channelStatus(cell string) (s Status, says bool) {
	folded := where.Fold(cell)
	words := slices.DeleteFunc(strings.Fields(folded), func(w string) bool { return onlyWords[wordset.Letters(w)] })
	key := strings.TrimPrefix(strings.TrimPrefix(wordKey(strings.Join(words, " ")), "per"), "by")
	s = Status{Text: cell, Known: len(cell) <= maxWord}
	switch {
	case byEmail[key], strings.Contains(key, "email"):
		if first, _, _ := strings.Cut(folded, " "); negators[wordset.Letters(first)] {
			s.Out = true
		} else {
			s.class = agreedWord
		}
	case notByEmail[key]:
		s.Out = true
	case key == "mail": // a letter, beside email
		s.perhaps = true
	default:
		return s, false
	}
	return s, true
}

var (
	// onlyWords stand beside a channel: “phone only”, “nur Post”.
	onlyWords    = wordset.Words(`only please nur bitte uniquement seulement solo sólo soltanto apenas somente alleen endast bara kun vain tylko pouze`)
	channelNames = wordset.Words(`comms commspreference commspreferences contactpreference contactpreferences preferredcontact preferredcontactmethod
		preferredmethodofcontact contactmethod contactby contactvia contactchannel preferredchannel communicationpreference
		communicationpreferences preferredcommunication inviteby invitevia invitationby invitationvia sendby sendvia sentby sentvia
		deliverymethod deliveryby deliverytype invitationdelivery invitechannel invitemethod howtoinvite howtocontact versand
		versandart versandweg versandper versandform zustellung zustellart kontaktart kontaktweg kontaktper bevorzugterkontakt
		einladungper einladungsweg einladungvia einladungsart modedecontact contactpréféré envoi modedenvoi envoipar invitationpar
		viadecontacto mododecontacto preferenciadecontacto envio envíopor invitaciónpor modalitàdicontatto contattopreferito invio
		inviotramite contactvoorkeur verzending verzendwijze uitnodigingper kontaktsätt utskick kontaktmåte yhteydenottotapa
		sposóbkontaktu wysyłka způsobkontaktu`)
	byEmail = keys(`email|emails|mail/email|digital|electronic|elektronisch|both|either|any|all|beide|beides|egal|les deux|courriel|
		électronique|ambos|correo electrónico|correo|entrambi|elettronica|posta elettronica|elektronisk|epost|sähköposti|эл. почта|
		e-posta|メール|邮件|電郵|電子郵件|이메일`)
	notByEmail = keys(`phone|telephone|tel|call|phone call|by phone|post|postal|letter|paper|print|printed|printed card|card|
		courier|snail mail|postal mail|regular mail|sms|text|text message|whatsapp|fax|hand|by hand|hand delivered|in person|
		personally|none|no contact|do not contact|never|no|telefon|telefonisch|anruf|brief|briefpost|postweg|postalisch|papier|
		gedruckt|persönlich|bote|kurier|keine|keiner|nicht|courrier|lettre|poste|main propre|aucun|teléfono|carta|correo postal|
		en mano|ninguno|lettera|posta|cartaceo|a mano|nessuno|telefoon|geen|brev|telefoni|ingen|puhelin|kirje|posti|list|poczta|
		dopis|levél|почта|письмо|телефон|mektup|電話|郵送|手紙|电话|邮寄|信|전화|우편`)
)
