package main

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// directive is an exception in the code: the checks that it is for, and why they are wrong in that line.
var directive = regexp.MustCompile(`^//nolint(?::([a-zA-Z0-9,]+))?(?: // (\S.*))?$`)

// testFile reports whether a position is in a test.
func testFile(pass *analysis.Pass, at token.Pos) bool {
	return strings.HasSuffix(pass.Fset.Position(at).Filename, "_test.go")
}

// excepted reports whether a check does not hold at a position.
func excepted(pass *analysis.Pass, check string, at token.Pos) bool {
	if slices.Contains(notInTests, check) && testFile(pass, at) {
		return true
	}
	for _, file := range pass.Files {
		if file.FileStart <= at && at <= file.FileEnd {
			return nolint(pass, file, check, at) || check == "errcheck" && cleansUp(file, at)
		}
	}
	return false
}

// nolint reports whether the line of a position excepts a check.
func nolint(pass *analysis.Pass, file *ast.File, check string, at token.Pos) bool {
	line := pass.Fset.Position(at).Line
	for _, group := range file.Comments {
		for _, c := range group.List {
			found := directive.FindStringSubmatch(c.Text)
			if found != nil && pass.Fset.Position(c.Pos()).Line == line && slices.Contains(strings.Split(found[1], ","), check) {
				return true
			}
		}
	}
	return false
}

// cleansUp reports whether an error comes from a deferred Close, os.Remove or os.RemoveAll. The one is for what is only
// read, the other for what may be gone already. A file that is written is closed, and its error checked, before that.
func cleansUp(file *ast.File, at token.Pos) (is bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.DeferStmt)
		if !ok || at < call.Pos() || at > call.End() {
			return true
		}
		if f, ok := call.Call.Fun.(*ast.SelectorExpr); ok && at > f.Pos() {
			is = f.Sel.Name == "Close" || strings.HasPrefix(f.Sel.Name, "Remove")
		}
		return !is
	})
	return is
}

// exceptions reports exceptions without a reason, and those from checks that there are not.
func exceptions(all []*analysis.Analyzer) *analysis.Analyzer {
	known := map[string]bool{}
	for _, a := range all {
		known[a.Name] = true
	}
	return &analysis.Analyzer{
		Name: "nolint",
		Doc:  "report exceptions without a reason, and from unknown checks",
		Run: func(pass *analysis.Pass) (any, error) {
			for _, file := range pass.Files {
				for _, group := range file.Comments {
					for _, c := range group.List {
						if !strings.HasPrefix(c.Text, "//nolint") {
							continue
						}
						found := directive.FindStringSubmatch(c.Text)
						if found == nil || found[1] == "" || found[2] == "" {
							pass.Reportf(c.Pos(), "write it as //nolint:CHECK // reason")
							continue
						}
						for check := range strings.SplitSeq(found[1], ",") {
							if !known[check] {
								pass.Reportf(c.Pos(), "there is no check %s", check)
							}
						}
					}
				}
			}
			return nil, nil
		},
	}
}
