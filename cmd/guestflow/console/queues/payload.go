package queues

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"guestflow/importer/chunk"
)

// payloadInfo is what is told of a chunk's task.
type payloadInfo struct {
	Import     string `json:"import"`
	Rows       string `json:"rows"` // of the file, from and to
	Chunk      int    `json:"chunk"`
	Generation int    `json:"generation"`
	Lane       string `json:"lane"`
}

// ledgerTimeout bounds the look at the ledger for one task of a list.
const ledgerTimeout = time.Second

// payload tells what a task is about. A chunk's task names an import and holds nobody's data; of what is not a chunk of an import
// that is known here, nobody can say that.
func (s *Site) payload(kind string, raw []byte) string {
	ref, err := chunk.ParsePayload(raw)
	if kind != chunk.TaskType || err != nil {
		return size(raw)
	}
	ctx, cancel := context.WithTimeout(context.Background(), ledgerTimeout) // Asynqmon has no context to give
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

// result tells of a task's result, of which guestflow has none: what it does stands in the ledger.
func result(_ string, raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	return size(raw)
}

func size(raw []byte) string { return fmt.Sprintf("%d bytes, which are not shown", len(raw)) }
