package config

import (
	"encoding"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Errors about the configuration name the file, the line, the key and what is wanted, and never a value: a line that is
// indented wrongly makes a password the value of anything.

// yamlLine is the one thing that is taken over from the YAML reader's errors, which quote what they stumble over.
var yamlLine = regexp.MustCompile(`(?:^yaml: |\n  )line (\d+):`)

// notYAML says where a file is not proper YAML.
func notYAML(path string, err error) error {
	at := ""
	if line := yamlLine.FindStringSubmatch(err.Error()); line != nil {
		at = " at line " + line[1]
	}
	return Usagef("%s is not proper YAML%s or just before: check the indentation there (blanks, no tabs), "+
		"and put values with special characters into single quotes", path, at)
}

// quotes are the words with which kong begins to repeat a value that it cannot use.
var quotes = []string{" but got ", "invalid map value ", "invalid map key "}

// withoutValue is what a mistake of the command line, the environment or the file says of it, without the value.
func withoutValue(text string) string {
	text, from, inEnvironment := strings.Cut(text, " (from envar ")
	for _, q := range quotes {
		text, _, _ = strings.Cut(text, q)
	}
	text = strings.TrimRight(text, ": ")
	if inEnvironment {
		name, _, _ := strings.Cut(from, "=")
		text = strings.ReplaceAll(text, strconv.Quote(os.Getenv(name)), "the value")
		text += " (from " + name + ")"
	}
	return text
}

// forFlag gives kong a value of the file.
func forFlag(value any, flag *kong.Flag) (any, error) {
	kind := flag.Target.Kind()
	switch v := value.(type) {
	case nil:
		return nil, nil // "key:" and nothing after it
	case map[string]any:
		if kind != reflect.Map {
			return nil, errors.New("one value is wanted, and the file has a table")
		}
		return tableOf(v)
	case []any:
		if kind != reflect.Slice {
			return nil, errors.New("one value is wanted, and the file has a list")
		}
		return list(v, flag.Target.Type().Elem())
	}
	if kind == reflect.Map {
		return nil, errors.New("a table is wanted, and the file has one value")
	}
	if own, is := reflect.New(flag.Target.Type()).Interface().(encoding.TextUnmarshaler); is && own.UnmarshalText([]byte(plain(value))) != nil {
		return nil, errors.New("the value in the file cannot be read; see what is wanted in guestflow import --help")
	}
	return plain(value), nil
}

// list gives the elements of a YAML list: as they are where they are texts, for a comma may stand in one.
func list(values []any, of reflect.Type) (any, error) {
	words := make([]any, len(values))
	texts := make([]string, len(values))
	for i, v := range values {
		switch v.(type) {
		case map[string]any, []any, nil:
			return nil, fmt.Errorf("a list of single values is wanted, and number %d is none", i+1)
		}
		texts[i] = plain(v)
		words[i] = texts[i]
	}
	if of.Kind() == reflect.String {
		return words, nil
	}
	return strings.Join(texts, ","), nil
}

// tableOf gives a YAML table of single values.
func tableOf(values map[string]any) (any, error) {
	cells := make(map[string]any, len(values))
	for key, v := range values {
		switch v.(type) {
		case map[string]any, []any:
			return nil, fmt.Errorf("a table of single values is wanted, and that of %q is none", keyName(key))
		case nil:
			v = ""
		}
		cells[key] = plain(v)
	}
	return cells, nil
}

// keyName is what may be shown of a key that nobody knows: after a colon without a blank stands a value.
func keyName(key string) string {
	name, _, _ := strings.Cut(key, ":")
	return name
}

// plain is a YAML scalar as it would be typed.
func plain(value any) string {
	if at, is := value.(time.Time); is { // 2026-05-01 without quotes
		return at.Format(time.DateOnly)
	}
	return fmt.Sprint(value)
}
