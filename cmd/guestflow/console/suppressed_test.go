package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guestflow/importer/erasure"
)

func TestAddressesAreCheckedSuppressedAndLiftedWithoutBeingShown(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("otto")
	wants := func(verb, addresses string, words ...string) {
		t.Helper()
		a := d.post("/a/main/suppressed/"+verb, url.Values{"addresses": {addresses}})
		d.wants(a, http.StatusOK, words...)
		if strings.Contains(a.body, "x.example") {
			t.Errorf("%s: the page shows an address", verb)
		}
	}
	wants("check", "ann@x.example", "it is not suppressed")
	wants("add", "ann@x.example, BOB@x.example;\ncid@x.example", "Added: 3. Suppressed before: 0.", "by hand")
	wants("check", "ANN@x.example", "The address is not mailed: by hand")
	wants("check", "ann@x.example dan@x.example", "1 of 2 addresses is suppressed")
	wants("lift", "ann@x.example", "The address is mailed again.")
	wants("lift", "ann@x.example", "there is nothing to lift")
	wants("add", "no-address", "none such as name@example.com")
	d.wants(d.post("/a/main/suppressed/add", url.Values{"addresses": {" "}}), http.StatusUnprocessableEntity)
	d.wants(d.post("/a/main/suppressed/add", url.Values{"addresses": {strings.Repeat("a@x.example ", 501)}}),
		http.StatusUnprocessableEntity)
	log, err := d.account.AuditLog(t.Context(), "", 10)
	if err != nil || len(log) != 2 || log[0].Action != "suppress lift" || log[0].Actor != "otto" ||
		log[1].After != "3 addresses added" {
		t.Errorf("the audit log: %+v, %v", log, err)
	}
}

func TestAPersonIsErasedOnceItIsConfirmed(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("otto")
	d.account.Folders = func() []erasure.Folder { return []erasure.Folder{{Path: t.TempDir()}} }
	form := url.Values{"address": {"ann@x.example"}, "keep": {"yes"}}
	d.wants(d.post("/a/main/erase", form), http.StatusUnprocessableEntity, "cannot be undone")
	form.Set("sure", "yes")
	d.wants(d.post("/a/main/erase", form), http.StatusOK, "Removed: data of 0 rows of 0 imports")
	form.Set("address", "no-address")
	d.wants(d.post("/a/main/erase", form), http.StatusOK, "not an email address")
}
