package console

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/erasure"
	"guestflow/importer/plural"
	"guestflow/importer/suppression"
)

// suppressedShown is what may be shown of the addresses that are not mailed any more: numbers.
type suppressedShown struct {
	operate.Suppressions
	Reasons []suppression.Reason
}

func suppressedPage(ctx context.Context, r *request) (page, error) {
	list, err := r.Suppressions(ctx)
	shown := suppressedShown{list, suppression.Reasons()}
	return page{Template: "suppressed", Title: "Suppressed addresses", Data: shown}, err
}

// Of is how many addresses are suppressed for a reason.
func (s suppressedShown) Of(why suppression.Reason) int { return s.Counts.Reasons[why] }

// Aged is how old they are.
func (s suppressedShown) Aged(why suppression.Reason) suppression.Ages { return s.Ages[why] }

// maxTyped is how many addresses a form takes; a longer list is a file for the command line.
const maxTyped = 500

// typedAddresses returns the addresses of a form, which is posted, so that none is in an address of a page or in a log.
func typedAddresses(r *request) ([]string, error) {
	list := strings.FieldsFunc(r.PostFormValue("addresses"),
		func(c rune) bool { return strings.ContainsRune(" \t\r\n,;", c) })
	switch {
	case len(list) == 0:
		return nil, &problem{http.StatusUnprocessableEntity, "No address given", "Enter one address or several."}
	case len(list) > maxTyped:
		return nil, &problem{http.StatusUnprocessableEntity, "Too many addresses",
			fmt.Sprintf("A form takes %s. Add a longer list by: guestflow suppress add FILE", plural.Of(maxTyped, "address"))}
	}
	return list, nil
}

// changeSuppressed checks, suppresses or lifts addresses.
func changeSuppressed(ctx context.Context, r *request) (next, flash string, err error) {
	addresses, err := typedAddresses(r)
	if err != nil {
		return "", "", err
	}
	switch r.PathValue("verb") {
	case "check":
		flash, err = checkAddresses(ctx, r, addresses)
	case "add":
		var added suppression.Added
		if added, err = r.Suppress(ctx, r.actor(), suppression.ByHand, addresses...); err == nil {
			flash = fmt.Sprintf("Added: %d. Suppressed before: %d.", added.New, added.Already)
		}
	case "lift":
		flash, err = liftAddresses(ctx, r, addresses)
	default:
		err = errNoPage
	}
	if operate.IsRefused(err) {
		flash, err = sentence(err.Error()), nil
	}
	return r.at("suppressed"), flash, err
}

func checkAddresses(ctx context.Context, r *request, addresses []string) (string, error) {
	if len(addresses) == 1 {
		e, err := r.Suppressed(ctx, addresses[0])
		return operate.SuppressedText(e), err
	}
	suppressed := 0
	for _, a := range addresses {
		e, err := r.Suppressed(ctx, a)
		if err != nil {
			return "", err
		}
		if e.Suppressed() {
			suppressed++
		}
	}
	return fmt.Sprintf("%d of %s %s suppressed.", suppressed, plural.Of(len(addresses), "address"),
		plural.Word(suppressed, "is", "are")), nil
}

// liftAddresses lifts those that are suppressed; the others are mailed already.
func liftAddresses(ctx context.Context, r *request, addresses []string) (string, error) {
	if len(addresses) == 1 {
		_, err := r.Lift(ctx, r.actor(), addresses[0])
		return "The address is mailed again.", err
	}
	lifted := 0
	for _, a := range addresses {
		_, err := r.Lift(ctx, r.actor(), a)
		switch {
		case err == nil:
			lifted++
		case !operate.IsRefused(err):
			return "", err
		}
	}
	return fmt.Sprintf("%d of %s %s suppressed, and are mailed again.", lifted, plural.Of(len(addresses), "address"),
		plural.Word(lifted, "was", "were")), nil
}

// erase removes what is kept of a person, once the operator has confirmed that it cannot be undone.
func erase(ctx context.Context, r *request) (next, flash string, err error) {
	if r.PostFormValue("sure") != "yes" {
		return "", "", &problem{http.StatusUnprocessableEntity, "Not confirmed", "Confirm that it cannot be undone."}
	}
	done, err := r.Erase(ctx, r.actor(), r.Folders(), r.PostFormValue("address"), r.PostFormValue("keep") == "yes")
	if operate.IsRefused(err) {
		return r.at("suppressed"), sentence(err.Error()), nil
	}
	return r.at("suppressed"), erasedText(done), err
}

// maxNamed is how many things that were left a sentence names: it goes by a cookie.
const maxNamed = 5

func erasedText(r erasure.Result) string {
	text := fmt.Sprintf("Removed: data of %s of %s, %s of the index, %s of %s.", counting(r.Rows, "row"),
		counting(r.Imports, "import"), counting(r.Index, "guest"), counting(r.FileRows, "row"), counting(r.Files, "file"))
	var names []string
	for _, l := range r.Left {
		if strings.Contains(l.What, "/") || strings.HasPrefix(l.What, "the key ") {
			names = append(names, short(l.What, 120))
		}
	}
	if more := len(names) - maxNamed; more > 0 {
		names = append(names[:maxNamed], fmt.Sprintf("and %d more", more))
	}
	if len(names) > 0 {
		text += " Not removed: " + strings.Join(names, "; ") + "."
	}
	return text + " " + r.Later() + ". Qflow, backups and emails that were sent are not touched."
}
