package charset_test

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"guestflow/importer/charset"
)

// koreanList is a list of four guests, and how other encodings than UTF-8 write it.
const koreanList = "First Name,Last Name,Email\n민준,김,minjun@example.org\n서연,이,seoyeon@example.org\n도윤,박,doyun@example.org\n하은,최,haeun@example.org\n"

var koreanBytes = map[string]string{
	"johab": "First Name,Last Name,Email\n\xa3\xa5\xba\x85,\x8b\xb1,minjun@example.org\n\xac\xe1\xb5e,\xb7\xa1,seoyeon@example.org\n" +
		"\x95\xa1\xb7E,\xa4b,doyun@example.org\n\xd0a\xb7e,\xc2A,haeun@example.org\n",
	"iso-2022-kr": "\x1b$)CFirst Name,Last Name,Email\n\x0e9NAX\x0f,\x0e1h\x0f,minjun@example.org\n\x0e<-?,\x0f,\x0e@L\x0f,seoyeon@example.org\n" +
		"\x0e55@1\x0f,\x0e9Z\x0f,doyun@example.org\n\x0eGO@:\x0f,\x0eCV\x0f,haeun@example.org\n",
}

func TestKoreanListsOfOldProgramsAreRead(t *testing.T) {
	t.Parallel()
	for name, written := range koreanBytes {
		for _, said := range []string{name, ""} {
			text, err := charset.Decode(bufio.NewReaderSize(strings.NewReader(written), 32<<10), said)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(text)
			if said == "" && name == "johab" && err != nil {
				continue // it is asked about
			}
			if err != nil || string(got) != koreanList {
				t.Errorf("%s (said %q) is read as %s, %v", name, said, got, err)
			}
		}
	}
}

// Promise: a single name in johab is never taken for one in another alphabet.
func TestASingleNameInJohabIsNotReadOtherwise(t *testing.T) {
	t.Parallel()
	for _, lines := range []string{"\xa3\xa5\xba\x85,\x8b\xb1,minjun@example.org\n", "\x95\xa1\xb7E,\xa4b,doyun@example.org\n", "\x8b\xb1,Bo,bo@example.org\n"} {
		list := "First Name,Last Name,Email\n" + lines + "Bo,Lund,bo@example.org\nIda,Holm,ida@example.org\n"
		text, err := charset.Decode(bufio.NewReaderSize(strings.NewReader(list), 32<<10), "")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(text); err == nil && text.Encoding() != "johab" {
			t.Errorf("%q is read as %s: %s", lines, text.Encoding(), got)
		}
	}
}
