package filename_test

import (
	"testing"

	"guestflow/importer/filename"
)

func TestAFileIsCalledAsItWasDropped(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"/in/processing/20260301T090000-ABCDEF.2--my--list.csv":    "my--list.csv",
		"/in/done/20260301T090000-ABCDEF-k3j5h2lm--list.again.csv": "list.again.csv",
		"/in/done/20260301T090000-ABCDEF--list.csv":                "list.csv",
		"/home/ann/list--final.csv":                                "list--final.csv",
		"/home/ann/20260301T090000-ABCDEF--":                       "20260301T090000-ABCDEF--",
	} {
		if got := filename.Original(source); got != want {
			t.Errorf("%s is called %s, want %s", source, got, want)
		}
	}
}
