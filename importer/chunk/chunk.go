// Package chunk is what a task carries from an importer to a worker: 1 to 200 consecutive rows of one import, kept in
// the ledger's store, and a small task in Asynq that names them. The task holds no guest's data, because Asynq's
// dashboards show payloads and its heartbeat rewrites those of running tasks every five seconds.
package chunk

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/importer/trace"
	"guestflow/qflow"
)

// TaskType is the type of every chunk's task, as Asynq's dashboards show it.
const TaskType = "guests:chunk"

// Row is one row as a worker needs it.
type Row struct {
	Row     int         `json:"row"`  // from 1, in the file
	Line    int         `json:"line"` // physical line in the file
	Content [8]byte     `json:"content"`
	Guest   qflow.Guest `json:"guest"` // its TemplateID is the email that the row wants
}

// Ref names a chunk. Its generation grows each time that the chunk is put into a queue anew, because Asynq keeps the
// id of an archived or retained task blocked for its own replay.
type Ref struct {
	Account    string `json:"account"`
	Import     string `json:"import"`
	Chunk      int    `json:"chunk"`
	Generation int    `json:"generation"`
	Lane       Lane   `json:"lane"`
}

// TaskID is the same for every attempt to enqueue this generation of the chunk.
func (r Ref) TaskID() string { return fmt.Sprintf("%s:%d:%d", r.Import, r.Chunk, r.Generation) }

// Span names the chunk in a trace. A short import is one trace with its tasks.
func (r Ref) Span() trace.Chunk {
	return trace.Chunk{Account: r.Account, Import: r.Import, Number: r.Chunk, Whole: r.Lane.IsShort()}
}

// Next is the same chunk, to be put into a queue once more.
func (r Ref) Next() Ref {
	r.Generation++
	return r
}

// Task makes the Asynq task. Tries are counted in the ledger, row by row, so Asynq's own limit is out of reach: at
// the limit it would archive the chunk. The time limit is out of reach too, because Asynq would start the chunk again
// beside the handler that still waits for its budget. The headers carry a trace, where one is kept.
func (r Ref) Task(queue string, headers map[string]string) (*asynq.Task, error) {
	payload, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode the task %s: %w", r.TaskID(), err)
	}
	return asynq.NewTaskWithHeaders(TaskType, payload, headers,
		asynq.TaskID(r.TaskID()), asynq.Queue(queue), asynq.MaxRetry(math.MaxInt32), asynq.Timeout(7*24*time.Hour)), nil
}

// ParseTask reads the reference back.
func ParseTask(t *asynq.Task) (Ref, error) { return ParsePayload(t.Payload()) }

// ParsePayload reads the reference from a task's payload, as an Inspector returns it.
func ParsePayload(payload []byte) (Ref, error) {
	var r Ref
	if err := json.Unmarshal(payload, &r); err != nil {
		return Ref{}, fmt.Errorf("decode the task: %w", err)
	}
	return r, nil
}
