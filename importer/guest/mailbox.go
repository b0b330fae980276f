package guest

import (
	"net/url"
	"strings"
	"unicode"

	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
)

// mailbox is a cell of an address, taken apart: mail programs and people write more into it than the address.
type mailbox struct {
	address string
	name    string   // before it, as in Ida Holm <ida@guests.example>
	remarks []string // in brackets, or before a colon: ida@guests.example (work), Email: ida@guests.example
}

// mailboxOf takes the address out of what mail programs and people write: Ida Holm <ida@guests.example>,
// mailto:ida@guests.example, an address in quotes or with a point behind it, or in the wide letters of an East Asian
// keyboard. A text with a second address stays as it is, and is none.
func mailboxOf(s string) mailbox {
	if s == "" || plain(s) && strings.IndexByte("<'\"([.", s[0]) < 0 && strings.IndexByte(">.'\")]", s[len(s)-1]) < 0 &&
		!strings.ContainsAny(s, ":;,") {
		return mailbox{address: s}
	}
	s = withoutLink(s)
	var m mailbox
	bare := m.withoutRemarks(bareAddress(narrow(s)))
	if name, rest, is := strings.Cut(bare, "<"); is && strings.HasSuffix(rest, ">") {
		inner := withoutScheme(bareAddress(rest[:len(rest)-1]))
		if name = strings.Trim(name, ` "'`); !strings.Contains(name, "@") {
			m.name, bare = name, inner
		} else if strings.EqualFold(name, inner) { // ida@guests.example<mailto:ida@guests.example>
			bare = inner
		}
	}
	if bare = withoutScheme(bare); strings.Count(bare, "@") != 1 {
		return mailbox{address: s}
	}
	if label, rest, is := strings.Cut(bare, ":"); is && strings.Contains(rest, "@") {
		m.remarks, bare = append(m.remarks, label), bareAddress(rest)
	}
	m.address = bare
	return m
}

// withoutLink returns the text and the address of a link to an address as a mail program writes them, Ida Holm
// <ida@guests.example>, and any other cell as it is: links of web pages, of Markdown and of spreadsheets.
func withoutLink(s string) string {
	for _, link := range mailLinks {
		if parts := link.FindStringSubmatch(s); parts != nil {
			address, _ := url.PathUnescape(parts[1])
			text := strings.TrimSpace(parts[len(parts)-1])
			if len(parts) == 2 { // Markdown has its text before
				text = strings.TrimSpace(s[1:strings.Index(s, "](")])
			}
			if text != "" && !strings.EqualFold(text, address) {
				return text + " <" + address + ">"
			}
			return address
		}
	}
	return s
}

// mailLinks have an address and a text.
var mailLinks = []*pattern.Pattern{
	pattern.New(`(?i)^<a\s[^<>]*href\s*=\s*["']?mailto:([^"'<>?\s]+)[^<>]*>([^<>]*)</a>$`),
	pattern.New(`(?i)^\[[^\[\]]*\]\(mailto:([^()\s?]+)\)$`),
	pattern.New(`(?i)^=HYPERLINK\("mailto:([^"?]+)"(?:[,;]\s*"([^"]*)")?\)$`),
}

// maxRemarks is how many remarks beside an address are taken off.
const maxRemarks = 3

// withoutRemarks takes off what stands in brackets before and behind an address.
func (m *mailbox) withoutRemarks(s string) string {
	for range maxRemarks {
		rest, remark, is := cutRemark(s)
		if !is {
			break
		}
		m.remarks, s = append(m.remarks, remark), bareAddress(rest)
	}
	return s
}

// cutRemark cuts a text in brackets off one that has an address beside it.
func cutRemark(s string) (rest, remark string, is bool) {
	for _, around := range [...][2]string{{"(", ")"}, {"[", "]"}} {
		if inner, ends := strings.CutSuffix(s, around[1]); ends {
			if at := strings.LastIndex(inner, around[0]); at > 0 {
				rest, remark, is = s[:at], inner[at+len(around[0]):], true
			}
		} else if inner, begins := strings.CutPrefix(s, around[0]); begins {
			remark, rest, is = strings.Cut(inner, around[1])
		}
		if is && strings.Contains(rest, "@") && !strings.Contains(remark, "@") {
			return rest, remark, true
		}
	}
	return s, "", false
}

// withoutScheme takes the address out of a link.
func withoutScheme(s string) string {
	if scheme := len("mailto:"); len(s) > scheme && strings.EqualFold(s[:scheme], "mailto:") {
		s, _, _ = strings.Cut(s[scheme:], "?")
		if whole, err := url.PathUnescape(s); err == nil {
			s = whole
		}
	}
	return s
}

const (
	remarkBeside = "beside the address stands a remark, and it may be no address of the guest, or one that is not to be used; if the " +
		"address is right, leave it alone in its cell"
	nameBeside = "the name beside the address is not the guest's name in this row, and the address may be another person's; if the " +
		"address is right, leave it alone in its cell"
)

// besideProblem says why what stands beside an address may say that it is not one for this guest, or "". Known to be
// harmless are words for a kind of address, the guest's own name, and the name of the company or the provider.
func (m *mailbox) besideProblem(of fullName) string {
	harmless := func(text string) bool {
		return isAddressLabel(text) || m.isDomain(text) || of.agrees(text, m.address)
	}
	for _, remark := range m.remarks {
		if !harmless(remark) {
			return remarkBeside
		}
	}
	if m.name != "" && !harmless(m.name) {
		return nameBeside
	}
	return ""
}

// isDomain reports whether a text is the name of the company or the provider that the address is at.
func (m *mailbox) isDomain(text string) bool {
	_, domain, _ := strings.Cut(m.address, "@")
	for label := range strings.SplitSeq(domain, ".") {
		if letters := wordset.Letters(label); len(letters) > 2 && letters == wordset.Letters(text) {
			return true
		}
	}
	return false
}

// isAddressLabel reports whether a text is made of words for a kind of address.
func isAddressLabel(text string) bool {
	words := strings.FieldsFunc(strings.ToLower(text),
		func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("/,.:;-_–", r) })
	for _, word := range words {
		if !addressLabels[word] {
			return false
		}
	}
	return len(words) > 0
}

// addressLabels are words for kinds of addresses that a guest may have.
var addressLabels = wordset.Texts(`work|home|private|personal|business|office|main|primary|preferred|default|new|current|
	email|e|mail|emails|internet|smtp|mailto|address|company|corporate|job|school|university|uni|mobile|own|direct|
	verified|confirmed|valid|ok|his|her|
	privat|private|geschäftlich|dienstlich|beruflich|arbeit|firma|büro|zuhause|neu|aktuell|bevorzugt|adresse|privé|perso|
	personnel|personnelle|pro|professionnel|professionnelle|travail|bureau|domicile|maison|courriel|nouveau|nouvelle|
	personal|trabajo|oficina|casa|correo|particular|nuevo|profesional|lavoro|ufficio|personale|privata|privato|nuova|
	trabalho|pessoal|escritório|werk|kantoor|thuis|zakelijk|persoonlijk|nieuw|praca|dom|prywatny|prywatna|służbowy|
	służbowa|firmowy|jobb|hem|arbete|arbejde|arbeid|hjem|hjemme|ny|työ|koti|oma|yksityinen|práce|domů|osobní|soukromý|
	pracovní|munka|otthon|privát|serviciu|acasă|iş|ev|kişisel|εργασία|σπίτι|προσωπικό|работа|рабочая|рабочий|дом|домашний|
	домашняя|личная|личный|робота|особиста|会社|自宅|仕事|個人|勤務先|携帯|工作|个人|個人|公司|家庭|회사|개인|직장|집|עבודה|בית|אישי|عمل|منزل|شخصي`)
