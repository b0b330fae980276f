package console

import "context"

func schedulesPage(ctx context.Context, r *request) (page, error) {
	list, err := r.Schedules(ctx)
	return page{Template: "schedules", Title: "Schedules", Live: true, Data: list}, err
}
