package guest_test

import (
	"strings"
	"testing"

	"guestflow/importer/guest"
)

// What stands beside an address is the guest's own name or a word for a kind of address; else the address may be
// another person's, or one that is not to be used.
func TestARemarkBesideAnAddressIsNeverDroppedInSilence(t *testing.T) {
	t.Parallel()
	for who, cells := range map[string]string{
		"Ida|Holm": `Ida Holm <ida@x.org>;"Holm, Ida" <ida@x.org>;HOLM Ida <ida@x.org>;ida@x.org (work);ida@x.org [private];ida@x.org(home);(work) ida@x.org;Email: ida@x.org;
			ida@x.org (Ida);ida@x.org (Ida Holm);Ida <ida@x.org>;I. Holm <ida@x.org>;Dr. Ida Holm <ida@x.org>;Ida Maria Holm <ida@x.org>;Holm, Ida (Acme) <ida@x.org>;
			ida@x.org <ida@x.org>;ida@x.org<mailto:ida@x.org>;<ida@x.org>;X <ida@x.org>x;Work E-Mail <ida@x.org>;ida@gmail.com (Gmail);ida@x.org (geschäftlich);ida@x.org (privé);
			ida@x.org (自宅);'Ida Holm' <ida@x.org>;Frau Ida Holm <ida@x.org>`,
		"Jürgen|Müller":           "Juergen Mueller <j@x.org>;Jurgen Muller <j@x.org>;MÜLLER Jürgen <j@x.org>;j@x.org (dienstlich)",
		"太郎|山田":                   "山田太郎 <taro@x.org>;山田 太郎 <taro@x.org>;Taro Yamada <taro.yamada@x.org>",
		"Alexander|Berg":          "Alex Berg <a@x.org>",
		"María José|García López": "García López, María José <m@x.org>;María García <m@x.org>;Maria Jose Garcia <m@x.org>",
		"Ida|":                    "Ida Holm <ida@x.org>;Ida <ida@x.org>",
	} {
		first, last, _ := strings.Cut(who, "|")
		for cell := range strings.SplitSeq(cells, ";") {
			cell = strings.TrimSpace(cell)
			g, said := checked(guest.Record{FirstName: first, LastName: last, Email: cell}, "welcome")
			if bad := strings.HasSuffix(cell, ">x"); bad != (said != "") || !bad && strings.ContainsAny(g.Email, " <>()") {
				t.Errorf("%q of %s: %q, %q", cell, who, g.Email, said)
			}
		}
	}
	for cell := range strings.SplitSeq(`ida@x.org (old);ida@x.org (OLD);ida@x.org [bounced];ida@x.org (do not use);ida@x.org (work) (old);(wrong) ida@x.org;ida@x.org(invalid);
		ida@x.org (Bob);ida@x.org (via Bob);ida@x.org (assistant);ida@x.org (c/o Ole Vik);ida@x.org (?);ida@x.org (2);ida@x.org (husband);ida@x.org (alt);ida@x.org (falsch);
		ida@x.org - WRONG;ida@x.org old;ida@x.org bounced;NEW: bob@x.org old;Old: ida@x.org;Assistant: bob@x.org;Bob: bob@x.org;
		Assistant: Bob <bob@x.org>;Ole Vik <ida@x.org>;Ole Holm <ole@x.org>;Ida Berg <ida@x.org>;"Vik, Ole" <ida@x.org>;Assistant of Ida Holm <bob@x.org>;Ida Holm old <ida@x.org>;
		Ida Holm (OLD) <ida@x.org>;PA to Ida Holm <bob@x.org>;Bob for Ida Holm <bob@x.org>;Ida & Ole Vik <ole@x.org>;c/o Bob <bob@x.org>;山田太郎 <ida@x.org>;Mama Ida <x@x.org> old;
		Ole Vik <ole.vik@x.org>;Office <bob@x.org> (old)`, ";") {
		cell = strings.TrimSpace(cell)
		if g, said := checked(guest.Record{FirstName: "Ida", LastName: "Holm", Email: cell}, "welcome"); said != "bad_email" {
			t.Errorf("%q is %q, %q", cell, g.Email, said)
		}
	}
	if _, said := checked(guest.Record{FirstName: "Christiane", LastName: "Holm", Email: "Christian Holm <c@x.org>"},
		"welcome"); said != "bad_email" {
		t.Errorf("an address of Christian beside Christiane is %q", said)
	}
	// A list of addresses to suppress means those that bounced.
	if address, is := guest.Address("ida@x.org (bounced)"); !is || address != "ida@x.org" {
		t.Errorf("to suppress: %q, %v", address, is)
	}
}

// No email reaches these; some of them may reach a stranger.
func TestAnAddressThatTakesNoEmailIsRefused(t *testing.T) {
	t.Parallel()
	for cell := range strings.SplitSeq(`ida@x.de1;ida@x.c0m;ida@x.com2;ida@x.invalid;ida@x.test;ida@x.sandbox;ida@x.localhost;ida@x.local;ida@x.internal;ida@x.lan;ida@x.coma;
		ida@x.nosuchending;n/a@x.org;none@x.org;noemail@x.org;no-email@acme.com;null@x.org;tbc@x.org;keine@keine.de;unknown@x.org;na@na.na;no@email.com;
		ida_x.org#EXT#@tenant.onmicrosoft.com;ida_x.org#ext#@tenant.onmicrosoft.com;#ida@x.org;!ida@x.org;~ida@x.org;//ida@x.org;=ida@x.org;+ida@x.org;【旧】ida@x.org;✗ida@x.org;★ida@x.org;ida→bo@x.org`, ";") {
		cell = strings.TrimSpace(cell)
		if g, said := checked(guest.Record{FirstName: "Ida", LastName: "Holm", Email: cell}, "welcome"); said != "bad_email" {
			t.Errorf("%q is %q, %q", cell, g.Email, said)
		}
	}
	for cell := range strings.SplitSeq(`ida@x.org;ida@x.co.uk;ida@x.com.bd;ida@x.dev;ida@x.museum;ida@x.рф;ida@x.xn--p1ai;ida@guests.example;ida@example.com;ida@1und1.de;ida@163.com;
		ida1@x.org;_ida@x.org;na@x.org;noel@x.org;nora.none@x.org;ida@münchen.de;ida@x.BERLIN;jörg@x.org;иван@почта.рф;山田@x.jp`, ";") {
		cell = strings.TrimSpace(cell)
		if g, said := checked(guest.Record{FirstName: "Ida", LastName: "Holm", Email: cell}, "welcome"); said != "" ||
			g.Email != cell {
			t.Errorf("%q is %q, %q", cell, g.Email, said)
		}
	}
}

// An address that is marked bounces, or reaches a stranger; names that begin with the letters of a mark are none.
func TestAMarkedAddressIsRefused(t *testing.T) {
	t.Parallel()
	for row, bad := range map[string]bool{
		`Bo|Lund|bo=x.org@example.com;bo.lund=acme.co.uk@example.com;bounce+bo=x.org@lists.org;ZZZbo@x.org;zzzbo@x.org;xxxbo@x.org;XXbo@x.org;ZZZ_bo.lund@x.org;XXX.blund@x.org;
			bo.NOSPAM@x.org;boNOSPAM@x.org;NOSPAM.bo@x.org;bo-nospam@x.org;no-spam.bo@x.org;bo@NOSPAM.x.org;bo.REMOVETHIS@x.org;bo_donotuse@x.org;www.bo@x.org;WWW.bo.lund@x.org;
			OLDbo@x.org;OLD.bo.lund@x.org;old_bo@x.org;bo.old@x.org;bo.lund-old@x.org;INACTIVE.bo@x.org;bo.lund.inactive@x.org;bo_deleted@x.org;bo.lund_INVALID@x.org;QQQbo@x.org`: true,
		`Jörg|Müller|joerg.mueller.old@x.org;xxxjoerg@x.org;zzzjorg.muller@x.org`: true,
		`Bo|Lund|bo@x.org;bo.lund@x.org;bo=lund@x.org;BO@X.ORG;BO.LUND@X.ORG;xxbo@x.org;boxx@x.org;zz.top@x.org;arnold@x.org;harold.lund@x.org;spam@x.org;nospam@x.org;BOLD@x.org;
			bold@x.org;www@x.org;zzyzx@x.org;xxxtra@x.org;usebo@x.org;this.is.bo@x.org;old@x.org;salt@x.org;oldrich@x.org;AAbo@x.org`: false,
		`Oldřich|Novák|oldrich@x.org;old.novak@x.org;OLDRICH.novak@x.org`: false,
		`Ida|Old|ida.old@x.org;old.ida@x.org;OLD.ida@x.org;idaold@x.org`:  false,
		`Harold|Berg|harold@x.org;berg.harold@x.org;bergHAROLD@x.org`:     false,
		`Ida|Zzyzx|zzyzx.ida@x.org`:                                       false,
		`Xxena|Holm|xxena@x.org;xxxena@x.org`:                             false,
		`Ida|Alt|ida.alt@x.org;alt.ida@x.org`:                             false,
	} {
		part := strings.SplitN(row, "|", 3)
		for cell := range strings.SplitSeq(part[2], ";") {
			cell = strings.TrimSpace(cell)
			if _, said := checked(guest.Record{FirstName: part[0], LastName: part[1], Email: cell},
				"welcome"); bad != (said == "bad_email") || !bad && said != "" {
				t.Errorf("%q of %s %s is %q", cell, part[0], part[1], said)
			}
		}
	}
}
