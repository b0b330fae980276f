package guest

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"guestflow/importer/wordset"
)

// What is here is refused of rows only: an address that an earlier version has taken can still be suppressed and
// erased.

// undeliverable says why the part of an address before its @ is no mailbox, or "": it is the name of an account, is
// marked, or says that there is none.
func undeliverable(local string) string {
	lower := strings.ToLower(local)
	switch {
	case strings.Contains(lower, "#ext#"):
		return "the address is the name of a guest's account in another organisation (#EXT#), and takes no email; write the guest's own " +
			"address, which is in it before #EXT# with _ in place of @"
	case strings.IndexByte("#!~*/%&=?^|{}$`+", local[0]) >= 0:
		return "the address begins with a sign, as one that is marked or left out does; take the sign off if the address is meant"
	case !plain(local) && strings.ContainsFunc(local, isNoMailboxSign):
		return "the address has a sign that no address has, as one that is marked or left out does; take the sign off if the address is meant"
	case surelyNone[lower]:
		return "the address stands for none, and may be that of a stranger"
	}
	return ""
}

// isNoMailboxSign reports whether a sign is none of an international mailbox: 【, ★, ✗.
func isNoMailboxSign(r rune) bool {
	return r > unicode.MaxASCII && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
}

// badEnding says why no domain of the internet ends as this one does, or "".
func badEnding(domain string) string {
	ending := strings.ToLower(domain[strings.LastIndexByte(domain, '.')+1:])
	switch {
	case endings[ending] != "": // which is a slip, and warned of
		return ""
	case !strings.HasPrefix(ending, "xn--") && strings.ContainsAny(ending, "0123456789"):
		return "the domain of the address ends in a digit or has one in its ending, as no domain does (.c0m, .de1); a spreadsheet may have " +
			"counted it up"
	case !isKnownEnding(ending):
		return "no domain of the internet ends as that of the address does; correct the address"
	}
	return ""
}

// isKnownEnding reports whether domains are registered under an ending, or it is .example, which is reserved for
// examples.
func isKnownEnding(ending string) bool {
	if ending == "example" {
		return true
	}
	if !plain(ending) {
		ascii, err := idna.Lookup.ToASCII(ending)
		if err != nil {
			return false
		}
		ending = ascii
	}
	_, icann := publicsuffix.PublicSuffix("a." + ending)
	return icann && ending != "onion" && ending != "arpa"
}

// surelyNone are parts before the @ that say that there is no address, whatever the domain.
var surelyNone = wordset.Texts("none|n/a|n.a.|n.a|n-a|noemail|no-email|no_email|no.email|nomail|no-mail|no_mail|noaddress|null|undefined|notprovided|not-provided|not.provided|" +
	"notavailable|notapplicable|keinemail|keine-email|keine.email|sansmail|sansemail|sinemail|sincorreo|unbekannt|unknown|tbc|tbd|tba|placeholder|missing")
