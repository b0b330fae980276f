package rowstatus

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A list that was typed as one keeps its bullets or numbers before the names: “- Ida Holm”, “1. Ida Holm”. They are no part
// of a name. A bullet before some names only may say that these guests are not meant, which is asked (namemark.go).

const (
	bullets       = "•●◦▪▫·‣⁃►▶»→"
	spacedBullets = "-–—*"
)

// CutBullet returns the bullet before a name, and the name.
func CutBullet(cell string) (bullet, name string) {
	if cell == "" || isASCIILetter(rune(cell[0])) {
		return "", ""
	}
	cell = strings.TrimSpace(cell)
	sign, size := utf8.DecodeRuneInString(cell)
	rest := strings.TrimSpace(cell[size:])
	first, _ := utf8.DecodeRuneInString(rest)
	spaced := len(rest) < len(cell)-size
	isBullet := strings.ContainsRune(bullets, sign) || spaced && strings.ContainsRune(spacedBullets, sign)
	if !unicode.IsLetter(first) || !isBullet {
		return "", ""
	}
	return string(sign), rest
}

// bulletCount counts the rows of which the name has a bullet before it.
type bulletCount struct {
	sign     string // of the first one
	rows     int    // that have it
	alone    int    // of them, those whose names have no other mark
	doubtful int    // of these, rows that would become guests
}

// isBulleted reports whether nothing but a bullet marks a name.
func (s *Status) isBulleted() bool { return s.bullet != "" && s.phrase == s.bullet }

func (b *bulletCount) add(r Status, one tally) {
	if b.rows == 0 {
		b.sign = r.bullet
	}
	if r.bullet == "" || r.bullet != b.sign {
		return
	}
	b.rows++
	if r.isBulleted() {
		b.alone++
		b.doubtful += one.doubtful
	}
}

// withoutBullets takes bullets for no mark where each of several rows has the same one: it says nothing of any of them.
func (c *ColumnCounts) withoutBullets(rows int) {
	b := c.bullets
	if rows < 2 || b.rows < rows {
		return
	}
	c.out -= b.alone
	c.Doubtful -= b.doubtful
	c.outRows = slices.DeleteFunc(slices.Clone(c.outRows), func(r outRow) bool { return r.bulleted })
	c.phrases = slices.DeleteFunc(slices.Clone(c.phrases), func(v Value) bool { return v.Text == b.sign })
}
