package importer_test

import (
	"strings"
	"testing"

	"guestflow/importer"
)

// Promise: a letter that was lost before a list was written costs its own row, and is no doubt about the others.
func TestALostLetterCostsItsRowAlone(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]string{
		"beside others": "J\ufffdrg,Müller,j@example.de\nZoë,Berg,b@example.com\n",
		"alone":         "J\ufffdrg,Mueller,j@example.de\nBo,Berg,b@example.com\n",
		"misread":       "J\ufffdrg,MÃ¼ller,j@example.de\nZoÃ«,Berg,b@example.com\n",
	} {
		_, read, err := importer.ReadAll(strings.NewReader("First Name,Last Name,Email\n"+rows), gala)
		if err != nil || len(read) != 2 || len(read[0].Findings) == 0 || len(read[1].Findings) > 0 {
			t.Errorf("%s: %+v, %v", name, read, err)
			continue
		}
		if got := read[1].Guest.FirstName; got != "Zoë" && got != "Bo" {
			t.Errorf("%s: the other guest is %q", name, got)
		}
	}
}
