package notify

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	//go:embed lua/publish.lua
	publishSource string
	//go:embed lua/claim.lua
	claimSource string
	//go:embed lua/settle.lua
	settleSource string
	//go:embed lua/since.lua
	sinceSource string

	publishScript = redis.NewScript(publishSource)
	claimScript   = redis.NewScript(claimSource)
	settleScript  = redis.NewScript(settleSource)
	sinceScript   = redis.NewScript(sinceSource)
)

func (n *Notifier) prefix() string            { return n.ledger.Prefix() + "notify:" }
func (n *Notifier) eventKey(id string) string { return n.prefix() + "event:" + id }
func (n *Notifier) dueKey(c Channel) string   { return n.prefix() + "due:" + c.Name }
func (n *Notifier) triesKey(c Channel) string { return n.prefix() + "tries:" + c.Name }
func (n *Notifier) gatesKey() string          { return n.prefix() + "gates" }
func (n *Notifier) troublesKey() string       { return n.prefix() + "troubles" }
func (n *Notifier) sinceKey() string          { return n.prefix() + "since" }

// errNone reports that no event is due.
var errNone = errors.New("no event is due")

// delivery is a try to deliver an event through a channel, claimed by this process.
type delivery struct {
	event Event
	try   int
	token string // of the claim
}

func (n *Notifier) claim(ctx context.Context, c Channel) (delivery, error) {
	args := []any{n.claimFor.Milliseconds(), n.eventKey("")}
	for _, delay := range n.retryDelays {
		args = append(args, delay.Milliseconds())
	}
	out, err := claimScript.Run(ctx, n.redis, []string{n.dueKey(c), n.triesKey(c)}, args...).Slice()
	if errors.Is(err, redis.Nil) {
		return delivery{}, errNone
	}
	if err != nil {
		return delivery{}, fmt.Errorf("claim an event for %s: %w", c.Name, err)
	}
	d := delivery{try: int(out[1].(int64)), token: out[2].(string)}
	if err := json.Unmarshal([]byte(out[3].(string)), &d.event); err != nil {
		return delivery{}, fmt.Errorf("read the event %v: %w", out[0], err)
	}
	return d, nil
}

// done, instead of a delay, is for a delivery that is not tried again.
const done = -time.Second

// settle ends a claim. The delivery is tried again after the delay.
func (n *Notifier) settle(ctx context.Context, c Channel, d delivery, delay time.Duration) error {
	ms := delay.Milliseconds()
	if delay < 0 {
		ms = -1
	}
	keys := []string{n.dueKey(c), n.triesKey(c)}
	if err := settleScript.Run(ctx, n.redis, keys, d.event.ID, d.token, ms).Err(); err != nil {
		return fmt.Errorf("record the delivery of the event %s to %s: %w", d.event.ID, c.Name, err)
	}
	return nil
}
