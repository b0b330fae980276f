package guest

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"guestflow/importer/columns"
	"guestflow/qflow"
)

const (
	maxEmail      = 254 // RFC 5321 section 4.5.3.1.3, less the angle brackets
	maxEmailLocal = 64  // RFC 5321 section 4.5.3.1.1
	maxLabel      = 63  // RFC 1035 section 2.3.4
)

func (c *check) email(m mailbox, g *qflow.Guest) {
	if g.Email == "" {
		if g.TemplateID != "" {
			c.add(NoEmail, columns.Email, "an email is to be sent, and the row has no address")
		}
		return
	}
	if problem := c.addressProblem(g.Email); problem != "" {
		c.add(BadEmail, columns.Email, problem)
		return
	}
	if m.name != "" || len(m.remarks) > 0 {
		if problem := m.besideProblem(fullNameOf(g)); problem != "" {
			c.add(BadEmail, columns.Email, problem)
			return
		}
	}
	local, domain, _ := strings.Cut(g.Email, "@")
	if domain != c.address.text {
		if problem := badEnding(domain); problem != "" {
			c.add(BadEmail, columns.Email, problem)
			return
		}
		c.address = cachedValue{domain, suggestDomain(domain)}
	}
	if problem := undeliverable(local); problem != "" {
		c.add(BadEmail, columns.Email, problem)
		return
	}
	if problem := markProblem(local, domain, func() fullName { return fullNameOf(g) }); problem != "" {
		c.add(BadEmail, columns.Email, problem)
		return
	}
	switch meant := c.address.is; {
	case meant != "":
		c.warn(EmailSlip, columns.Email, "the address looks misspelt: should it end in "+meant+"?")
	default:
		if odd := oddAddress(local, domain); odd != "" {
			c.warn(OddEmail, columns.Email, odd)
		}
	}
}

// Address returns the address in a cell as a guest would have it, and whether it is one.
func Address(cell string) (string, bool) {
	a := mailboxOf(Clean(cell)).address
	return a, a != "" && (&check{Validator: &Validator{}}).addressProblem(a) == ""
}

// validEmail accepts a bare address whose domain has a dot. net/mail knows RFC 5322 and x/net the names of RFC 5891;
// the rest are limits of RFC 5321, and what is allowed there but no address that a guest has: quoted names, numbers for
// a domain, and names for an address ("Ann <ann@example.com>"), which Qflow would not take. known is a domain that has
// been found good, or "".
func validEmail(s, known string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > maxEmailLocal || len(s) > maxEmail {
		return false
	}
	if domain := s[at+1:]; domain == "" || domain != known && !validDomain(domain) {
		return false
	}
	if simpleLocal(s[:at]) {
		return true
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsFunc(s, notPrintable)
}

// simpleLocal knows what nearly every address has before its @, because net/mail costs more than decoding the row.
func simpleLocal(s string) bool {
	for i, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '+', c == '-':
		case c == '.' && i > 0 && i < len(s)-1 && s[i-1] != '.':
		default:
			return false
		}
	}
	return true
}

// validDomain wants two or more labels of letters, digits and inner hyphens, in any script, and a last one that is no
// number.
func validDomain(domain string) bool {
	labels, last := 0, ""
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' || !letters(label) {
			return false
		}
		labels, last = labels+1, label
	}
	if labels < 2 || strings.Trim(last, "0123456789") == "" {
		return false
	}
	if plain(domain) {
		return true
	}
	_, err := idna.Lookup.ToASCII(domain)
	return err == nil
}

func letters(label string) bool {
	for i := range len(label) {
		c := label[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return c >= utf8.RuneSelf && !strings.ContainsFunc(label, notInLabel)
		}
	}
	return true
}

func notInLabel(r rune) bool {
	return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// notPrintable characters come along when an address is copied from a web page or a mail.
func notPrintable(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// providers have most of the addresses of a private list, and so most of its slips.
var providers = []string{
	"gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "live.com", "msn.com",
	"aol.com",
	"protonmail.com", "hotmail.co.uk", "yahoo.co.uk", "btinternet.com", "gmx.net", "web.de", "t-online.de", "freenet.de",
	"orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "libero.it", "ziggo.nl", "kpnmail.nl", "wp.pl", "onet.pl",
	"interia.pl",
}

// real ones are one letter away from a provider, and no slip.
var realDomains = map[string]bool{"mail.com": true, "ymail.com": true, "email.com": true, "gmx.com": true,
	"gmx.de": true, "gmx.at": true, "gmx.ch": true}

// endings that no domain has.
var endings = map[string]string{
	"con": "com", "cmo": "com", "ocm": "com", "comm": "com", "coom": "com", "vom": "com", "xom": "com", "cim": "com",
	"cpm":  "com",
	"nett": "net", "ner": "net", "nte": "net", "ogr": "org", "orgg": "org",
}

func init() {
	for _, p := range providers {
		realDomains[p] = true
	}
}

// suggestDomain returns the domain that was meant, or the ending, or "".
func suggestDomain(domain string) string {
	if realDomains[domain] {
		return ""
	}
	domain = strings.ToLower(domain)
	if realDomains[domain] {
		return ""
	}
	for _, p := range providers {
		if len(p) >= len("aol.com") && oneEdit(domain, p) {
			return p
		}
	}
	if dot := strings.LastIndexByte(domain, '.'); endings[domain[dot+1:]] != "" {
		return "." + endings[domain[dot+1:]]
	}
	return ""
}

// oneEdit reports whether a letter too many, too few, wrong, or swapped with the next is all that makes a of b. A
// library's distance would be computed whole for each of the providers and each of the rows.
func oneEdit(a, b string) bool {
	if len(a)-len(b) > 1 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	switch {
	case len(a) > len(b):
		return a[1:] == b
	case len(a) < len(b):
		return a == b[1:]
	case a == b:
		return false
	}
	return a[1:] == b[1:] || (len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:])
}
