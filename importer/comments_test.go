package importer_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"guestflow/deploy/testkit"
	"guestflow/importer/spec"
)

// A comment on a guest's cell may say that the guest is not meant. It is in no column, so it is asked about.
func TestRowsWithCommentsAreAskedAboutAndEachAnswerWorks(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	comments := func(texts ...string) func(*excelize.File, string) {
		return func(f *excelize.File, sheet string) {
			for i, text := range texts {
				cell, _ := excelize.CoordinatesToCellName(i+1, i+2)
				if err := f.AddComment(sheet, excelize.Comment{Cell: cell, Author: "Ida", Text: text}); err != nil {
					t.Error(err)
				}
			}
		}
	}
	linked := func(to string) func(*excelize.File, string) {
		return func(f *excelize.File, sheet string) {
			if err := f.SetCellHyperLink(sheet, "C2", "mailto:"+to, "External"); err != nil {
				t.Error(err)
			}
		}
	}
	if plan, err := planOf(t, workbookOf(t, linked("IDA0@x.example?subject=x"), "Sheet1"), spec.Reading{}); err != nil ||
		plan.Guests != 3 {
		t.Errorf("a link to the address that is shown: %v", err)
	}
	for name, path := range map[string]string{
		"a link to another address": workbookOf(t, linked("una@y.example"), "Sheet1"),
		"a note":                    workbookOf(t, comments("do not invite"), "Sheet1"),
		"any text":                  workbookOf(t, comments("sits at the window"), "Sheet1"),
		"a thread": withThread(t,
			workbookOf(t, comments("[Threaded comment] Your version of Excel allows you to read this"), "Sheet1"),
			"has declined"),
	} {
		q, err := questionOf(t, path, spec.Reading{})
		if q == nil || !strings.HasPrefix(q.Text, "cells have comments (") || !strings.Contains(q.Text, "row 1)") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, choice := range offered(q) {
			plan, err := planOf(t, path, chosen(choice))
			left := 1
			if choice.Option == "map" || choice.Value == "all" {
				left = 0
			}
			if err != nil || plan.Filtered != left || plan.Guests != 3-left {
				t.Errorf("%s, with %s: %d guests: %v", name, choice.Flag(), plan.Guests, err)
			}
		}
		if plan, err := planOf(t, path, spec.Reading{Where: "#comment is empty"}); err != nil || plan.Guests != 2 {
			t.Errorf("%s, without comments: %d guests: %v", name, plan.Guests, err)
		}
	}
	thread, err := questionOf(t, withThread(t, workbookOf(t, comments("[Threaded comment]"), "Sheet1"), "has declined"),
		spec.Reading{})
	if thread == nil || !strings.Contains(thread.Text, "declined 1") {
		t.Errorf("what the thread says: %v", err)
	}
}

func TestACommentOnTheHeaderOrOnAnotherSheetIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	path := workbookOf(t, func(f *excelize.File, sheet string) {
		_, err := f.NewSheet("Other")
		err = errors.Join(err, f.AddComment(sheet, excelize.Comment{Cell: "A1", Text: "do not invite"}),
			f.AddComment("Other", excelize.Comment{Cell: "A2", Text: "do not invite"}))
		if err != nil {
			t.Error(err)
		}
	}, "Sheet1")
	if plan, err := planOf(t, path, spec.Reading{}); err != nil || plan.Guests != 3 {
		t.Errorf("%d guests: %v", plan.Guests, err)
	}
}

// withThread adds a comment with answers, of which the library that writes workbooks knows nothing.
func withThread(t *testing.T, path, text string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	put := func(name, content string) {
		w, err := out.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "xl/worksheets/_rels/sheet1.xml.rels" {
			content = bytes.Replace(content, []byte("</Relationships>"),
				[]byte(`<Relationship Id="rId9" Type="http://schemas.microsoft.com/office/2017/10/`+
					`relationships/threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>`), 1)
		}
		put(f.Name, string(content))
	}
	put("xl/threadedComments/threadedComment1.xml",
		`<?xml version="1.0"?><ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">`+
			`<threadedComment ref="A2" id="{1}"><text>Bo</text></threadedComment><threadedComment ref="A2" id="{2}" parentId="{1}"><text>`+text+
			`</text></threadedComment></ThreadedComments>`)
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "thread.xlsx")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
