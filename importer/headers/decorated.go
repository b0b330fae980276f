package headers

import (
	"strings"
	"unicode"

	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
)

// decoratedField returns the field of a header that is known without what forms and programs write around it, or "":
// First name (required), 2. Email, Q3 Email, Vorname / First name, And your last name?
func decoratedField(header string) string {
	if len(header) > MaxLength || !strings.ContainsAny(header, " -_()[]/|（／") || strings.IndexByte(header, '@') >= 0 {
		return "" // cells of every row are asked about, to see whether they are another header
	}
	if plain := undecorated(header); plain != header {
		if name := wordset.Letters(plain); fieldOf[name] != "" && !vagueAliases[name] { // 2. Gast is a second person
			return fieldOf[name]
		}
		header = plain
	}
	if field := fieldInTwoLanguages(header); field != "" {
		return field
	}
	if field := fieldOf[askedFor(header)]; personFields[field] {
		return field
	}
	return ""
}

// undecorated takes off that a field has to be filled in, and the number of a question.
func undecorated(header string) string {
	if strings.ContainsAny(header, "([") {
		header = requiredMark.ReplaceAllString(header, "")
	}
	if first := strings.TrimSpace(header); first != "" && strings.IndexByte("Qq0123456789", first[0]) >= 0 {
		header = questionNumber.ReplaceAllString(header, "")
	}
	return header
}

var (
	requiredMark = pattern.New(`(?i)\s*[(\[]\s*(required|optional|mandatory|pflichtfeld|pflicht|erforderlich|obligatoire|requis|facultatif|` +
		`obligatorio|requerido|opcional|obbligatorio|verplicht|wymagane|obrigatório|обязательно|必須|任意|必填|필수)\s*[)\]]\s*`)
	questionNumber = pattern.New(`^\s*(?:[Qq][0-9]{1,3}[.:)]?|[0-9]{1,3}[.)])\s+`)
)

// fieldInTwoLanguages returns the field of a header whose parts between slashes, bars and brackets all mean it, or "".
func fieldInTwoLanguages(header string) (field string) {
	parts := strings.FieldsFunc(header, func(r rune) bool { return strings.ContainsRune("/|()[]（）／", r) })
	if len(parts) < 2 {
		return ""
	}
	if own := wordset.Letters(parts[0]); bareNames[own] && strings.ContainsAny(header, "(（") {
		parts = parts[1:] // 이름(First name): the word for a name is the one for a first name, too
	}
	for _, part := range parts {
		letters := wordset.Letters(part)
		if letters == "" {
			continue
		}
		if of := fieldOf[letters]; of == "" || field != "" && of != field {
			return ""
		} else if field == "" {
			field = of
		}
	}
	return field
}

// askedFor returns what a form asks for in a sentence, as Letters leaves it, or "": lastname of And your last name?,
// email of Wie lautet deine E-Mail-Adresse? It is nothing where another person is meant: Your guest's first name.
func askedFor(header string) string {
	header = strings.NewReplacer("E-Mail", "Email", "e-mail", "email", "E-mail", "Email").Replace(header)
	words := strings.FieldsFunc(header, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) })
	if len(words) < 2 || len(words) > maxHeaderWords {
		return ""
	}
	rest, asks := "", false
	for _, word := range words {
		switch word = wordset.Letters(word); {
		case askingWords[word]:
			asks = true
		case !wordsAround[word]:
			rest += word
		}
	}
	for _, person := range guestPrefixes {
		asks = asks && !strings.HasPrefix(rest, person)
	}
	if !asks {
		return ""
	}
	return rest
}

// askingWords are those by which a form asks the person who fills it in.
var askingWords = wordset.Words(`your please what whats enter ihr ihre ihren dein deine deinen bitte votre vos ton veuillez quel quelle
	tu tus su cual escribe escriba introduzca ingrese tuo tua suo sua qual inserisci seu teu digite informe jouw je uw vul
	din ditt dit twoj twoje twoja podaj swoje swoj vas vase vasa ваш ваше ваша введите укажите`)

// wordsAround are further words of such questions.
var wordsAround = wordset.Words(`is are s the a an and in my type provide wie lautet ist der die das gib geben sie ein an und est le la l les
	et saisir indiquer entrer es el y por favor il e o wat het en ar er jest i jaki jakie jaka`)
