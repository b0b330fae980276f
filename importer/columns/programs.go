package columns

import (
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/wordset"
)

// program is one whose exports are known by their headers.
type program struct {
	name string
	// signs are headers that only its exports have, as Letters leaves them: all of one line's are there.
	signs []string
	// fields are those of its headers that mean another field than by themselves, or are known only here. "" is none.
	fields map[string]string
	// usual are the rules by which its lists are usually filtered. The first is offered whose columns a list has.
	usual []string
}

// programs are told apart by their signs; the first counts.
var programs = []program{
	{
		name: "pretix",
		signs: []string{"ordercode attendeename", "ordercode attendeenamegivenname", "ordercode attendeeemail",
			"ordercode orderstatus", "ordercode status"},
		fields: map[string]string{"attendeename": FullName, "attendeenamefullname": FullName, "attendeeemail": Email,
			"secret": "", "name": ""},
		usual: []string{"Order status in paid, valid, confirmed", "Status in paid, valid, confirmed"},
	},
	{
		name: "Luma",
		signs: []string{"approvalstatus checkedinat", "approvalstatus qrcodeurl", "approvalstatus apiid",
			"approvalstatus guestid", "approvalstatus customsource"},
		usual: []string{"approval_status = approved"},
	},
	{
		name: "Ti.to",
		signs: []string{"ticketfirstname ticketemail", "ticketfullname ticketemail", "ticketreference ticketemail",
			"ticketname ticketemail"},
		fields: map[string]string{
			"ticketfirstname": FirstName, "ticketlastname": LastName, "ticketemail": Email, "ticketfullname": FullName,
			"tags":       Tags,
			"ticketname": FullName, "ordername": "", "orderemail": "", "name": "", "email": "",
		},
		usual: []string{"Void status not in void, voided, yes, true", "Ticket status not in void, voided, cancelled"},
	},
	{
		name:   "Ticket Tailor", // before Eventbrite, of which it has some headers
		signs:  []string{"ticketcode ticketstatus orderid", "issuedticketid ticketcode"},
		fields: map[string]string{"eventid": "", "buyerfirstname": "", "buyerlastname": "", "buyeremail": ""},
	},
	{
		name:   "Zoho CRM", // before HubSpot
		signs:  []string{"recordid contactownerid", "recordid leadownerid", "recordid emailoptout modifiedby"},
		fields: map[string]string{"recordid": ""},
	},
	{
		name: "Eventbrite",
		signs: []string{"orderno attendeestatus", "orderid attendeestatus", "orderno tickettype", "attendeeno orderno",
			"orderid buyeremail", "orderno buyeremail", "order attendee attendeestatus", "order attendee tickettype"},
		fields: map[string]string{
			"attendee": "", "attendeefirstname": FirstName, "attendeelastname": LastName, "attendeeemail": Email,
			"barcodeno": Barcode, "group": "",
		},
		usual: []string{"Attendee Status in Attending, Checked In"},
	},
	{
		name:   "Mailchimp",
		signs:  []string{"memberrating", "leid euid", "optintime optinip"},
		fields: map[string]string{"emailaddress": Email, "tags": Tags},
		usual:  []string{"UNSUB_TIME is empty", "CLEAN_TIME is empty"},
	},
	{
		name:  "Google Contacts",
		signs: []string{"email1value", "email1type givenname", "email1label firstname"},
		fields: map[string]string{
			"email1value": Email, "labels": "", "groupmembership": "", "name": FullName, "nickname": "",
		},
	},
	{
		name: "Outlook",
		signs: []string{"emaildisplayname emailaddress", "email2address emailaddress", "emailtype emailaddress",
			"adressedemessagerie typedemessagerie", "indirizzopostaelettronica tipopostaelettronica"},
		fields: map[string]string{"emailaddress": Email, "email2address": "", "email3address": "", "adressedemessagerie": Email,
			"nomcompletdeladressedemessagerie": "", "indirizzopostaelettronica": Email, "nomevisualizzatopostaelettronica": ""},
	},
	{
		name:   "Wix",
		signs:  []string{"emailsubscriberstatus", "smssubscriberstatus", "rsvpstatus guestname"},
		fields: map[string]string{"email1": Email, "email2": "", "labels": ""},
		usual:  []string{"Email subscriber status = Subscribed", "RSVP status in Yes, Going, Attending"},
	},
	{
		name: "Brevo",
		signs: []string{"contactid sms", "contactid doubleoptin", "emailblacklisted", "emailblocklisted",
			"sms firstname email", "sms prenom email", "doubleoptin email"},
		fields: map[string]string{"nom": LastName, "prenom": FirstName},
		usual:  []string{"EMAIL_BLACKLISTED not in true, yes, 1", "EMAIL_BLOCKLISTED not in true, yes, 1"},
	},
	{
		name: "HubSpot",
		signs: []string{"recordid contactowner", "recordid leadstatus", "recordid createdate",
			"recordid marketingcontactstatus", "recordid lifecyclestage"},
		fields: map[string]string{"recordid": ""},
		usual:  []string{"Unsubscribed from all email not in true, yes, 1", "Marketing contact status = Marketing contact"},
	},
	{
		name: "Salesforce",
		signs: []string{"hasoptedoutofemail", "emailoptout", "accountname contactid", "contactid accountid",
			"accountname contactowner"},
		fields: map[string]string{},
		usual:  []string{"Email Opt Out not in true, yes, 1", "HasOptedOutOfEmail not in true, yes, 1"},
	},
	{
		name: "WooCommerce",
		signs: []string{"billingfirstname billingemail", "billingfirstname billingemailaddress",
			"firstnamebilling emailbilling", "namebilling emailbilling"},
		fields: map[string]string{
			"firstnamebilling": FirstName, "lastnamebilling": LastName, "emailbilling": Email, "namebilling": FullName,
			"billingfirstname": FirstName, "billinglastname": LastName, "billingemail": Email, "billingemailaddress": Email,
		},
		usual: []string{"Order status in completed, processing, wc-completed, wc-processing",
			"Status in completed, processing, wc-completed, wc-processing"},
	},
	{
		name: "The Events Calendar (WordPress)",
		signs: []string{
			"customername customeremailaddress", "purchasername purchaseremail", "purchasername purchaseremailaddress",
			"securitycode ticketid",
		},
		fields: map[string]string{
			"customername": FullName, "customeremailaddress": Email, "purchasername": FullName, "purchaseremail": Email,
			"purchaseremailaddress": Email, "group": "",
		},
		usual: []string{"Order status in completed, yes, going"},
	},
	{
		name:  "Meetup",
		signs: []string{"urlofmemberprofile userid", "urlofmemberprofile rsvp", "rsvpedon guests"},
		fields: map[string]string{
			"name": FullName, "guests": PlusOnes, "userid": "", "memberid": "", "title": "",
		},
		usual: []string{"RSVP in Yes, Going, Attending"},
	},
	{
		name:   "Zoom",
		signs:  []string{"registrationtime approvalstatus"},
		fields: map[string]string{},
		usual:  []string{"Approval Status = approved"},
	},
	{
		name: "Humanitix",
		signs: []string{"ordername ticketname eventdate", "buyerfirstname buyeremail attendeefirstname",
			"ordername tickettype buyeremail"},
		fields: map[string]string{
			"attendeefirstname": FirstName, "attendeelastname": LastName, "attendeeemail": Email, "buyerfirstname": "",
			"buyerlastname": "",
			"buyeremail":    "", "ordername": "",
		},
	},
	{
		name: "Tickera (WordPress)",
		signs: []string{"ticketcode buyername attendeefirstname", "ticketcode buyername attendeeemail", "ticketcode buyeremail attendeename",
			"ticketcode buyeremail attendeefirstname"},
		fields: map[string]string{
			"attendeefirstname": FirstName, "attendeelastname": LastName, "attendeeemail": Email, "attendeename": FullName,
			"buyername": "", "buyerfirstname": "", "buyerlastname": "", "buyeremail": "", "ticketcode": Barcode, "ticketid": "",
		},
	},
	{
		name:  "Pipedrive",
		signs: []string{"personname personemailwork", "personfirstname personemailwork"},
		fields: map[string]string{
			"personfirstname": FirstName, "personlastname": LastName, "personname": FullName, "personemailwork": Email,
			"personemailhome": "", "personemailother": "",
		},
	},
	{
		name:   "a directory (LDAP)",
		signs:  []string{"dn cn sn mail", "cn sn givenname mail"},
		fields: map[string]string{"sn": LastName, "givenname": FirstName, "mail": Email, "cn": FullName},
	},
	{
		name:   "Planning Center",
		signs:  []string{"personid homeemail", "personid primaryemail"},
		fields: map[string]string{"homeemail": Email, "primaryemail": Email, "workemail": "", "otheremail": ""},
	},
	{
		name: "Constant Contact",
		signs: []string{"emailstatus emailpermissionstatus", "emailaddresshome emailstatus", "emailaddresshome emaillists",
			"emailaddresshome firstname sourcename"},
		fields: map[string]string{"emailaddresshome": Email, "emailaddresswork": "", "emailaddressother": "", "emailaddress": Email},
	},
	{
		name:   "MailerLite",
		signs:  []string{"subscriber opens clicks", "subscriber sent opens", "subscriber opened clicked"},
		fields: map[string]string{"subscriber": Email},
	},
	{
		name: "Weezevent",
		signs: []string{"nomacheteur prenomacheteur", "nomparticipant prenomparticipant", "nomdelacheteur prenomdelacheteur",
			"nomduparticipant prenomduparticipant"},
		fields: map[string]string{
			"nomparticipant": LastName, "prenomparticipant": FirstName, "emailparticipant": Email, "nomduparticipant": LastName,
			"prenomduparticipant": FirstName, "emailduparticipant": Email, "nomacheteur": "", "prenomacheteur": "",
			"emailacheteur": "",
		},
	},
	{
		name:  "Gravity Forms",
		signs: []string{"entryid sourceurl", "namefirst namelast"},
		fields: map[string]string{
			"namefirst": FirstName, "namelast": LastName, "namemiddle": OtherNames, "nameprefix": "", "namesuffix": "",
		},
	},
	{
		name:  "Event Espresso (WordPress)",
		signs: []string{"firstnameattfname", "emailaddressattemail"},
		fields: map[string]string{
			"firstnameattfname": FirstName, "lastnameattlname": LastName, "emailaddressattemail": Email,
		},
	},
	{
		name: "Google Forms",
		signs: []string{"timestamp emailaddress", "timestamp username", "timestamp whatisyouremail",
			"timestamp whatisyouremailaddress",
			"timestamp whatisyourname", "zeitstempel emailadresse", "horodateur adresseemail",
			"marcatemporal direcciondecorreoelectronico",
			"informazionicronologiche indirizzoemail", "carimbodedatahora enderecodeemail", "tijdstempel emailadres"},
		fields: map[string]string{"username": Email},
	},
	{
		name: "Microsoft Forms",
		signs: []string{"starttime completiontime", "startzeit fertigstellungszeit", "heuredebut heuredefin",
			"horadeinicio horadefinalizacion"},
		fields: map[string]string{"id": ""},
	},
	{
		name:   "Typeform",
		signs:  []string{"networkid submitdateutc", "startdateutc submitdateutc"},
		fields: map[string]string{"tags": "", "networkid": ""},
	},
	{
		name:   "Partiful",
		signs:  []string{"isplusoneof"},
		fields: map[string]string{"name": FullName},
		usual:  []string{"Status = Going"},
	},
	{
		name:   "Splash",
		signs:  []string{"splashthatid", "rsvpdate splashlink", "uniquelink gueststatus"},
		fields: map[string]string{},
		usual:  []string{"Status in Attending, Checked In", "Guest Status in Attending, Checked In"},
	},
	{
		name: "WordPress",
		signs: []string{"userlogin useremail", "useremail displayname", "bookingid bookingspaces", "bookingid spaces",
			"eventname spaces"},
		fields: map[string]string{"useremail": Email, "displayname": FullName},
		usual:  []string{"Booking status = approved", "Status = approved"},
	},
}

// recognise finds the program that a list comes from.
func (c *Columns) recognise() {
	there := map[string]bool{}
	for _, h := range c.Header {
		if len(h) <= headers.MaxLength {
			there[wordset.Letters(h)] = true
		}
	}
	for i := range programs {
		for _, sign := range programs[i].signs {
			if hasAll(there, sign) {
				c.program, c.Program = &programs[i], programs[i].name
				return
			}
		}
	}
}

func hasAll(there map[string]bool, words string) bool {
	for word := range strings.FieldsSeq(words) {
		if !there[word] {
			return false
		}
	}
	return true
}

// field returns what a header means in this program's exports, and whether it is one of theirs.
func (p *program) field(header string) (string, bool) {
	if p == nil || len(header) > headers.MaxLength {
		return "", false
	}
	field, is := p.fields[wordset.Letters(header)]
	return field, is
}

// ownFields are the fields for which the export has a header of the program's own. Where it has several for one, such
// as the buyer's name beside the attendee's, none of them is.
func (p *program) ownFields(header []string) map[string]bool {
	fields := map[string]bool{}
	for _, h := range header {
		if field, is := p.field(h); is && field != "" {
			fields[field] = true
		}
	}
	return fields
}
