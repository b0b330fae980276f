package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"golang.org/x/sync/errgroup"
)

// What follows is plain Asynq: what a reader of its README and wiki would write. A task for each guest with its fields
// as JSON, the default queue and settings, http.Client as it comes. Against a second email the task's id is the
// guest's, and done tasks are kept for a day: while they are, a second enqueue is refused. It is spared what else it
// would need: a token that expires, limits, gates, a record of who got what.

const (
	taskGuest = "guest:create"
	retention = 24 * time.Hour
)

// guest is a guest of the list, as tasks and the API have it.
type guest struct {
	ID         string `json:"id"`
	EventID    string `json:"eventId"`
	TemplateID string `json:"commsTemplateId"`
	FirstName  string `json:"firstName"`
	LastName   string `json:"lastName"`
	Email      string `json:"email"`
}

// importAsynq enqueues a list: FILE REDIS ENQUEUERS.
func importAsynq(ctx context.Context, args []string) error {
	enqueuers, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	client := asynq.NewClient(asynq.RedisClientOpt{Addr: args[1]})
	defer client.Close()
	var all errgroup.Group
	all.SetLimit(enqueuers)
	err = readGuests(args[0], func(g guest) error {
		if enqueuers == 1 {
			return enqueue(ctx, client, g)
		}
		all.Go(func() error { return enqueue(ctx, client, g) })
		return nil
	})
	return errors.Join(err, all.Wait())
}

func enqueue(ctx context.Context, client *asynq.Client, g guest) error {
	payload, err := json.Marshal(g)
	if err != nil {
		return err
	}
	_, err = client.EnqueueContext(ctx, asynq.NewTask(taskGuest, payload), asynq.TaskID(g.ID), asynq.Retention(retention))
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil
	}
	return err
}

// workAsynq works on the default queue until it is stopped: REDIS URL CONCURRENCY.
func workAsynq(_ context.Context, args []string) error {
	concurrency, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	server := asynq.NewServer(asynq.RedisClientOpt{Addr: args[0]}, asynq.Config{Concurrency: concurrency})
	client := &http.Client{Timeout: 30 * time.Second}
	mux := asynq.NewServeMux()
	mux.HandleFunc(taskGuest, func(ctx context.Context, t *asynq.Task) error {
		var g guest
		if err := json.Unmarshal(t.Payload(), &g); err != nil {
			return fmt.Errorf("%w: %w", err, asynq.SkipRetry)
		}
		return post(ctx, client, args[1], g)
	})
	return server.Run(mux)
}

// post makes one call.
func post(ctx context.Context, client *http.Client, url string, g guest) error {
	body, err := json.Marshal(g)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+guestPath, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Ocp-Apim-Subscription-Key", "benchmark")
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("%s: %s", resp.Status, answer)
	}
	return nil
}

// readGuests calls do for each guest of a list. A guest's id is derived from its address, so that a second run of the
// importer finds its own.
func readGuests(path string, do func(guest) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rows := csv.NewReader(f)
	if _, err := rows.Read(); err != nil { // the header
		return err
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(guest{
			ID: uuid.NewSHA1(uuid.NameSpaceURL, []byte(row[2])).String(), EventID: eventID, TemplateID: templateID,
			FirstName: row[0], LastName: row[1], Email: row[2],
		}); err != nil {
			return err
		}
	}
}
