package guest_test

import (
	"strings"
	"testing"

	"guestflow/importer/guest"
)

func TestANameWithSomethingInPlaceOfALetterIsRefused(t *testing.T) {
	t.Parallel()
	for want, names := range map[string]string{
		"not_utf8": "J?rg;Andr?;?ukasz;Fran?oise;J=F6rg;J%F6rg;J\\xf6rg;J+APY-rg;=?UTF-8?B?SsO2;Jï¿½rg;J&unknown;rg;J\ufffdrg",
		"":         "Jörg;Ida & Ole;AT&T;C+;R%;Ida=;¿Ida",
	} {
		for name := range strings.SplitSeq(strings.ReplaceAll(names, "&unknown;", "&unknown\x01"), ";") {
			name = strings.ReplaceAll(name, "\x01", ";")
			if _, said := checked(guest.Record{FirstName: name, LastName: "Holm"}, ""); said != want {
				t.Errorf("%q: %q, want %q", name, said, want)
			}
		}
	}
}
