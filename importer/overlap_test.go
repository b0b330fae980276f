package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/spec"
)

// listed are the guests of a list, each "First,Last,Email".
func listed(t *testing.T, key string, guests ...string) *importer.ListedGuests {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guests.csv")
	text := "No,First Name,Last Name,Email\n"
	for i, g := range guests {
		text += strings.Repeat("0", i/10) + string(rune('0'+i%10)) + "," + g + "\n"
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g, err := importer.GuestsOf(t.Context(), path, importer.Settings{Spec: spec.Spec{Account: "a", Event: "ev", Key: key}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Two lists that are not imported yet are compared as a list is with what was imported.
func TestAListIsComparedWithAnotherThatWaits(t *testing.T) {
	t.Parallel()
	ann, bob := "Ann,Lee,ann@example.com", "Bob,Lee,bob@example.com"
	for name, c := range map[string]struct {
		key            string
		earlier, later []string
		want           int
	}{
		"the same":                        {"", []string{ann, bob}, []string{ann, bob}, 0},
		"in another order":                {"", []string{ann, bob}, []string{bob, ann}, 0},
		"others":                          {"", []string{ann}, []string{bob}, 0},
		"capitals":                        {"", []string{ann, bob}, []string{"ANN,Lee,Ann@Example.com", bob}, 0},
		"another address":                 {"", []string{ann, bob}, []string{"Ann,Lee,ann@example.org", bob}, 1},
		"another name":                    {"", []string{ann, bob}, []string{ann, "Robert,Lee,bob@example.com"}, 1},
		"another address by a key":        {"No", []string{ann, bob}, []string{"Ann,Lee,ann@example.org", bob}, 1},
		"another name by a key":           {"No", []string{ann, bob}, []string{ann, "Robert,Lee,bob@example.com"}, 1},
		"a family that is in both":        {"", []string{ann, "Ben,Lee,ann@example.com"}, []string{ann, "Ben,Lee,ann@example.com"}, 0},
		"one is gone":                     {"", []string{ann, bob}, []string{ann}, 0},
		"without an address in the later": {"", []string{ann}, []string{"Ann,Lee,"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := listed(t, c.key, c.later...).Corrects(listed(t, c.key, c.earlier...)); got != c.want {
				t.Errorf("%d guests are corrected, want %d", got, c.want)
			}
		})
	}
}
