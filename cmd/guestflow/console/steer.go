package console

import (
	"context"
	"net/http"
	"strconv"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
)

// steerShown asks for confirmation.
type steerShown struct {
	Import ledger.Import
	Verb   operate.Verb
	Rows   int

	Warnings []string // what becomes of emails that an operator may not expect
}

// verbTexts are the texts of the verbs in paths and on pages.
var verbTexts = map[operate.Verb]struct {
	slug, label, question string
	keep                  string // the button that does nothing
	danger                bool
}{
	operate.Pause: {"pause", "Pause", "Pause this import until it is resumed? Calls in progress end normally.",
		"Keep running", false},
	operate.Resume: {"resume", "Resume", "Resume this import?", "Keep paused", false},
	operate.Cancel: {"cancel", "Cancel import", "Cancel this import for good? What was sent stays sent.",
		"Keep running", true},
	operate.Retry: {"retry", "Retry", "Retry the refused rows, and those that have failed every time?", "Do not retry",
		false},
	operate.RetryUnknown: {"retry-unknown", "Retry, with unknown rows",
		"Retry also the rows whose email may have been sent? Check in Qflow first who has an email: some guests may " +
			"get a second one.",
		"Do not retry", true},
}

// verbOf returns the verb of a path.
func verbOf(slug string) (operate.Verb, error) {
	for v, w := range verbTexts {
		if w.slug == slug {
			return v, nil
		}
	}
	return "", errNoPage
}

func steerPage(ctx context.Context, r *request) (page, error) {
	v, err := verbOf(r.PathValue("verb"))
	if err != nil {
		return page{}, err
	}
	if !r.User.Operator {
		return page{}, errOperator
	}
	imp, err := r.Ledger.Import(ctx, r.PathValue("id"))
	if err == nil {
		err = v.Allowed(imp)
	}
	shown := steerShown{Import: imp, Verb: v, Rows: v.Affected(imp)}
	if err == nil && v == operate.Cancel {
		shown.Warnings, err = r.cancelWarnings(ctx, imp.ID, nil)
	}
	return page{Template: "steer", Title: verbTexts[v].label, Data: shown}, err
}

func steer(ctx context.Context, r *request) (next, flash string, err error) {
	v, err := verbOf(r.PathValue("verb"))
	if err != nil {
		return "", "", err
	}
	id := r.PathValue("id")
	agreed, err := strconv.Atoi(r.PostFormValue("rows"))
	if err != nil {
		return "", "", &problem{http.StatusUnprocessableEntity, "Nothing was changed",
			"The form lacks the number of rows. Open the import's page and choose there."}
	}
	result, err := r.Steer(ctx, r.actor(), v, id, agreed)
	return r.at("imports", id), sentence(result), err
}
