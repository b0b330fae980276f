package upgrade

import (
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"
)

// kept is a Redis as text: its keys, and when they were written down. Commands restore it, so any version of Redis
// reads it.
type kept struct {
	At   time.Time `json:"at"`
	Keys []keptKey `json:"keys"`
}

type keptKey struct {
	Key   string     `json:"key"`
	Left  int64      `json:"left_ms,omitempty"` // to live; 0 is for ever
	Text  *text      `json:"string,omitempty"`
	Hash  []text     `json:"hash,omitempty"` // field, value, ...
	List  []text     `json:"list,omitempty"`
	Set   []text     `json:"set,omitempty"`
	Score []scored   `json:"zset,omitempty"`
	Items []streamed `json:"stream,omitempty"`
}

type scored struct {
	Member text    `json:"member"`
	Score  float64 `json:"score"`
}

type streamed struct {
	ID     string `json:"id"`
	Fields []text `json:"fields"`
}

// text is bytes; in JSON they are as they are where that can be read, and base64 otherwise.
type text string

const binary = "base64:"

func (t text) MarshalJSON() ([]byte, error) {
	s := string(t)
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || strings.HasPrefix(s, binary) {
		s = binary + base64.StdEncoding.EncodeToString([]byte(s))
	}
	return json.Marshal(s)
}

func (t *text) UnmarshalJSON(raw []byte) error {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	if coded, is := strings.CutPrefix(s, binary); is {
		plain, err := base64.StdEncoding.DecodeString(coded)
		if err != nil {
			return err
		}
		s = string(plain)
	}
	*t = text(s)
	return nil
}

// keep reads all of a Redis.
func keep(ctx context.Context, client *redis.Client) (k kept, err error) {
	if k.At, err = client.Time(ctx).Result(); err != nil {
		return k, err
	}
	names, err := client.Keys(ctx, "*").Result()
	if err != nil {
		return k, err
	}
	for _, name := range names {
		one, err := keepKey(ctx, client, name)
		if err != nil {
			return k, fmt.Errorf("keep %s: %w", name, err)
		}
		k.Keys = append(k.Keys, one)
	}
	return k, nil
}

func keepKey(ctx context.Context, client *redis.Client, name string) (one keptKey, err error) {
	one.Key = name
	left, err := client.PTTL(ctx, name).Result()
	if err != nil {
		return one, err
	}
	one.Left = max(left.Milliseconds(), 0)
	switch kind := client.Type(ctx, name).Val(); kind {
	case "string":
		var all string
		all, err = client.Get(ctx, name).Result()
		one.Text = (*text)(&all)
	case "hash":
		var all map[string]string
		all, err = client.HGetAll(ctx, name).Result()
		for field, value := range all {
			one.Hash = append(one.Hash, text(field), text(value))
		}
	case "list":
		one.List, err = texts(client.LRange(ctx, name, 0, -1))
	case "set":
		one.Set, err = texts(client.SMembers(ctx, name))
	case "zset":
		var all []redis.Z
		all, err = client.ZRangeWithScores(ctx, name, 0, -1).Result()
		for _, z := range all {
			one.Score = append(one.Score, scored{text(z.Member.(string)), z.Score})
		}
	case "stream":
		var all []redis.XMessage
		all, err = client.XRange(ctx, name, "-", "+").Result()
		for _, m := range all {
			item := streamed{ID: m.ID}
			for field, value := range m.Values {
				item.Fields = append(item.Fields, text(field), text(value.(string)))
			}
			one.Items = append(one.Items, item)
		}
	default:
		err = fmt.Errorf("of type %s", kind)
	}
	return one, err
}

func texts(cmd *redis.StringSliceCmd) (list []text, err error) {
	all, err := cmd.Result()
	for _, one := range all {
		list = append(list, text(one))
	}
	return list, err
}

// restore writes a Redis anew as it was, later by so much, after a downtime in which keys have expired.
func (k kept) restore(ctx context.Context, client *redis.Client, later, downtime time.Duration) error {
	pipe := client.Pipeline()
	for _, one := range k.Keys {
		left := time.Duration(one.Left)*time.Millisecond - downtime
		if one.Left > 0 && left <= 0 {
			continue
		}
		one.restore(ctx, pipe, shift{k.At, later})
		if one.Left > 0 {
			pipe.PExpire(ctx, one.Key, left)
		}
	}
	_, err := pipe.Exec(ctx)
	return err
}

func (k keptKey) restore(ctx context.Context, pipe redis.Pipeliner, by shift) {
	if k.Text != nil && strings.Contains(k.Key, ":fetched:") { // the version of a file, which has to stay what it is
		pipe.Set(ctx, k.Key, string(*k.Text), 0)
	} else if k.Text != nil {
		pipe.Set(ctx, k.Key, by.text(*k.Text), 0)
	}
	for i := 0; i < len(k.Hash); i += 2 {
		pipe.HSet(ctx, k.Key, string(k.Hash[i]), by.text(k.Hash[i+1]))
	}
	for _, one := range k.List {
		pipe.RPush(ctx, k.Key, string(one))
	}
	for _, one := range k.Set {
		pipe.SAdd(ctx, k.Key, string(one))
	}
	for _, one := range k.Score {
		pipe.ZAdd(ctx, k.Key, redis.Z{Score: by.number(one.Score), Member: string(one.Member)})
	}
	for _, one := range k.Items {
		values := make([]any, len(one.Fields))
		for i, value := range one.Fields {
			values[i] = by.text(value)
		}
		pipe.XAdd(ctx, &redis.XAddArgs{Stream: k.Key, ID: by.text(text(one.ID)), Values: values})
	}
}

// shift moves times: numbers near the moment when all was written down, in seconds, milliseconds, microseconds or
// nanoseconds, and dates. What holds bytes that are no text holds no times.
type shift struct {
	at    time.Time
	later time.Duration
}

var times = regexp.MustCompile(`\b(\d{10}|\d{13}|\d{16}|\d{19}|20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)\b`)

const near = 400 * 24 * time.Hour // the longest that anything is kept for

func (s shift) text(t text) string {
	if !utf8.ValidString(string(t)) {
		return string(t)
	}
	return times.ReplaceAllStringFunc(string(t), func(found string) string {
		if at, err := time.Parse(time.RFC3339Nano, found); err == nil {
			return at.Add(s.later).Format(time.RFC3339Nano)
		}
		n, _ := strconv.ParseInt(found, 10, 64)
		unit := unitOf(len(found))
		if s.at.Sub(time.Unix(0, n*int64(unit))).Abs() > near {
			return found
		}
		return strconv.FormatInt(n+int64(s.later/unit), 10)
	})
}

// unitOf is what times of so many digits count.
func unitOf(digits int) time.Duration {
	return map[int]time.Duration{10: time.Second, 13: time.Millisecond, 16: time.Microsecond, 19: time.Nanosecond}[digits]
}

func (s shift) number(score float64) float64 {
	for _, unit := range []time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		if d := score*unit.Seconds() - float64(s.at.Unix()); d > -near.Seconds() && d < near.Seconds() {
			return score + float64(s.later/unit)
		}
	}
	return score
}

func (k kept) write(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	z := gzip.NewWriter(f)
	enc := json.NewEncoder(z)
	enc.SetEscapeHTML(false)
	if err = enc.Encode(k); err == nil {
		err = z.Close()
	}
	if shut := f.Close(); err == nil {
		err = shut
	}
	return err
}

func readKept(path string, edit func(string) string) (k kept, err error) {
	f, err := os.Open(path)
	if err != nil {
		return k, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return k, err
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return k, err
	}
	err = json.Unmarshal([]byte(edit(string(raw))), &k)
	return k, err
}
