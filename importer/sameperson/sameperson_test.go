package sameperson_test

import (
	"fmt"
	"strings"
	"testing"

	"guestflow/importer/sameperson"
)

// found returns the pairs of a list, each guest being "First,Last,Email".
func found(guests ...string) (pairs []string) {
	var f sameperson.Finder
	for i, g := range guests {
		cells := strings.Split(g, ",")
		f.Add(sameperson.Guest{Row: i + 1, Event: "gala", First: cells[0], Last: cells[1], Email: cells[2]})
	}
	twice, err := f.Pairs()
	if err != nil {
		panic(err)
	}
	for _, p := range twice {
		pairs = append(pairs, fmt.Sprintf("%d=%d by %s", p.Row, p.Of, p.By))
	}
	return pairs
}

// Promise: two spellings of a name at one mailbox may be one person; a family, a couple, twins, and a father and his
// son are not.
func TestTwoSpellingsOfANameAtOneMailboxMayBeOnePerson(t *testing.T) {
	t.Parallel()
	for pair, asked := range map[string]bool{
		"Thomas,Holm;Tom,Holm": true, "Ida,Holm;Dr. Ida,Holm": true, "Ida,Holm;Ida,Hom": true, "Jörg,Vik;Joerg,Vik": true,
		"Jörg,Vik;Jorg,Vik": true, "I.,Holm;Ida,Holm": true, "Max,Holm;Maximilian,Holm": true, "Thomas,Holm;Tomas,Holm": true,
		"Bob,Lund;Robert,Lund": true, "Holm,Ida;Ida,Holm": true, "Ida,Holm;Ida Maria,Holm": true,
		"Ida,Holm;Ida,Holm-Berg":  true,
		"José,García;Jose,Garcia": true, "Mike,Lee;Michael,Lee": true, "Thomas,Holm;Thomsa,Holm": true,
		"Sara,Holm;Sarah,Holm":     true,
		"Stefan,Holm;Stephan,Holm": true, "Алёна,Ёлкина;Алена,Елкина": true, "Саша,Иванов;Александр,Иванов": true,
		"Ида,Holm;Ида,Holm ": false,
		"Idа,Holm;Ida,Holm":  true, "Işıl,Ak;ISIL,Ak": true, "O'Hara,Ann;O’Hara,Ann": true,
		"Anna-Lena,Vik;Annalena,Vik":  true,
		"Mr. Ole,Vik;Ole,Vik":         true,
		"Catherine,Vik;Katherine,Vik": true, "Philip,Vik;Phillip,Vik": true, "Sr. Juan,Ruiz;Juan,Ruiz": true,
		"Ida Holm,;Ida,Holm": true,
		"Ida,Holm;Ole,Holm":  false, "Christian,Holm;Christiane,Holm": false, "Jan,Holm;Jana,Holm": false,
		"Ida,Holm;Ida,Berg": false,
		"Tim,Holm;Tom,Holm": false, "Daniel,Holm;Daniela,Holm": false, "Maria,Holm;Mario,Holm": false,
		"Guest 1,Holm;Guest 2,Holm": false,
		"一,山田;一郎,山田":                false, "Martin,Holm;Marvin,Holm": false, "Mr. A.,Holm;Mrs. A.,Holm": false,
		"Tom,Holm Jr.;Tom,Holm":    false,
		"Tom,Holm II;Tom,Holm III": false, "Herr,Holm;Frau,Holm": false, "Simon,Vik;Simone,Vik": false,
		"Ann,Vik;Anna,Vik": false, "Karin,Vik;Katrin,Vik": false,
		"Юлия,Иванова;Юлий,Иванов": false, "Ole,Holm;Ole Jr,Holm": false, "Paul,Holm;Paula,Holm": false,
		"Emil,Holm;Emily,Holm": false, "Jon,Holm;Joan,Holm": false,
	} {
		one, other, _ := strings.Cut(pair, ";")
		got := found(one+",t@a.org", "Una,Falk,u@a.org", other+",T+gala@a.org")
		if want := map[bool]string{true: "[3=1 by address]", false: "[]"}[asked]; fmt.Sprint(got) != want &&
			strings.TrimSpace(one) != strings.TrimSpace(other) {
			t.Errorf("%s: %v, want %s", pair, got, want)
		}
	}
	if got := found("Ida,Holm,ida@home.example", "Ida,Berg,ida@home.example",
		"Ole,Holm,ida@home.example"); fmt.Sprint(got) != "[2=1 by address]" {
		t.Errorf("a married name: %v", got)
	}
}

// Promise: one name at two addresses may be one person, unless the name is frequent in the list or a number tells them
// apart.
func TestOneNameAtTwoAddressesMayBeOnePerson(t *testing.T) {
	t.Parallel()
	for pair, asked := range map[string]bool{
		"Ida,Holm,ida@x.example;Ida,Holm,ida.holm@work.example":                    true,
		"Ida,Holm,ida.holm@gmail.com;Ida,Holm,idaholm+event@googlemail.com":        true,
		"Jürgen,Groß,juergen.gross@x.example;Juergen,Gross,jgross@y.example":       true,
		"Ida,Holm,sunny77@x.example;Holm,Ida,ida@y.example":                        true,
		"Carl,Dahl,carl1@x.example;Carl,Dahl,carl2@x.example":                      false,
		"Tom,Holm,tom@x.example;Tom,Holm Jr.,tom.jr@x.example":                     false,
		"Ida,,ida@x.example;Ida,,ida@y.example":                                    false,
		"Mr. Kim,Lee,kim@x.example;Ms. Kim,Lee,kim.lee@y.example":                  false,
		"Guest 1,Of Ida,ida@x.example;Guest 1,Of Ida,ole@x.example":                false,
		"Ida,Holm,ida@x.example;Ole,Vik,ole@x.example":                             false,
		"Maria,Müller,maria.mueller@x.example;Maria,Muller,maria.muller@y.example": true,
	} {
		one, other, _ := strings.Cut(pair, ";")
		if got := found(one, "Una,Falk,u@a.org", other); (len(got) == 1) != asked {
			t.Errorf("%s: %v", pair, got)
		}
	}
	var common []string
	for i := range 40 {
		common = append(common, fmt.Sprintf("Thomas,Name%c%c,t%d@x.example", 'a'+i/26, 'a'+i%26, i),
			fmt.Sprintf("First%c%c,Müller,m%d@x.example", 'a'+i/26, 'a'+i%26, i))
	}
	common = append(common, "Thomas,Müller,thomas.mueller@gmx.example", "Thomas,Müller,tm@web.example")
	if got := found(common...); len(got) != 0 {
		t.Errorf("namesakes of a frequent name: %v", got)
	}
	if got := found("A,Test,a@x.example", "A,Test,b@x.example", "A,Test,c@x.example",
		"A,Test,d@x.example"); len(got) != 0 {
		t.Errorf("a name of four: %v", got)
	}
}

// Promise: a name and an address that are both written otherwise may be one person's, and those of two relatives, colleagues or
// namesakes are not.
func TestANameAndAnAddressThatAreBothWrittenOtherwiseMayBeOnePerson(t *testing.T) {
	t.Parallel()
	for pair, asked := range map[string]bool{
		"Jon,Smith,jsmith@x.com;John,Smiht,jsmth@x.com":               true,
		"Ida,Holm,ida.holm@x.com;Ida,Hlom,ida.hom@x.com":              true,
		"Thomas,Berger,t.berger@x.com;Thomsa,Berger,t.berg@x.com":     false, // two letters
		"Thomas,Berger,t.berger@x.com;Thomsa,Berger,t.beger@x.com":    true,
		"Tom,Holm,tom@a.org;Thomas,Holm,thomas.holm@b.org":            true,
		"Bob,Lund,bob@a.org;Robert,Lund,rlund@b.org":                  true,
		"Ida,Holm,ida.holm@a.org;Ida,Berg,ida.holm@b.org":             true, // married
		"Ida,Holm,ida.holm@gmail.com;Idda,Holm,ida.holm@gmial.com":    true,
		"Elena,Berg,elena@berg.de;Helena,Berg,helena@berg.de":         false,
		"Anna,Kowalska,kowalska@x.pl;Anna,Kowalski,kowalski@x.pl":     false,
		"Lara,Berg,lara.berg@x.de;Lars,Berg,lars.berg@x.de":           false,
		"Jan,Berg,jberg@x.de;Jon,Bert,jbert@x.de":                     false,
		"Ann,Lee,guest1@x.de;Anne,Leee,guest2@x.de":                   false,
		"John,Smith,jsmith@a.org;J.,Smith,jsmith@b.org":               false,
		"Ida,Holm,office@a.org;Ida,Berg,office@b.org":                 false,
		"Tom,Holm,tom@a.org;Thomas,Berg,thomas@b.org":                 false,
		"Mr. Alex,Holm,alex.holm@a.org;Ms. Alex,Berg,alex.holm@b.org": false,
		"Maria,Schmidt,m.schmidt@x.de;Marta,Schmitt,m.schmitt@x.de":   false,
		"Max,Huber,maxhuber@x.de;Max,Hubert,maxhubert@x.de":           false,
	} {
		one, other, _ := strings.Cut(pair, ";")
		if got := found(one, "Una,Falk,u@a.org", other); (len(got) == 1 && strings.HasSuffix(got[0], "by both")) != asked || len(got) > 1 {
			t.Errorf("%s: %v", pair, got)
		}
	}
}
