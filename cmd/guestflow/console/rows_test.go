package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestARowWhoseGuestAnExpiredImportHasLeadsNowhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	d.run()
	old, young := d.list("Ann,Lee,ann@example.com"), d.list("Ann,Lee,ann@example.com", "Bob,Ray,bob@example.com")
	path := "/a/main/imports/" + young.ID + "/rows/1"
	link := fmt.Sprintf(`href="/a/main/imports/%s/rows/1"`, old.ID)
	if page := d.get(path); !strings.Contains(page.body, link) {
		t.Fatalf("the page does not lead to the row that has the guest: %s", page.body)
	}
	keys, err := d.account.Redis.Keys(t.Context(), "*import:"+old.ID+"*").Result()
	if err == nil {
		err = d.account.Redis.Del(t.Context(), keys...).Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	page := d.get(path)
	d.wants(page, http.StatusOK, "Guest id", "import "+old.ID+", which is no longer kept")
	if strings.Contains(page.body, link) {
		t.Error("it leads to an import that is not there")
	}
}
