package remote_test

import (
	"errors"
	"strings"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/remote"
)

func TestASourceThatFailsIsKnownSinceItsFirstFailure(t *testing.T) {
	t.Parallel()
	looks := remote.NewLooks(redistest.Client(t), "gf:{main}:")
	note := func(fresh int, err error) remote.Look {
		t.Helper()
		if err := looks.Note(t.Context(), "gala", fresh, err); err != nil {
			t.Fatal(err)
		}
		all, err := looks.Read(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		return all["gala"]
	}
	first := note(1, nil)
	failed := note(0, errors.New(strings.Repeat("ü", 2000)))
	again := note(0, errors.New("denied"))
	if failed.Failed.IsZero() || !again.Failed.Equal(failed.Failed) || again.Error != "denied" ||
		!again.OK.Equal(first.OK) {
		t.Errorf("first %+v, failed %+v, again %+v", first, failed, again)
	}
	if over := note(0, nil); !over.Failed.IsZero() || over.Error != "" || !over.New.Equal(first.New) {
		t.Errorf("once it can be read: %+v", over)
	}
}
