package main

import (
	"context"
	"net/http"
	"strconv"

	"golang.org/x/sync/errgroup"
)

// postDirectly is the program without a queue: it reads the list and posts each guest, with a connection for each
// call in flight. It keeps no record, so it cannot be stopped, go on or say what happened: FILE URL CONCURRENCY.
func postDirectly(ctx context.Context, args []string) error {
	concurrency, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = concurrency, concurrency
	client := &http.Client{Transport: transport}
	guests := make(chan guest, concurrency)
	all, ctx := errgroup.WithContext(ctx)
	for range concurrency {
		all.Go(func() error {
			for g := range guests {
				if err := post(ctx, client, args[1], g); err != nil {
					return err
				}
			}
			return nil
		})
	}
	all.Go(func() error {
		defer close(guests)
		return readGuests(args[0], func(g guest) error {
			select {
			case guests <- g:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	return all.Wait()
}
