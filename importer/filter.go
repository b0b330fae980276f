package importer

import (
	"fmt"

	"guestflow/importer/where"
)

// checkRule returns what is wrong with the rule of the rows that are meant, whatever the file.
func checkRule(text string) error {
	if _, err := where.Parse(text); err != nil {
		return fmt.Errorf("the rule of the rows that are meant (where) cannot be read, %w", err)
	}
	return nil
}

// allFilteredError says that a file has no row that is meant, which a word that is spelt otherwise in the file does too.
func (p Plan) allFilteredError() error {
	return &FileError{
		Path: p.Path, NeedsAnswer: true,
		Problem: fmt.Sprintf("the rule of the rows that are meant leaves out all of its rows (%d)", p.Filtered),
		Advice:  "correct the rule (--where, where in the profile, “Rows that are meant” in the console), or remove the file",
	}
}
