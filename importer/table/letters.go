package table

import (
	"errors"
	"strings"

	"guestflow/importer/charset"
)

// checkLetters looks at a record's foreign letters: they may be of another encoding than the rest. An error is of the
// whole text.
func checkLetters(in *charset.Text, rec *Record, raw []byte) error {
	switch err := in.Check(raw); {
	case errors.Is(err, charset.ErrControlCharacters):
		rec.Fault = ControlCharacters
	case errors.Is(err, charset.ErrOtherEncoding):
		rec.Fault = OtherEncoding
	case err != nil:
		return asQuestion(err)
	}
	return nil
}

// misreadText returns a remark that a text was misread once, at the first record for which it matters.
func misreadText(in *charset.Text, raw []byte) []Remark {
	if text := in.Remark(raw); text != "" {
		return []Remark{{Kind: DoubleEncoded, Column: wholeRecord, Text: text}}
	}
	return nil
}

// misreadCells returns a remark for each cell of a workbook's row that was misread before it came there.
func misreadCells(m *charset.Mender, cells []string) (all []Remark) {
	for i, cell := range cells {
		if m.HasMisread([]byte(cell)) {
			all = append(all, Remark{Kind: DoubleEncoded, Column: i, Text: charset.MisreadRow})
		}
	}
	return all
}

// askingReader reads a text, and asks how it is written where that is in doubt.
type askingReader struct{ *charset.Text }

func (r askingReader) Read(p []byte) (int, error) {
	n, err := r.Text.Read(p)
	return n, asQuestion(err)
}

// asQuestion returns the *Error of a text that could be written in several ways, and any other error as it is.
func asQuestion(err error) error {
	doubt, is := errors.AsType[*charset.DoubtError](err)
	if !is {
		return err
	}
	var choices []Choice
	var names []string
	for _, r := range doubt.Readings {
		c := Choice{Option: "encoding", Value: string(r.Encoding)}
		for _, line := range r.Lines {
			c.Sample = append(c.Sample, []string{line})
		}
		choices, names = append(choices, c), append(names, c.Value)
	}
	if len(choices) == 0 {
		return &Error{
			Problem: "it is written in an encoding that is not known here",
			Advice:  "save it as CSV UTF-8, or add --encoding NAME (encoding in the profile, “Encoding” in the console)",
		}
	}
	e := newQuestion(0, "the file does not say how it is written, and its letters could be "+strings.Join(names, " or "),
		choices...)
	e.Advice += "; or save it as CSV UTF-8"
	return e
}
