package console

import "context"

func helpPage(context.Context, *request) (page, error) {
	return page{Template: "help", Title: "Help"}, nil
}
