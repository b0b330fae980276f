package guest

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
)

// bareAddress takes off what stands around an address: quotes, brackets, and the signs that separate it from the next.
func bareAddress(s string) string {
	for {
		before := s
		s = strings.TrimRight(strings.TrimSpace(s), ";,. ")
		for _, around := range [...][2]string{{"<", ">"}, {`"`, `"`}, {"“", "”"}, {"„", "“"}, {"(", ")"}, {"[", "]"}} {
			if inner, begins := strings.CutPrefix(s, around[0]); begins {
				if inner, ends := strings.CutSuffix(inner, around[1]); ends && !strings.Contains(inner, around[0]) {
					s = inner
				}
			}
		}
		if !strings.HasSuffix(s, "'") { // else a row may be quoted by apostrophes, its names too
			s = strings.TrimLeft(s, "' ")
		}
		if s == before {
			return s
		}
	}
}

// narrow writes the wide letters and signs of East Asian keyboards as those of ASCII.
func narrow(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '﹫':
			return '@'
		case r == '。' || r == '．':
			return '.'
		case r >= '！' && r <= '～':
			return []rune(width.Narrow.String(string(r)))[0]
		}
		return r
	}, s)
}

// addressProblem says why a text is no address to which an email may go, or "".
func (c *check) addressProblem(s string) string {
	odd := !plain(s) || strings.ContainsAny(s, "*?#([{<> ") || strings.Contains(s, "..") || strings.Contains(s, "__") ||
		strings.Contains(s, "xx") || strings.Contains(s, "XX")
	switch {
	case !odd: // nearly all
	case masked(s):
		return "letters of the address are hidden behind stars, dots or x; export the list with whole addresses"
	case strings.Contains(s, "?"):
		return "a letter of the address is lost; there is a question mark in its place"
	case spelledOut.MatchString(s):
		return "the address is spelled out, such as “(at)” for @; write it as it is"
	}
	local, domain, _ := strings.Cut(s, "@")
	switch {
	case validEmail(s, c.address.text):
		return misleadingAddress(local, domain)
	case strings.Contains(domain, "@"):
		return "the cell has more than one address; a guest has one"
	case strings.ContainsFunc(s, unicode.IsSpace) && domain != "":
		return "there is a blank in the address, or a remark beside it"
	case domain != "" && !strings.Contains(domain, "."):
		return "the domain of the address has no ending, such as .com"
	}
	return "not an email address such as name@example.com"
}

// misleadingAddress says why a valid address may be the one of another person, or of none.
func misleadingAddress(local, domain string) string {
	if !plain(local) || !plain(domain) {
		if looksLatin(local, domain) {
			return "the address has letters of another alphabet that look like Latin ones"
		}
		if like := unaccented(domain); like != domain && realDomains[like] {
			return "the domain of the address has a letter that looks like another one: is " + like + " meant?"
		}
	}
	name, _, _ := strings.Cut(domain, ".")
	local, name = strings.ToLower(local), strings.ToLower(name)
	if fillers[local] && (local == name || fillers[name] || fillerDomains[name]) {
		return "the address stands for none, and may be that of a stranger"
	}
	return ""
}

var (
	// spelledOut is an address that programs are not to read.
	spelledOut = pattern.New(`(?i)[(\[{<] ?(at|dot|punkt|arroba|chiocciola|æt|ät|a) ?[)\]}>]| (at|arroba) .*\.|@.* dot `)
	// hiddenLetters are what programs put in place of letters that they do not show.
	hiddenLetters = pattern.New(`(?i)^x{3,}@|@x{3,}\.|##|___|^[^@]*\.\.\.|@\.\.`)

	fillers       = wordset.Texts("none|na|n/a|n.a|n-a|no|noemail|no-email|no_email|no.email|nomail|no-mail|noaddress|null|unknown|notprovided|notavailable|keine|keinemail|keine-email|sansmail|sinemail|sincorreo|noreply|tbc|tba|tbd|notapplicable|noone|nobody")
	fillerDomains = wordset.Texts("email|mail|example|test|invalid|domain|no-email|noemail|none|nowhere|unknown|nomail")
)

// masked reports whether stars, dots or other signs stand in place of letters of an address.
func masked(address string) bool {
	return strings.ContainsAny(address, "*•…·●") || hiddenLetters.MatchString(address)
}

// latinLooks are letters of other alphabets that cannot be told from Latin ones.
const latinLooks = "авеһіјкморсстухԁѕԛԝӏүαορνικτυχ"

// looksLatin reports whether a part of an address mixes alphabets, or is written in letters of one that look Latin
// under a Latin ending.
func looksLatin(local, domain string) bool {
	labels := append(strings.Split(domain, "."), local)
	latinEnding := plain(domain[strings.LastIndexByte(domain, '.')+1:])
	for _, label := range labels {
		latin, other, looks := false, false, true
		for _, r := range strings.ToLower(label) {
			switch {
			case unicode.Is(unicode.Latin, r):
				latin = true
			case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Coptic, unicode.Cherokee):
				other = true
				looks = looks && strings.ContainsRune(latinLooks, r)
			}
		}
		if other && (latin || looks && latinEnding) {
			return true
		}
	}
	return false
}

// unaccented is a domain without accents and with a dot on its i.
func unaccented(domain string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'ı':
			return 'i'
		case r == 'ɡ':
			return 'g'
		case r == 'ɑ':
			return 'a'
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(domain))
}

var (
	noReply     = wordset.Texts("noreply|no-reply|no_reply|no.reply|donotreply|do-not-reply|do_not_reply|mailer-daemon|bounce|bounces|ne-pas-repondre|nepasrepondre|nicht-antworten")
	testLocals  = wordset.Texts("test|tester|testing|test1|test123|asdf|asdfasdf|qwerty|qwertz|abc|abc123|a|aa|aaa|x|xx|foo|bar|user|name|email|your|youremail|your.email|me|demo|sample|dummy|example|firstname.lastname|first.last|vorname.nachname")
	testDomains = wordset.Texts("test.com|example.com|example.org|example.net|test.de|domain.com|yourdomain.com|mydomain.com|email.com|mail.com|company.com|asdf.com|abc.com|foo.com|bar.com")
)

// oddAddress says what a person should look at of an address that can be one.
func oddAddress(local, domain string) string {
	lower := strings.ToLower(local)
	if noReply[lower] {
		return "the address takes no email"
	}
	if lower[0] == '-' {
		return "the address begins with a hyphen, as an item of a list does; see whether it is a part of it"
	}
	if strings.Contains(lower, "xxxx") {
		return "letters of the address may be hidden behind x"
	}
	name, _, _ := strings.Cut(strings.ToLower(domain), ".")
	if testLocals[lower] && (lower == name || testDomains[strings.ToLower(domain)]) {
		return "the address looks like one of a test or a form, and may be that of a stranger"
	}
	return ""
}
