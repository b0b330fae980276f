package importer_test

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/xuri/excelize/v2"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/visible"
)

// uglyNames are names of columns and sheets as lists have them, with what a shell, a flag or a mapping would take for
// something else.
var uglyNames = []string{
	"Field", "{{x}}", "}}x", "{{", "x}}{{y", "-x", "--map", "-e=x", "=x", "=A1+B1", "==", "#5", "#1", "#2", "#", "1", "2",
	"3", "01", "№2",
	"O'Brien's", "''", `it's "quoted"`, `"`, `a\b`, `\`, "a$b", "$(rm x)", "`x`", "!x", "~", "*", "?", "a;b", "a,b", ",",
	"a|b", "a&b", "a\nb", "a\r\nb", "a\tb", "  x  ", "",
	"e\u0301", "a\u200bb", "\u202eabc", "\u00adx", "🎉", "...", "all", "none", "first_name", "email=x", "a=b=c", "x=",
	"#row", "#section", "#file", "null", "true", "No", "%s", "${HOME}",
	"A", "B", "@", "@file", "x (y)", "(", "x: y", "“x”", "x\u00a0y", strings.Repeat("long ", 20), strings.Repeat("長", 90),
	"a  b", "名", "ß", "İ", "x; or --sheet all",
}

// uglyLists are lists with each of those names where a question has to name it.
func uglyLists(name string) map[string]string {
	q := func(cells ...string) string {
		for i, cell := range cells {
			cells[i] = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		return strings.Join(cells, ",") + "\n"
	}
	people := func(add ...string) (rows string) {
		for i, p := range [][2]string{{"Ida", "Holm"}, {"Bo", "Lund"}, {"Åse", "Berg"}} {
			row := []string{}
			for _, a := range add {
				row = append(row, strings.NewReplacer("FIRST", p[0], "LAST", p[1], "MAIL", strings.ToLower(p[1])+"@example.org",
					"N", fmt.Sprint(i)).Replace(a))
			}
			rows += q(row...)
		}
		return rows
	}
	return map[string]string{
		"a part of the name": q("First Name", name, "Email") + people("FIRST", "LAST", "MAIL"),
		"the other part":     q(name, "Last Name", "Email") + people("FIRST", "LAST", "MAIL"),
		"addresses":          q("First Name", "Last Name", name) + people("FIRST", "LAST", "MAIL"),
		"several addresses":  q("First Name", "Last Name", "Mail "+name, name) + people("FIRST", "LAST", "a.MAIL", "b.MAIL"),
		"further addresses":  q("First Name", "Last Name", "Email", name) + people("FIRST", "LAST", "MAIL", "b.MAIL"),
		"no names":           q(name, "Town", "Email") + people("FIRST LAST", "Bergen", "MAIL"),
		"nothing":            q(name, name+" x", name+" y") + people("FIRST", "LAST", "MAIL"),
		"the same":           q("Email", name, name) + people("MAIL", "FIRST", "LAST"),
		"the same email": q("First Name", "Last Name", "Email", "E-Mail", name) + people("FIRST", "LAST", "MAIL",
			"b.MAIL", "N"),
		"answers": q("First Name", "Last Name", "Email", name) + people("FIRST", "LAST", "MAIL", "N") + q("Kim",
			"Dahl", "dahl@example.org", "cancelled") + q("Per", "Moe", "moe@example.org", "confirmed"),
		"a status": q("First Name", "Last Name", "Email", "Status "+name) + people("FIRST", "LAST", "MAIL",
			"confirmed") + q("Kim", "Dahl", "dahl@example.org", "cancelled"),
		"partners": q("First Name", "Last Name", "Email", "Partner", "Partner "+name) + people("FIRST", "LAST",
			"MAIL", "Kim N", "Dahl"),
		"several people": q("Buyer Name", "Buyer Email", "Attendee 1 Name", "Attendee 1 Email",
			name) + people("FIRST LAST", "MAIL", "Kim Dahl", "dahl.MAIL", "N"),
		"two full names": q("Full Name", "Name", name, "Email") + people("FIRST LAST", "LAST FIRST", "N", "MAIL"),
		"a number of guests": q("First Name", "Last Name", "Email", "Number of guests ("+name+")",
			"Number of guests") + people("FIRST", "LAST", "MAIL", "2", "3"),
		"no header": people(name+"FIRST", "LAST", "MAIL") + people("FIRST", "LAST", "MAIL"),
	}
}

var flagName = regexp.MustCompile(`--[a-z]+(-[a-z]+)*`)

// typedCommands are the command lines that a text offers: flags beside each other make one.
func typedCommands(text string) (commands [][]string) {
	end := -2
	for {
		at := flagName.FindStringIndex(text[max(end, 0):])
		if at == nil {
			return commands
		}
		begin := at[0] + max(end, 0)
		words, next := []string{}, at[1]+max(end, 0)
		flag := text[begin:next]
		switch {
		case flag == "--split-names":
			words = append(words, flag)
		case strings.HasPrefix(text[next:], "="):
			word, n := shellWord(text[next:])
			words, next = append(words, flag+word), next+n
		default:
			word, n := shellWord(text[next+1:])
			words, next = append(words, flag, word), next+1+n
		}
		if last := len(commands) - 1; end >= 0 && strings.TrimSpace(text[end:begin]) == "" && last >= 0 {
			commands[last] = append(commands[last], words...)
		} else {
			commands = append(commands, words)
		}
		end = next
	}
}

// shellWord returns the first word of a text as a shell reads it, and where it ends. What ends a part of a sentence
// ends the word.
func shellWord(text string) (word string, end int) {
	var b strings.Builder
	quoted := false
	for end < len(text) {
		switch c := text[end]; {
		case quoted && c != '\'':
			b.WriteByte(c)
		case c == '\'':
			quoted = !quoted
		case c == '\\' && end+1 < len(text):
			end++
			b.WriteByte(text[end])
		case c == ' ' || c == '\n' || (strings.IndexByte(",;:)", c) >= 0 && (end+1 == len(text) || text[end+1] == ' ')):
			return b.String(), end
		default:
			b.WriteByte(c)
		}
		end++
	}
	return b.String(), end
}

// typed returns the settings that flags set, beside those that are there.
func typed(t *testing.T, s importer.Settings, words []string) (importer.Settings, error) {
	t.Helper()
	var cli struct{ spec.Reading }
	parser, err := kong.New(&cli)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(words); err != nil {
		return s, err
	}
	s.Reading = cli.Over(s.Reading)
	s.Mapping = maps.Clone(s.Mapping)
	return s, importer.Check(s.Spec)
}

// wantTypable takes each answer that a question offers, as a text has it and as a choice has it. The question is
// settled then, or another one is asked.
func wantTypable(t *testing.T, path string, s importer.Settings) {
	t.Helper()
	_, err := planned(t, path, s)
	fault, is := errors.AsType[*importer.FileError](err)
	if !is || !fault.NeedsAnswer {
		return
	}
	offered, _, _ := strings.Cut(fault.Advice, importer.AskedAlso)
	offered, _, _ = strings.Cut(offered, importer.ToBeChosen) // what is behind it is typed in answersatonce_test.go
	commands := typedCommands(visible.Text(offered))          // as a terminal shows it
	for _, c := range choicesOf(err) {
		commands = append(commands, typedCommands(visible.Text(c.Flag()))...)
	}
	if len(commands) == 0 {
		t.Errorf("%v: nothing is offered", err)
	}
	tried := map[string]bool{}
	for _, words := range commands {
		if tried[fmt.Sprint(words)] {
			continue
		}
		tried[fmt.Sprint(words)] = true
		with, problem := typed(t, s, words)
		if problem != nil {
			t.Errorf("%v\nis answered by %q: %v", err, words, problem)
			continue
		}
		_, after := planned(t, path, with)
		next, is := errors.AsType[*importer.FileError](after)
		if after != nil && (!is || next.Problem == fault.Problem || !next.NeedsAnswer &&
			isOfSettings.MatchString(next.Problem)) {
			t.Errorf("%v\nis answered by %q and then\n%v", err, words, after)
		}
	}
}

// isOfSettings finds a refusal of what was typed, beside those of what the list has.
var isOfSettings = regexp.MustCompile("there is no|has no sheet|different columns|mapping|two columns")

// An answer that is offered and cannot be typed leaves a person without a way on; one that settles nothing does so
// twice.
func TestEveryOfferedAnswerSettlesItsQuestionAsItIsTyped(t *testing.T) {
	t.Parallel()
	for _, name := range uglyNames {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mailed := gala
			mailed.Template, mailed.Encoding = "welcome", "utf-8"
			for kind, list := range uglyLists(name) {
				t.Run(kind, func(t *testing.T) { wantTypable(t, write(t, list), mailed) })
			}
		})
	}
}

// The same of a workbook's sheets.
func TestEverySheetThatIsOfferedCanBeTyped(t *testing.T) {
	t.Parallel()
	for _, name := range uglyNames {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, header := range [][]any{{"First Name", "Last Name", "Email"}, {"Given name", "Surname", "Mail", "Town"}} {
				f := excelize.NewFile()
				if f.SetSheetName("Sheet1", name) != nil {
					return // no sheet can be called so
				}
				rows := [][]any{{"First Name", "Last Name", "Email"}, {"Ida", "Holm", "holm@example.org"}}
				for _, sheet := range []string{name, "Other"} {
					if _, err := f.NewSheet(sheet); err != nil {
						t.Fatal(err)
					}
					for i, row := range rows {
						if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
							t.Fatal(err)
						}
					}
					rows = [][]any{header, {"Bo", "Lund", "lund@example.org"}}
				}
				path := t.TempDir() + "/guests.xlsx"
				if err := f.SaveAs(path); err != nil {
					t.Fatal(err)
				}
				wantTypable(t, path, gala)
			}
		})
	}
}

// What is offered first is what the cells show to be likeliest, wherever it stands.
func TestTheLikeliestAnswerIsOfferedFirst(t *testing.T) {
	t.Parallel()
	const people = "Herr,Ida,Holm,ida.holm@example.org,#1001,Completed\nFrau,Una,Berg,una.berg@example.org,#1002,Completed\n" +
		"Herr,Tor,Dahl,tor.dahl@example.org,#1003,Completed\nFrau,Eva,Lund,eva.lund@example.org,#1004,Completed\n"
	for header, want := range map[string]string{
		"Anrede,Alfa,Beta,Email,Nr,State":                        "--map first_name=Alfa",
		"Alfa,Beta,Gamma,Delta,Epsilon,Zeta":                     "--map first_name=Beta",
		"Title,First Name,Last Name (Billing),Email,No,Zustand":  "--map 'last_name=Last Name (Billing)'",
		"Email,First Name,Last Name,Email address,No,Zustand":    "--map 'email=Email address'",
		"Anrede,First (Billing),Last (Billing),Email,Name,State": "--map 'first_name=First (Billing)'",
	} {
		_, err := planned(t, write(t, header+"\n"+people), gala)
		choices := choicesOf(err)
		if len(choices) == 0 || choices[0].Flag() != want ||
			strings.Contains(err.Error(), "such as --map 'first_name=Anrede'") {
			t.Errorf("%s: %v offers %v", header, err, choices)
		}
	}
}

// listsWithAnswers are lists of which each answer that is offered has to lead on.
var listsWithAnswers = map[string]string{
	"bullets of some":      "Name,Email\n- Ida Holm,holm@example.org\nMia Berg,berg@example.org\n- Bo Lund,lund@example.org\n",
	"different bullets":    "Name,Email\n- Ida Holm,holm@example.org\n* Mia Berg,berg@example.org\n",
	"all are cancelled":    "First Name,Last Name,Email,Status\nIda,Holm,holm@example.org,cancelled\nMia,Berg,berg@example.org,cancelled\n",
	"a bullet and a note":  "Name,Email\n- Ida Holm (cancelled),holm@example.org\n- Mia Berg,berg@example.org\n",
	"addresses, no header": "holm@example.org\nberg@example.org\n",
	"a header in two rows": "First,Last,E-\nName,Name,Mail\nIda,Holm,holm@example.org\nMia,Berg,berg@example.org\n",
	"remarks in both":      "First Name,Last Name,Email\nsee Anna,see Anna,holm@example.org\nIda (declined),Berg (declined),berg@example.org\nBo,Lund,lund@example.org\n",
}

func TestEveryAnswerThatIsOfferedLeavesRowsToImport(t *testing.T) {
	t.Parallel()
	for name, list := range listsWithAnswers {
		t.Run(name, func(t *testing.T) { t.Parallel(); wantTypable(t, write(t, list), gala) })
	}
}
