package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

// asPlainWorker makes this test binary run as the plain worker.
const asPlainWorker = "TEST_RUN_AS_PLAIN_WORKER"

func init() { // before TestMain, which knows nothing of it
	if os.Getenv(asPlainWorker) == "" {
		return
	}
	if err := runPlain(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

const taskGuest = "guest:create"

// plainWorker is what a reader of Asynq's README would write: one task for each guest, and a handler that posts it. It
// is spared what else it would need: a token that expires, limits, gates, and a record of who got what. Its payload is
// the request's body already, and its HTTP client keeps a connection for each place.
type plainWorker struct {
	url, token, key string
	http            *http.Client
}

func runPlain(redisAddr, api, token, places string) error {
	concurrency, err := strconv.Atoi(places)
	if err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = concurrency, concurrency
	w := &plainWorker{
		url: api + qflow.DefaultCheckinPrefix + "/guest", token: token, key: sandbox.Defaults().SubscriptionKey,
		http: &http.Client{Transport: transport},
	}
	server := asynq.NewServer(asynq.RedisClientOpt{Addr: redisAddr},
		asynq.Config{Concurrency: concurrency, LogLevel: asynq.WarnLevel})
	mux := asynq.NewServeMux()
	mux.HandleFunc(taskGuest, w.create)
	return server.Run(mux)
}

func (w *plainWorker) create(ctx context.Context, t *asynq.Task) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(t.Payload()))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	req.Header.Set(qflow.DefaultKeyHeader, w.key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := w.http.Do(req)
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

// enqueuePlain puts a task for each guest into Asynq's default queue.
func enqueuePlain(redisAddr string, guests int, template string) error {
	client := asynq.NewClient(asynq.RedisClientOpt{Addr: redisAddr})
	defer client.Close()
	var all errgroup.Group
	all.SetLimit(16)
	for i := range guests {
		all.Go(func() error {
			payload, err := json.Marshal(qflow.Guest{
				ID: uuid.NewString(), EventID: sandbox.Defaults().EventID, TemplateID: template,
				FirstName: "Ann", LastName: fmt.Sprint("Lee ", i), Email: fmt.Sprintf("ann%d@example.com", i),
			})
			if err != nil {
				return err
			}
			_, err = client.Enqueue(asynq.NewTask(taskGuest, payload))
			return err
		})
	}
	return all.Wait()
}

// leftPlain tells how many tasks are not done.
func leftPlain(ctx context.Context, client *redis.Client) (int64, error) {
	pending, err := client.LLen(ctx, "asynq:{default}:pending").Result()
	if err != nil {
		return 0, err
	}
	active, err := client.LLen(ctx, "asynq:{default}:active").Result()
	return pending + active, err
}

func accessToken(b *testing.B, api string) string {
	b.Helper()
	who := sandbox.Defaults()
	resp, err := http.PostForm(api+"/core/connect/token", url.Values{
		"grant_type": {"password"}, "client_id": {who.ClientID}, "client_secret": {who.ClientSecret},
		"username": {who.Email}, "password": {who.Password}, "scope": {"qflowapi openid offline_access"},
	})
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	var pair struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&pair); err != nil || pair.AccessToken == "" {
		b.Fatalf("no token: %s, %v", resp.Status, err)
	}
	return pair.AccessToken
}
