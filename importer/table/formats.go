package table

import (
	"bytes"
	"regexp"
)

// foreignFormats are formats of files that are dropped by mistake, by their first bytes.
var foreignFormats = []struct{ magic, what, advice string }{
	{"\xd0\xcf\x11\xe0", "it is an old Excel workbook (.xls), or one with a password",
		"save it as .xlsx without a password, or as CSV UTF-8"},
	{"%PDF", "it is a PDF document", "export the list as CSV or .xlsx"},
	{"<!DOCTYPE", "it is a web page", "export the list as CSV or .xlsx"},
	{"<html", "it is a web page", "export the list as CSV or .xlsx"},
	{"{\\rtf", "it is a text document", "export the list as CSV or .xlsx"},
	{"PK\x05\x06", "it is an archive with nothing in it", "pack one CSV file"},
	{"7z\xbc\xaf", "it is a 7z archive", "unpack it, or pack it as zip or gzip"},
	{"Rar!", "it is a RAR archive", "unpack it, or pack it as zip or gzip"},
	{"BZh", "it is packed by bzip2", "unpack it, or pack it as zip or gzip"},
	{"\xfd7zXZ", "it is packed by xz", "unpack it, or pack it as zip or gzip"},
	{"\x28\xb5\x2f\xfd", "it is packed by zstd", "unpack it, or pack it as zip or gzip"},
}

// refuseForeignFormat returns an *Error for a file in a format that is not read here.
func refuseForeignFormat(head []byte) error {
	for _, s := range foreignFormats {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return &Error{Problem: s.what, Advice: s.advice}
		}
	}
	return nil
}

// markup is how texts begin that are exported under a table's name and are none.
var markup = []struct{ begins, what string }{
	{"<!doctype html", "it is a web page"}, {"<html", "it is a web page"}, {"<table", "it is a web page's table (HTML)"},
	{"<!--", "it is a web page"}, {"<body", "it is a web page"}, {"<tr", "it is a web page's table (HTML)"},
	{"<head", "it is a web page"}, {"<meta", "it is a web page"}, {"<style", "it is a web page"}, {"<?xml",
		"it is an XML document"},
	{"<workbook", "it is an XML document"}, {"[{", "it is JSON"}, {`{"`, "it is JSON"}, {"[[", "it is JSON"}, {`["`,
		"it is JSON"},
	{"{}", "it is JSON"}, {"[]", "it is JSON"},
}

// tagsBelowTitles begin lines of web pages, and no cell.
var tagsBelowTitles = regexp.MustCompile(`(?i)^\s*<(!doctype html|html|table|tr)\b[^,;\t]*>`)

// refuseMarkup returns an *Error for a text that is no table, and names what it is.
func refuseMarkup(head []byte) error {
	const most = 64
	for i, l := range firstLines(head, true) {
		if i > 0 && i <= maxAbove && tagsBelowTitles.MatchString(l.text[:min(len(l.text), maxHeaderCell)]) &&
			!hasOpenQuote(string(head[:l.from])) { // a cell may have such lines
			return markupAt(l.at+1, "a web page's table (HTML) begins here")
		}
	}
	begin := bytes.ToLower(bytes.Join(bytes.Fields(head[:min(len(head), 4*most)]), []byte(" ")))
	tight := bytes.ReplaceAll(begin, []byte(" "), nil)
	for _, m := range markup {
		if bytes.HasPrefix(begin, []byte(m.begins)) || m.begins[0] != '<' && bytes.HasPrefix(tight, []byte(m.begins)) {
			return markupAt(1, m.what)
		}
	}
	return nil
}

func markupAt(line int, what string) *Error {
	return &Error{
		Line: line, Problem: what + ", whatever its name says",
		Advice: "open it in a spreadsheet and save it as .xlsx or CSV UTF-8, or export the list as one of them",
	}
}
