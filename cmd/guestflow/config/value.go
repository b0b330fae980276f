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

// Errors about the configuration name the file, the line, the key and what is expected, and never a value: wrong
// indentation can make a password the value of any key.

// yamlLine finds the line number in an error of the YAML reader; the rest of it quotes the file.
var yamlLine = regexp.MustCompile(`(?:^yaml: |\n  )line (\d+):`)

// notYAML returns the error for a file that is not proper YAML.
func notYAML(path string, err error) error {
	at := ""
	if line := yamlLine.FindStringSubmatch(err.Error()); line != nil {
		at = " at line " + line[1]
	}
	return Usagef("%s is not proper YAML%s or just before: check the indentation (spaces, no tabs), "+
		"and put values with special characters into single quotes", path, at)
}

// quotes are the words after which kong repeats a value that it cannot use.
var quotes = []string{" but got ", "invalid map value ", "invalid map key "}

// withoutValue removes the value from an error of kong.
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

// forFlag returns a value of the file as kong decodes it.
func forFlag(value any, flag *kong.Flag) (any, error) {
	kind := flag.Target.Kind()
	switch v := value.(type) {
	case nil:
		return nil, nil // "key:" and nothing after it
	case map[string]any:
		if kind != reflect.Map {
			return nil, errors.New("expected one value, the file has a table")
		}
		return tableOf(v)
	case []any:
		if kind != reflect.Slice {
			return nil, errors.New("expected one value, the file has a list")
		}
		return list(v, flag.Target.Type().Elem())
	}
	if kind == reflect.Map {
		return nil, errors.New("expected a table, the file has one value")
	}
	if own, is := reflect.New(flag.Target.Type()).Interface().(encoding.TextUnmarshaler); is &&
		own.UnmarshalText([]byte(plain(value))) != nil {
		return nil, errors.New("the value in the file cannot be read; see guestflow config --keys")
	}
	return plain(value), nil
}

// list returns the elements of a YAML list; texts are not joined, for they may contain commas.
func list(values []any, of reflect.Type) (any, error) {
	words := make([]any, len(values))
	texts := make([]string, len(values))
	for i, v := range values {
		switch v.(type) {
		case map[string]any, []any, nil:
			return nil, fmt.Errorf("expected a list of single values, number %d is not one", i+1)
		}
		texts[i] = plain(v)
		words[i] = texts[i]
	}
	if of.Kind() == reflect.String {
		return words, nil
	}
	return strings.Join(texts, ","), nil
}

// tableOf returns a YAML table of single values.
func tableOf(values map[string]any) (any, error) {
	cells := make(map[string]any, len(values))
	for key, v := range values {
		switch v.(type) {
		case map[string]any, []any:
			return nil, fmt.Errorf("expected a table of single values, that of %q is not one", keyName(key))
		case nil:
			v = ""
		}
		cells[key] = plain(v)
	}
	return cells, nil
}

// keyName returns what may be shown of an unknown key: behind a colon without a space there is a value.
func keyName(key string) string {
	name, _, _ := strings.Cut(key, ":")
	return name
}

// plain returns a YAML scalar as it would be typed.
func plain(value any) string {
	if at, is := value.(time.Time); is { // 2026-05-01 without quotes
		return at.Format(time.DateOnly)
	}
	return fmt.Sprint(value)
}
