package table

import (
	"regexp"
	"slices"
	"strings"

	"guestflow/importer/wordset"
)

// maxDescriptions is how many lines below a header describe it at most.
const maxDescriptions = 3

// isDescription reports whether a row says what belongs into its columns, as the second line of a form does: types,
// lengths, examples, and whether they are required. It stands directly below the header.
func (r *Reader) isDescription(cells []string) bool {
	if r.field == nil || r.records >= maxDescriptions || r.otherTable > 0 || r.repeatsHeader(cells) {
		return false
	}
	filled, told, letters, names, same, others := 0, 0, 0, 0, 0, 0
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		filled++
		field := r.fieldOf(cell)
		switch {
		case isHint(cell):
			if told++; r.names[i] {
				names++
			}
		case cell == columnLetter(i):
			letters++
		case field != "" && i < len(r.headerFields) && field == r.headerFields[i]: // in another language
			same++
		case field != "" && told == 0, field != "" && r.names[i]:
			return false // another table's header
		case field != "", IsColumnWord(cell): // the name of a column says it too: text, text, Email address
		case r.names[i]:
			return false
		default:
			others++
		}
	}
	return filled > 1 && (others == 0 && (told > 0 || letters == filled || same > 1 && r.records == 0) || names > 1)
}

// isHint reports whether a cell says what belongs into its column.
func isHint(cell string) bool {
	const longest = 80
	cell = strings.ToLower(cell)
	if len(cell) > longest || strings.IndexByte(cell, '@') >= 0 && !isExample(cell) {
		return false
	}
	bare := strings.Trim(cell, "()[]<>{}*. ")
	isBracketed := len(cell) > 2 && strings.ContainsRune("([<{", rune(cell[0])) &&
		strings.ContainsRune(")]>}", rune(cell[len(cell)-1]))
	first, _, _ := strings.Cut(bare, " ")
	last := bare[strings.LastIndexByte(bare, ' ')+1:]
	return bare == "" || isBracketed || typeWords[bare] || typeWords[strings.Trim(first, ".,:;")] || typeWords[last] ||
		isExample(cell) || lengthOfText.MatchString(bare)
}

// lengthOfText is how long a cell may be: max 50 chars, varchar(50), up to 40 characters.
var lengthOfText = regexp.MustCompile(`^\pL+ ?\(\d+(, ?\d+)?$|^(?:max|min|maximum|minimum|maximal|mindestens|höchstens|up to|at most|bis zu|jusqu'à|hasta|fino a|até|maks)[.:]? ?\d+|` +
	`\d+ ?(?:chars?|characters|letters|zeichen|buchstaben|caract[eè]res|caratteri|znaków|tekens|tecken|tegn|merkkiä|karakter|znaků|символов|знаков|символів|文字|字|자|个字符|字符)$`)

// isNamedExample reports whether the first name of a row is a word for an example, in a row that has an address.
func (r *Reader) isNamedExample(cells []string) bool {
	return slices.ContainsFunc(cells, func(cell string) bool {
		first, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(cell)), " ")
		return exampleWords[strings.Trim(first, ":.,-")]
	})
}

var exampleWords = wordset.Of(`example beispiel musterzeile exemple ejemplo esempio exemplo voorbeeld przykład exempel
	eksempel esimerkki příklad príklad példa exemplu örnek παράδειγμα пример приклад مثال דוגמה 例 記入例 示例 范例 範例 예시 예`)

func isExample(cell string) bool {
	for _, begin := range []string{"e.g.", "eg.", "e.g ", "ex.:", "ex:", "ex.", "example:", "for example", "such as ",
		"z.b.", "z. b.", "zb.", "beispiel:", "bsp.", "p.ex.", "p. ex.", "par exemple", "exemple", "ej.",
		"ej:", "p.ej.", "por ejemplo", "ejemplo:", "por exemplo", "exemplo:", "ad es.", "per esempio", "esempio:", "bijv.",
		"bv.", "voorbeeld:", "np.", "na przykład", "przykład:", "t.ex.", "exempel:", "f.eks.",
		"fx.", "eksempel:", "esim.", "např.", "napr.", "pl.:", "például", "örn.", "örneğin", "π.χ.", "например", "напр.",
		"наприклад", "例：", "例:", "예:", "es."} {
		if strings.HasPrefix(cell, begin) {
			return true
		}
	}
	return false
}

// typeWords describe what belongs into a column.
var typeWords = wordset.Of(
	`text string varchar nvarchar nchar char number numeric integer int bigint smallint tinyint decimal float double
	boolean bool date datetime timestamp time required mandatory optional recommended unique email address yes/no
	true/false y/n free freetext example sample alphanumeric alphabetic object uuid guid plain-text plain single-line
	singleline multiline enum array nullable not null varchar2 nvarchar2 str enter insert type must should please format
	valid maximum minimum`,
	`pflicht pflichtfeld pflichtangabe erforderlich optional freiwillig zahl ganzzahl datum beispiel texte zeichenkette
	zeichen freitext angeben eingeben bitte nombre obligatoire facultatif facultative requis exemple chaîne saisir texto
	cadena número obligatorio opcional requerido ejemplo introducir tekst getal verplicht optioneel voorbeeld liczba ciąg
	wymagane opcjonalne wymagany opcjonalny testo stringa numero obbligatorio facoltativo richiesto obrigatório
	obrigatória`,
	`tal heltal obligatorisk valfri valgfri valfritt påkrævet påkrevd pakollinen valinnainen teksti luku povinné povinný
	nepovinné volitelné číslo text řetězec szöveg szám kötelező opcionális obligatoriu opțional metin sayı zorunlu isteğe
	κείμενο αριθμός υποχρεωτικό προαιρετικό текст строка число дата обязательно обязательное необязательно рядок
	обов'язково необов'язково задължително tekstas skaičius privaloma teksts skaitlis obligāts tekst arv kohustuslik
	obvezno neobavezno besedilo broj نص رقم مطلوب اختياري טקסט מספר חובה אופציונלי 文本 字符串 数字 日期 必填 选填 可选 文字 數字 必填 選填 文字列
	テキスト 数値 必須 任意 半角 全角 텍스트 문자 문자열 숫자 필수 선택 văn bản bắt buộc ข้อความ ตัวเลข จำเป็น`)
