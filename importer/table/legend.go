package table

import (
	"strings"
	"unicode"
)

// A legend says beside a workbook's list what its colours mean: a text such as "red = declined", or a cell of that
// colour with what it means. It is no guest, and it says nothing of the row beside which it stands.

// takeLegend notes the cells of a row, from a column on, that say what a colour means, and empties them: by their text,
// or by their own fill where the row's first cell has another one.
func (s *sheetReader) takeLegend(cells []string, from int, colours []cellColours) {
	for i := from; i < len(cells); i++ {
		text := strings.TrimSpace(cells[i])
		colour, meaning := parseLegend(text)
		if colour == "" && i < len(colours) && colours[i].fill != colours[0].fill && isMeaning(text) {
			colour, meaning = colours[i].fill, text
		}
		if colour != "" {
			s.book.legend[colour] = meaning
			cells[i] = ""
		}
	}
}

// isLegendHeader reports whether a column is called a legend.
func isLegendHeader(name string) bool {
	return len(name) <= maxHeaderCell && legendHeaders[strings.ToLower(strings.Trim(name, " :"))]
}

var legendHeaders = map[string]bool{
	"legend": true, "legende": true, "légende": true, "leyenda": true, "leggenda": true, "legenda": true, "selite": true,
	"forklaring":  true,
	"colour code": true, "color code": true, "colour key": true, "color key": true, "colours": true, "colors": true,
	"farbcode":    true,
	"farblegende": true, "farben": true, "легенда": true, "凡例": true, "图例": true, "범례": true,
}

// Legend returns what a workbook's sheet says, as far as it was read, of what colours mean, by their names.
func (r *Reader) Legend() map[string]string {
	if w, is := r.recordReader.(*workbookReader); is {
		return w.legend
	}
	return nil
}

// addLegendRow notes a row beside the list that is a legend.
func (r *Reader) addLegendRow(rec Record) {
	w, is := r.recordReader.(*workbookReader)
	if !is || filledCells(rec.Cells) > 2 {
		return
	}
	colour, meaning := parseLegend(strings.TrimSpace(strings.Join(rec.Cells, " ")))
	if at := firstFilled(rec.Cells); colour == "" && at >= 0 && at < len(rec.colours) && isMeaning(rec.Cells[at]) {
		colour, meaning = rec.colours[at].fill, strings.TrimSpace(rec.Cells[at])
	}
	if colour != "" && w.legend[colour] == "" {
		w.legend[colour] = meaning
	}
}

func isMeaning(text string) bool {
	return len(text) <= maxHeaderCell && strings.ContainsFunc(text, unicode.IsLetter) && !strings.Contains(text, "@")
}

// parseLegend returns the colour and its meaning of a text such as "red = declined" or "Abgesagt: rot"; "" for any
// other.
func parseLegend(text string) (colour, meaning string) {
	if len(text) > maxHeaderCell {
		return "", ""
	}
	for _, sign := range []string{"=", ":", "→", "->", " - ", " – ", " — "} {
		before, behind, is := strings.Cut(text, sign)
		before, behind = strings.TrimSpace(before), strings.Trim(behind, " >")
		if !is || !isMeaning(before) || !isMeaning(behind) {
			continue
		}
		if colour := colourIn(before); colour != "" {
			return colour, behind
		}
		if colour := colourIn(behind); colour != "" {
			return colour, before
		}
	}
	return "", ""
}

// colourIn returns the colour that one of a few words names, or "".
func colourIn(text string) string {
	const most = 3
	words := strings.FieldsFunc(strings.ToLower(text),
		func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) })
	for _, word := range words {
		if colour := colourWords[word]; colour != "" && len(words) <= most {
			return colour
		}
	}
	return ""
}

// colourWords are the names of colours in some twenty languages.
var colourWords = func() map[string]string {
	m := map[string]string{}
	for colour, words := range map[string]string{
		"red":       `red rot rote rouge rojo rosso vermelho rood röd rød punainen czerwony červená červený piros roșu kırmızı красный червоний κόκκινο 赤 赤色 红 红色 紅色 빨강 אדום أحمر`,
		"green":     `green grün grüne vert verde groen grön grøn grønn vihreä zielony zelená zelený zöld yeşil зелёный зеленый зелений πράσινο 緑 緑色 绿 绿色 綠色 초록 ירוק أخضر`,
		"yellow":    `yellow gelb gelbe jaune amarillo giallo amarelo geel gul keltainen żółty žlutá žlutý sárga galben sarı жёлтый желтый жовтий κίτρινο 黄 黄色 노랑 צהוב أصفر`,
		"orange":    `orange naranja arancione laranja oranje oranssi pomarańczowy oranžová narancs portocaliu turuncu оранжевый πορτοκαλί オレンジ 橙色 주황 כתום برتقالي`,
		"blue":      `blue blau blaue bleu azul blu blauw blå sininen niebieski modrá modrý kék albastru mavi синий голубой синій μπλε 青 青色 蓝色 藍色 파랑 כחול أزرق`,
		"purple":    `purple violet violett lila morado viola roxo paars violetti fioletowy fialová mor фиолетовый μωβ 紫 紫色 보라 סגול بنفسجي`,
		"pink":      `pink rosa rose roze roz różowy růžová rózsaszín pembe розовый ροζ ピンク 粉色 분홍 ורוד وردي`,
		"grey":      `grey gray grau graue gris grigio cinza grijs grå harmaa szary šedá šedý szürke gri серый сірий γκρι 灰色 회색 אפור رمادي`,
		"brown":     `brown braun brun marrón marrone marrom bruin ruskea brązowy hnědá barna maro kahverengi коричневый καφέ 茶色 棕色 갈색 חום بني`,
		"turquoise": `turquoise türkis turquesa turchese turkoois turkos`,
	} {
		for word := range strings.FieldsSeq(words) {
			m[word] = colour
		}
	}
	return m
}()
