package importer_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// answer returns the settings with a question answered, as a flag or a button does it.
func answer(s importer.Settings, c table.Choice) importer.Settings {
	switch c.Option {
	case "encoding":
		s.Encoding = c.Value
	case "header-row":
		s.HeaderRow = c.Value
	case "hidden":
		s.Hidden = c.Value
	case "sheet":
		s.Sheet = c.Value
	case "dates":
		s.Dates = c.Value
	case "where":
		s.Where = c.Value
	case "split-names":
		s.SplitNames = new(true)
	case "surname":
		s.Surname = c.Value
	case "joint-names":
		s.JointNames = c.Value
	case "near-misses":
		s.NearMisses = spec.NearMisses(c.Value)
	case "map":
		field, header, _ := strings.Cut(c.Value, "=")
		s.Mapping = maps.Clone(s.Mapping)
		if s.Mapping == nil {
			s.Mapping = map[string]string{}
		}
		s.Mapping[field] = header
	default:
		panic("no such option: " + c.Option)
	}
	return s
}

// becomes is what becomes of a list: its question's answers, or each row's names with the codes of what is said of it.
func becomes(t *testing.T, list string, s importer.Settings) (said string, choices []table.Choice) {
	t.Helper()
	plan, err := importer.MakePlan(t.Context(), write(t, list), s)
	if err == nil {
		err = plan.Refused()
	}
	if question, is := errors.AsType[*table.Question](err); is {
		for _, c := range question.Choices {
			said += strings.TrimPrefix(c.Flag(), "--") + "; "
		}
		return "asked: " + strings.TrimSuffix(said, "; "), question.Choices
	}
	if plan.Import == "" {
		return fmt.Sprint(err), nil
	}
	_, rows, _ := importer.ReadAll(strings.NewReader(list), plan.Settings)
	for _, r := range rows {
		if len(r.Findings) == 0 {
			said += r.Guest.FirstName + "|" + r.Guest.LastName
		}
		for _, f := range slices.Concat(r.Findings, r.Warnings) {
			said += " " + string(f.Code)
		}
		said += "; "
	}
	return strings.TrimSuffix(said, "; "), nil
}

// Whole names below a header of one part are asked about, in whatever language, and each answer is taken.
func TestWholeNamesBelowAHeaderOfOnePartAreAskedAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ head, rows, want, split, kept string }{
		{"First Name,Email", "Anna Schmidt,a@x.example\nBob Ray,b@x.example", "", "Anna|Schmidt; Bob|Ray",
			"Anna Schmidt|; Bob Ray|"},
		{"Nom,Email", "Anne Petit,a@x.example\nLuc Roy,b@x.example", "", "Anne|Petit; Luc|Roy", "|Anne Petit; |Luc Roy"},
		{"Nombre,Correo", "Ana Ruiz,a@x.example\nLuis Gil,b@x.example\nEva,c@x.example", "", "Ana|Ruiz; Luis|Gil; Eva|",
			"Ana Ruiz|; Luis Gil|; Eva|"},
		{"Nome,E-mail", "Ana Sousa,a@x.example", "", "Ana|Sousa", "Ana Sousa|"},
		{"Vorname,Nachname,E-Mail", "Anna Schmidt,,a@x.example\nBodo Maier,,b@x.example\nIda,Holm,c@x.example", "",
			"Anna|Schmidt; Bodo|Maier; Ida|Holm",
			"Anna Schmidt|; Bodo Maier|; Ida|Holm"},
		{"Nachname,E-Mail", "\"Schmidt, Anna\",a@x.example", "", "Anna|Schmidt", "|Schmidt, Anna"},
		{"Imię,Email", "Jan Nowak,a@x.example", "", "Jan|Nowak", "Jan Nowak|"},
		{"Förnamn,E-post", "Ida Holm,a@x.example", "", "Ida|Holm", "Ida Holm|"},
		{"الاسم الأول,البريد الإلكتروني", "محمد سالم,a@x.example", "", "محمد|سالم", "محمد سالم|"},
		// Names of two words beside last names, and most names of one word, are first names.
		{"First Name,Last Name,Email", "Mary Ann,Lee,a@x.example\nIda,Holm,b@x.example", "Mary Ann|Lee; Ida|Holm", "", ""},
		{"Vorname,E-Mail", "Anna Lena,a@x.example\nIda,b@x.example\nOle,c@x.example", "Anna Lena|; Ida|; Ole|", "", ""},
	} {
		said, choices := becomes(t, c.head+"\n"+c.rows+"\n", gala)
		if c.want != "" {
			if said != c.want {
				t.Errorf("%s: %s, want %s", c.head, said, c.want)
			}
			continue
		}
		if len(choices) != 2 {
			t.Errorf("%s: %s", c.head, said)
			continue
		}
		for i, want := range []string{c.split, c.kept} {
			if got, _ := becomes(t, c.head+"\n"+c.rows+"\n", answer(gala, choices[i])); got != want {
				t.Errorf("%s with %s: %s, want %s", c.head, choices[i].Flag(), got, want)
			}
		}
	}
	for _, head := range []string{"Имя,Почта", "氏名,メール", "Naam,E-mail", "Namn,E-post", "Név,E-mail", "שם,אימייל", "姓名,邮箱",
		"이름,이메일"} {
		if said, _ := becomes(t, head+"\nAnna Schmidt,a@x.example\n", gala); said != "asked: split-names" {
			t.Errorf("%s: %s", head, said)
		}
	}
}

// The part that a row lacks is taken from its full name, where that is the same name.
func TestAFullNameFillsThePartThatIsMissing(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]string{
		"Ida Holm,,Holm": "Ida|Holm", "Ida Holm,Ida,": "Ida|Holm", "Ida Holm,,": "Ida|Holm", "Holm Ida,,Holm": "Ida|Holm",
		"\"Holm, Ida\",,Holm":       "Ida|Holm",
		"Ida Maria Holm,Ida Maria,": "Ida Maria|Holm", "Jan van der Berg,,van der Berg": "Jan|van der Berg",
		"山田太郎,,山田": "太郎|山田", "山田 太郎,太郎,": "太郎|山田",
		"IDA HOLM,,Holm": "IDA|Holm", "Ida Holm,Ida,Holm": "Ida|Holm", "Holm,,Holm": "|Holm",
		"Ida Maria Holm,Ida,Holm": "Ida|Holm", "Ida,Ida,Holm": "Ida|Holm",
		"Ida Berg,,Holm": " no_name", "Acme,Ida,": " no_name", "Ida Maria Holm,,Maria": " no_name",
		"Ole Vik,Ida,Holm":     "Ida|Holm odd_name",
		"Ana García Márquez,,": " no_name", "Dr. Holm,,": " no_name",
	} {
		if got, _ := becomes(t, "Full Name,First Name,Last Name,Email\n"+row+",i@x.example\nBo Lee,Bo,Lee,b@x.example\n",
			gala); got != want+"; Bo|Lee" {
			t.Errorf("%s: %s, want %s", row, got, want)
		}
	}
	s := gala
	s.Mapping = map[string]string{"full_name": ""}
	if got, _ := becomes(t, "Full Name,First Name,Last Name\nIda Berg,,Holm\n", s); got != "|Holm" {
		t.Errorf("without the full names: %s", got)
	}
}

// A name that can be split in several ways waits for an answer, which counts for the names that are in doubt.
func TestWhichWordsAreTheLastNameIsAsked(t *testing.T) {
	t.Parallel()
	const list = "Name,Email\nAna Ruiz,a@x.example\nJosé García Márquez,b@x.example\nDr. Eva Holm,c@x.example\nAnna & Bob Smith,d@x.example\n"
	s := gala
	s.SplitNames, s.JointNames = new(true), "skip"
	said, choices := becomes(t, list, s)
	if len(choices) != 4 {
		t.Fatal(said)
	}
	for i, want := range []string{
		"Ana|Ruiz; José García|Márquez; Eva|Holm odd_name;  no_name",
		"Ana|Ruiz; José|García Márquez; Eva|Holm odd_name;  no_name",
		"Ruiz|Ana; García Márquez|José; Holm|Eva odd_name;  no_name",
		"Ana|Ruiz; José García Márquez|; Eva|Holm odd_name;  no_name",
	} {
		if got, _ := becomes(t, list, answer(s, choices[i])); got != want {
			t.Errorf("%s: %s, want %s", choices[i].Flag(), got, want)
		}
	}
}
