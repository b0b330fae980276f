package console

import (
	"context"
	"net/http"
	"slices"
	"time"
)

func schedulesPage(ctx context.Context, r *request) (page, error) {
	list, err := r.Schedules(ctx)
	return page{Template: "schedules", Title: "Schedules", Live: true, Data: list}, err
}

// lookTimeout bounds a look at a source that a person waits for.
const lookTimeout = time.Minute

// lookNow takes what is new at a schedule's source, as at its time. The schedule goes on as if nothing had been.
func lookNow(ctx context.Context, r *request) (next, flash string, err error) {
	profile := r.PathValue("profile")
	list, err := r.Schedules(ctx)
	if err != nil {
		return "", "", err
	}
	if !slices.ContainsFunc(list, func(s Schedule) bool { return s.Profile == profile }) {
		return "", "", errNoPage
	}
	if r.Live && r.PostFormValue("sure") == "" {
		return "", "", &problem{http.StatusConflict, "This reaches real people",
			"Nothing was begun. Say on the page of the schedules that you mean it."}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTimeout)
	defer cancel()
	taken := 0
	err = r.Audited(ctx, r.actor(), "run schedule", profile, "", func() (string, error) {
		taken, err = r.Look(ctx, profile)
		return counting(taken, "file"), err
	})
	switch {
	case err != nil:
		return "", "", &problem{http.StatusBadGateway, "The source cannot be read",
			sentence(err.Error()) + " Nothing was taken that is not among the imports."}
	case taken == 0:
		return r.at("schedules"), "Nothing is new at the source of " + profile + ".", nil
	}
	return r.at("imports"), "Taken from the source of " + profile + ": " + counting(taken, "file") +
		". What becomes of it is shown here.", nil
}
