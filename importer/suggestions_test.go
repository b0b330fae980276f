package importer_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/table"
)

// What a list is said to be, and each answer to its question, is taken: it is imported then, or asks the next question.
// It is never refused for what was suggested.
func TestEverySuggestionCanBeTaken(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"testdata/cases/*", "testdata/*.*"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatal(err)
		}
		for _, path := range paths {
			if filepath.Base(path) == "golden" {
				continue
			}
			t.Run(filepath.Base(path), func(t *testing.T) {
				t.Parallel()
				takeSuggestions(t, path, gala, 3)
				mailed := gala
				mailed.Template = "welcome"
				takeSuggestions(t, path, mailed, 2)
			})
		}
	}
}

// takeSuggestions takes each of a file's suggestions, and those that follow from it, so many times.
func takeSuggestions(t *testing.T, path string, s importer.Settings, left int) {
	t.Helper()
	plan, refused := planned(t, path, s)
	if refused != nil && len(choicesOf(refused)) == 0 || left == 0 {
		return
	}
	taken := choicesOf(refused)
	for _, suggestion := range plan.Columns.Suggestions {
		taken = append(taken, table.Choice{Option: "map", Value: suggestion.Field + "=" + suggestion.Header})
	}
	for _, choice := range taken {
		with := answer(s, choice)
		_, err := planned(t, path, with)
		if fault, is := errors.AsType[*importer.FileError](err); err != nil && (!is || !fault.NeedsAnswer) &&
			!strings.Contains(err.Error(), "the row has no address") {
			t.Errorf("with %s it is refused: %v", choice.Flag(), err)
			continue
		}
		takeSuggestions(t, path, with, left-1)
	}
}

func planned(t *testing.T, path string, s importer.Settings) (importer.Plan, error) {
	t.Helper()
	plan, err := importer.MakePlan(t.Context(), path, s)
	if err == nil {
		err = plan.Refused()
	}
	return plan, err
}

func choicesOf(err error) []table.Choice {
	question, is := errors.AsType[*table.Question](err)
	if !is {
		return nil
	}
	return question.Choices
}
