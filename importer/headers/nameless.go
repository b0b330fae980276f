package headers

import (
	"strings"

	"guestflow/importer/pattern"
)

// numberedColumn is what programs call a column that has no name: Unnamed: 1, Column1, Field 3, #REF!.
var numberedColumn = pattern.New(`^(?:unnamed(?:: ?[0-9]+)?(?:_level_[0-9]+)?|(?:column|columns|col|spalte|colonne|columna|coluna|colonna|kolom|kolonne|` +
	`kolumna|kolumn|sarake|sloupec|stĺpec|oszlop|coloană|coloana|sütun|столбец|колонка|стовпець|στήλη|عمود|עמודה|field|feld|champ|campo|veld|pole|` +
	`fält|felt|kenttä|mező|câmp|alan|поле|πεδίο|header|untitled|question|frage|f|c|v|x|_c|列|カラム|フィールド|字段|項目|项目|열|필드)[ _.:#-]*[0-9]+|` +
	`column|columns|spalte|colonne|field|feld|header|untitled|unbenannt|sans nom|sin nombre|senza nome|naamloos|bez nazwy|` +
	`#[¡¿]?[\p{L}0-9/_]+[!?]?|err:[0-9]+|\(?no (?:column )?name\)?|\(?(?:blank|empty|leer|vide|none|null)\)?|undefined|nan|n/a|[-–_.?#*]+)$`)

// errorHeader is an error of a spreadsheet, in whatever language.
var errorHeader = pattern.New(`^#[¡¿]?[\p{Lu}0-9/_]+[!?]$`)

// IsNameless reports whether a header is no name of its column: it is empty, or a program has written it there.
func IsNameless(header string) bool {
	header = strings.TrimSpace(header)
	if header == "" {
		return true
	}
	return len(header) <= MaxLength && FieldOf(header) == "" && numberedColumn.MatchString(strings.ToLower(header))
}
