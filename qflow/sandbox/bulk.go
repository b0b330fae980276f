package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// maxBulk is the documented cap (docs/qflow-api.md section 4.4).
const maxBulk = 200

// bulk is one bulk call in progress.
type bulk struct {
	*call
	rows    []guestInput
	results []rowResult
	bad     int
	full    bool // the plan limit was reached
}

type rowResult struct {
	Index   int    `json:"index"`
	ID      string `json:"id"`
	Status  int    `json:"status"`
	Message string `json:"message,omitempty"`
	guest   any
}

func bulkUpsert(c *call) *reply {
	b := bulk{call: c}
	if refused := b.read(); refused != nil {
		return refused
	}
	c.s.store.Lock()
	defer c.s.store.Unlock()
	if refused := ownedEventOfPath(c); refused != nil {
		return refused
	}
	b.judge()
	if b.bad > 0 && c.sw.BulkPartial == "reject_all" {
		return b.firstBad()
	}
	if refused := b.planForAll(); refused != nil {
		return refused
	}
	b.store()
	return b.answer()
}

func (b *bulk) read() *reply {
	var raw []json.RawMessage
	if err := json.Unmarshal(b.body.Bytes(), &raw); err != nil {
		return b.invalid("The request body is not an array of guests: %v", err)
	}
	if len(raw) == 0 || len(raw) > maxBulk {
		return b.invalid("between 1 and %d guests are allowed in one call, not %d", maxBulk, len(raw))
	}
	b.rows = make([]guestInput, len(raw))
	b.results = make([]rowResult, len(raw))
	for i := range raw {
		b.results[i] = rowResult{Index: i, Status: http.StatusOK}
		if err := b.readRow(&b.rows[i], raw[i]); err != nil {
			b.fail(i, http.StatusBadRequest, err.Error())
		}
		b.results[i].ID = b.rows[i].ID.Value
	}
	return nil
}

func (b *bulk) readRow(in *guestInput, raw json.RawMessage) error {
	if err := json.Unmarshal(raw, in); err != nil {
		return fmt.Errorf("the record is not a guest: %w", err)
	}
	if in.EventID.Value != "" && canonical(in.EventID.Value) != canonical(b.pathID) {
		return fmt.Errorf("eventId differs from the path")
	}
	if in.TemplateID.Value != "" && b.sw.BulkTemplate == "rejected" {
		return fmt.Errorf("commsTemplateId is not supported in bulk")
	}
	return b.check(in)
}

func (b *bulk) fail(i, status int, message string) {
	b.results[i].Status, b.results[i].Message = status, message
	b.bad++
}

// judge finds the errors of the rows, given what is stored.
func (b *bulk) judge() {
	earlier := map[string]string{} // barcodes of this call's own rows
	for i := range b.rows {
		if b.results[i].Status != http.StatusOK {
			continue
		}
		in := &b.rows[i]
		if row := b.match(in); row != nil && (row.owner != b.account || row.EventID != canonical(b.pathID)) {
			status := b.elsewhere().status
			b.fail(i, status, "id is in use in another event")
		} else if refused := b.barcode(in, b.holder(in, earlier)); refused != nil {
			b.fail(i, refused.status, "barcode is in use in this event")
		}
		earlier[in.Barcode.Value] = in.ID.Value
	}
}

func (b *bulk) holder(in *guestInput, earlier map[string]string) string {
	if stored := b.s.store.barcodes[barcodeKey{canonical(b.pathID), in.Barcode.Value}]; stored != "" {
		return stored
	}
	return earlier[in.Barcode.Value]
}

// match finds the stored row that a record means (the bulk_match switch).
func (b *bulk) match(in *guestInput) *guestRow {
	row := b.s.store.guests[in.ID.Value]
	if row == nil && b.sw.BulkMatch == "barcode" && in.Barcode.Value != "" {
		holder := b.s.store.barcodes[barcodeKey{canonical(b.pathID), in.Barcode.Value}]
		if row = b.s.store.guests[holder]; row != nil {
			in.ID.Value = holder
		}
	}
	return row
}

// firstBad refuses the whole call because of one row.
func (b *bulk) firstBad() *reply {
	for _, result := range b.results {
		if result.Status != http.StatusOK {
			return b.refuse(http.StatusBadRequest, codeInvalid, fmt.Sprintf("[%d]: %s", result.Index, result.Message))
		}
	}
	return nil
}

// planForAll refuses a call that crosses the line, unless the switch lets it come up to the line.
func (b *bulk) planForAll() *reply {
	left, limited := b.account.planLeft(b.sw.PlanLimit, b.now)
	if !limited || b.sw.BulkOverPlan == "keep_until_full" {
		return nil
	}
	added := map[string]bool{}
	uses := 0
	for i := range b.rows {
		in := &b.rows[i]
		known := b.match(in) != nil || added[in.ID.Value]
		if b.results[i].Status == http.StatusOK && (!known || b.sw.UpsertUsesPlan) {
			uses++
		}
		added[in.ID.Value] = true
	}
	if uses > left {
		return b.overPlan()
	}
	return nil
}

func (b *bulk) store() {
	for i := range b.rows {
		if b.results[i].Status == http.StatusOK {
			b.storeRow(i)
		}
	}
}

func (b *bulk) storeRow(i int) {
	in := &b.rows[i]
	row := b.match(in)
	if row == nil || b.sw.UpsertUsesPlan {
		if left, limited := b.account.planLeft(b.sw.PlanLimit, b.now); limited && left < 1 {
			b.full = true
			b.fail(i, http.StatusForbidden, "plan limit reached")
			return
		}
		b.account.usePlan(1, b.now)
	}
	if row == nil {
		row = b.s.store.insert(b.account, canonical(b.pathID), in)
	} else {
		b.s.store.rewrite(row, in, b.sw.BulkOmitted == "clears", b.sw.BulkNull == "clears", b.sw)
		if b.sw.UpsertResetsCheckIn {
			row.Admitted, row.AdmittedPlusOnes = nil, 0
		}
	}
	b.results[i].guest = b.wire(row.Guest)
}

func (b *bulk) answer() *reply {
	switch {
	case b.full:
		return b.overPlan()
	case b.bad > 0 && b.sw.BulkPartial == "keep_good_400":
		return b.firstBad()
	case b.bad > 0 && b.sw.BulkPartial == "per_row_207":
		return b.perRow(http.StatusMultiStatus)
	case b.bad > 0:
		return b.perRow(http.StatusOK)
	}
	return b.success()
}

func (b *bulk) perRow(status int) *reply {
	if b.sw.BulkRows == "errors_only" {
		bad := slices.DeleteFunc(b.results, func(r rowResult) bool { return r.Status == http.StatusOK })
		return jsonReply(status, map[string]any{"created": len(b.rows) - b.bad, "errors": bad})
	}
	var rows any = b.results
	if b.sw.BulkRows == "success" {
		rows = b.flags()
	}
	if b.sw.BulkBody == "object" {
		return jsonReply(status, map[string]any{"results": rows, "failedCount": b.bad})
	}
	return jsonReply(status, rows)
}

// flags reports each row by id only, without index and status.
func (b *bulk) flags() []map[string]any {
	rows := make([]map[string]any, len(b.results))
	for i, result := range b.results {
		rows[i] = map[string]any{"id": result.ID, "success": result.Status == http.StatusOK}
		if result.Message != "" {
			rows[i]["error"] = result.Message
		}
	}
	return rows
}

func (b *bulk) success() *reply {
	status, _ := strconv.Atoi(b.sw.BulkStatus) // one of the switch's values
	guests := make([]any, len(b.results))
	for i := range b.results {
		guests[i] = b.results[i].guest
	}
	switch {
	case status == http.StatusNoContent || b.sw.BulkBody == "empty":
		return &reply{status: status}
	case b.sw.BulkBody == "not_json":
		return textReply(status, "text/plain", "OK")
	case b.sw.BulkBody == "object":
		return jsonReply(status, map[string]any{"guests": guests, "count": len(guests)})
	}
	return jsonReply(status, guests)
}
