// Command lint checks what a machine can check: vet, staticcheck, forgotten errors, errors compared without errors.Is,
// switches that lack a case, and which package may import which (imports.go).
//
// It runs as `go vet -vettool`, so Go's build cache keeps the result of every package that has not changed. It is a
// module of its own, since the program needs none of this; compiling it takes a few seconds. golangci-lint has more
// checks, and takes minutes to compile.
package main

import (
	"slices"
	"strings"

	"github.com/kisielk/errcheck/errcheck"
	"github.com/nishanths/exhaustive/passes/exhaustive"
	"github.com/polyfloyd/go-errorlint/errorlint"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/suite/vet"
	"golang.org/x/tools/go/analysis/unitchecker"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/quickfix"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/stylecheck"
	"honnef.co/go/tools/unused"
)

// off are checks that are wrong here.
var off = []string{
	"ST1003",                     // names like those of the API
	"ST1005",                     // "Redis does not answer" begins with a name
	"QF1008",                     // naming the embedded struct says where a field comes from
	"ST1020", "ST1021", "ST1022", // a doc comment may begin with something else than the name
	"ST1023", // a type that is written out helps to read
}

// notInTests are checks of the program only. A test's helpers ignore errors that show as a wrong result one line later.
var notInTests = []string{"errcheck", "exhaustive"}

func main() {
	// A new outcome, state or gate needs a decision in every switch: a case, or a default that was written on purpose.
	set(&exhaustive.Analyzer.Flags, "d", "true") // default satisfies

	// Printing to a terminal or a buffer: there is nothing to do about an error.
	errcheck.DefaultExcludedSymbols = append(errcheck.DefaultExcludedSymbols, "fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln")

	all := slices.Clone(vet.Suite)
	all = append(all, errcheck.Analyzer, errorlint.NewAnalyzer(), exhaustive.Analyzer, unusedCode, imports)
	for _, group := range [][]*lint.Analyzer{staticcheck.Analyzers, simple.Analyzers, stylecheck.Analyzers,
		quickfix.Analyzers} {
		for _, a := range group {
			all = append(all, a.Analyzer)
		}
	}
	all = slices.DeleteFunc(all, func(a *analysis.Analyzer) bool { return slices.Contains(off, a.Name) })
	for _, a := range all {
		filter(a)
	}
	unitchecker.Main(append(all, exceptions(all))...)
}

func set(flags interface {
	Set(name, value string) error
}, name, value string) {
	if err := flags.Set(name, value); err != nil {
		panic(err) // the analyser has no such flag any more
	}
}

// filter keeps a check from reporting what the file excepts.
func filter(a *analysis.Analyzer) {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		filtered := *pass
		filtered.Report = func(d analysis.Diagnostic) {
			if !excepted(pass, a.Name, d.Pos) {
				d.Message = a.Name + ": " + d.Message
				pass.Report(d)
			}
		}
		return run(&filtered)
	}
}

// unusedCode reports functions, types, fields and constants that nothing uses.
var unusedCode = &analysis.Analyzer{
	Name:     "unused",
	Doc:      "report code that nothing uses",
	Requires: []*analysis.Analyzer{unused.Analyzer.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		for _, o := range pass.ResultOf[unused.Analyzer.Analyzer].(unused.Result).Unused {
			for f := range pass.Fset.Iterate {
				if f.Name() == o.Position.Filename && !strings.HasSuffix(f.Name(), "_test.go") {
					pass.Reportf(f.LineStart(o.Position.Line), "%s %s is unused", o.Kind, o.Name)
				}
			}
		}
		return nil, nil
	},
}
