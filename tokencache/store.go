package tokencache

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// store is the Redis side of one account: every access goes through one of its methods, each a single script.
type store struct {
	client redis.UniversalClient
	// All keys carry the account as hash tag, so that a Cluster runs each script on one shard. They end in the
	// fingerprint of the credentials: another user or client under the same account name finds nothing here, and two
	// versions of a configuration that run side by side do not fight over one record.
	record, pause, lock, channel string
	fp, process                  string
	durability                   durability
}

func newStore(client redis.UniversalClient, cfg *Config) (*store, error) {
	fp := cfg.fingerprint()
	base := "gf:{" + cfg.Account + "}:token:" + fp
	g, err := newDurability(client, base, cfg)
	if err != nil {
		return nil, err
	}
	// The pause is about these secrets: corrected ones may try at once. The tag is keyed, so it does not help an
	// attacker who reads Redis to guess a password.
	tag := cfg.Keys.tag(cfg.Credentials.ClientSecret, cfg.Credentials.Password)
	return &store{
		client: client, record: base, pause: base + ":pause:" + tag, lock: base + ":lock", channel: base + ":news",
		fp: fp, process: cfg.Process, durability: g,
	}, nil
}

// read sends the script's text each time: a few hundred bytes more than its digest, and one round trip for certain.
func (s *store) read(ctx context.Context) (record, error) {
	reply, err := s.client.Eval(ctx, readSource, []string{s.record, s.pause}, recordFields...).Result()
	if err != nil {
		return record{}, &RedisError{"read token record", err}
	}
	rec, err := parseRecord(reply)
	if err == nil && rec.fp != "" && rec.fp != s.fp {
		return record{}, fmt.Errorf("read token record: key %s holds tokens of other credentials", s.record)
	}
	return rec, err
}

// claimed is a claim that Redis has granted.
type claimed struct {
	nonce   string
	now     int64  // Redis' clock
	refresh string // sealed
	at      position
}

// claim asks for a generation, and returns what stands in its way as a word: "moved", "busy" or "paused".
func (s *store) claim(ctx context.Context, gen uint64, nonce string, p plan) (claimed, string, error) {
	var cl claimed
	var status string
	err := s.durability.write(ctx, func(on redis.Scripter) error {
		reply, err := claimScript.Run(ctx, on, []string{s.record, s.pause},
			strconv.FormatUint(gen, 10), nonce, p.from, flag(p.drop), flag(p.force),
			s.process, string(p.grant), s.channel).Slice()
		if err != nil {
			return err
		}
		if len(reply) != 4 {
			return fmt.Errorf("unexpected reply of %d parts", len(reply))
		}
		now, _ := reply[1].(int64)
		claims, _ := reply[3].(int64)
		at := position{gen, uint64(max(claims, 0)), nonce}
		status, cl = text(reply[0]), claimed{nonce: nonce, now: now, refresh: text(reply[2]), at: at}
		if status != "claimed" {
			return errNotGranted // nothing was written, so nothing has to become durable
		}
		return nil
	})
	if errors.Is(err, errNotGranted) {
		return claimed{}, status, nil
	}
	if err != nil {
		return claimed{}, "", &RedisError{fmt.Sprintf("claim generation %d", gen), err}
	}
	return cl, status, nil
}

// commit writes an entry and says how that went: "done", "already", "moved" or "busy".
func (s *store) commit(ctx context.Context, e entry, access, refresh string) (string, error) {
	mode := "claim"
	if e.Adopt {
		mode = "adopt"
	}
	var status string
	err := s.durability.write(ctx, func(on redis.Scripter) error {
		reply, err := commitScript.Run(ctx, on, []string{s.record, s.pause},
			strconv.FormatUint(e.From, 10), e.Nonce, strconv.FormatUint(e.Gen, 10), mode, s.channel,
			access, refresh, e.Exp, string(e.Grant), e.By, e.Refusals, s.fp,
			e.Early, e.Lived, e.Learned).Slice()
		if err != nil {
			return err
		}
		status = text(reply[0])
		return nil
	})
	if err != nil {
		return status, &RedisError{fmt.Sprintf("commit generation %d", e.Gen), err}
	}
	return status, nil
}

// failure is what a release records for the fleet; the zero value records nothing.
type failure struct {
	class    string // "wrong" or "trouble"
	reason   Reason
	atLeast  time.Duration
	schedule []time.Duration
}

// remember is how long failures count together: an account's lockout window is shorter everywhere we know of.
const remember = 24 * time.Hour

// release frees a claim and returns the pause after the failure, or that the claim was no longer ours.
func (s *store) release(
	ctx context.Context, nonce string, drop bool, f failure,
) (pause time.Duration, lost bool, err error) {
	args := []any{
		nonce, flag(drop), f.class, string(f.reason), f.atLeast.Milliseconds(), remember.Milliseconds(), s.channel,
	}
	for _, d := range f.schedule {
		args = append(args, d.Milliseconds())
	}
	reply, err := releaseScript.Run(ctx, s.client, []string{s.record, s.pause}, args...).Slice()
	if err != nil {
		return 0, false, &RedisError{"release claim", err}
	}
	ms, _ := reply[1].(int64)
	return time.Duration(ms) * time.Millisecond, text(reply[0]) == "lost", nil
}

func (s *store) worked(ctx context.Context, gen uint64) error {
	if err := workedScript.Run(ctx, s.client, []string{s.record}, strconv.FormatUint(gen, 10)).Err(); err != nil {
		return &RedisError{fmt.Sprintf("note that generation %d works", gen), err}
	}
	return nil
}

func (s *store) noteFailure(ctx context.Context, gen uint64, p Problem, code string) error {
	args := []any{strconv.FormatUint(gen, 10), string(p), code}
	if err := failedScript.Run(ctx, s.client, []string{s.record}, args...).Err(); err != nil {
		return &RedisError{"record a failed sign-in", err}
	}
	return nil
}

func (s *store) forget(ctx context.Context) (bool, error) {
	had, err := forgetScript.Run(ctx, s.client, []string{s.record, s.pause}, s.channel).Bool()
	if err != nil {
		return false, &RedisError{"forget tokens", err}
	}
	return had, nil
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
