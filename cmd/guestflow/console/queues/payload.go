package queues

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"guestflow/importer/chunk"
)

// payloadInfo is what is shown of a chunk's task.
type payloadInfo struct {
	Import     string `json:"import"`
	Rows       string `json:"rows"` // of the file, first to last
	Chunk      int    `json:"chunk"`
	Generation int    `json:"generation"`
	Lane       string `json:"lane"`
}

// ledgerTimeout bounds the reading of the ledger for one task of a list.
const ledgerTimeout = time.Second

// payload describes a task. That of a chunk names an import and holds no guests' data; other payloads may, and only
// their size is shown.
func (s *Site) payload(kind string, raw []byte) string {
	ref, err := chunk.ParsePayload(raw)
	if kind != chunk.TaskType || err != nil {
		return size(raw)
	}
	ctx, cancel := context.WithTimeout(context.Background(), ledgerTimeout) // Asynqmon passes no context
	defer cancel()
	for _, a := range s.accounts {
		if a.Name() != ref.Account {
			continue
		}
		imp, err := a.Ledger.Import(ctx, ref.Import)
		if err != nil {
			break
		}
		first := ref.Chunk*imp.Chunk + 1
		text, err := json.Marshal(payloadInfo{
			Import: ref.Import, Rows: fmt.Sprintf("%d-%d", first, max(first, min(first+imp.Chunk-1, imp.Rows))),
			Chunk: ref.Chunk, Generation: ref.Generation, Lane: lane(ref),
		})
		if err != nil {
			break
		}
		return string(text)
	}
	return size(raw)
}

// lane is the last word of its queue's name.
func lane(r chunk.Ref) string {
	return strings.TrimPrefix(r.Lane.Queue(r.Account), "guests:"+r.Account+":")
}

// result is the size of a task's result. guestflow's tasks have none: their results are in the ledger.
func result(_ string, raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	return size(raw)
}

func size(raw []byte) string { return fmt.Sprintf("%d bytes, not shown", len(raw)) }
