package operate

import (
	"context"
	"errors"
	"fmt"
	"os"

	"guestflow/importer"
	"guestflow/importer/reread"
	"guestflow/importer/spool"
)

// WriteResend writes the rows as a list into a folder, and returns the plan of the import that sends them. It is the
// same for every repetition of the decision, so that a killed one is completed and not done twice.
func (a *Account) WriteResend(ctx context.Context, p Resend, folder string) (plan importer.Plan, err error) {
	path, err := p.write(folder)
	if err == nil {
		plan, err = p.plan(ctx, path)
	}
	if err != nil && path != "" {
		_ = os.Remove(path) // it holds guests' data
	}
	return plan, err
}

func (p Resend) write(folder string) (path string, err error) {
	f, err := os.CreateTemp(folder, "again-*.csv") // which only its owner can read
	if err != nil {
		return "", fmt.Errorf("write rows to a file: %w", err)
	}
	return f.Name(), errors.Join(p.extract.WriteList(f), f.Close())
}

// plan makes the plan of the list, and checks that its rows are the guests that they were where they come from.
func (p Resend) plan(ctx context.Context, path string) (importer.Plan, error) {
	plan, err := importer.MakePlan(ctx, path, importer.Settings{Spec: p.Spec})
	if err != nil {
		return plan, err
	}
	numbers := make([]int, len(p.Rows))
	for i := range numbers {
		numbers[i] = i + 1
	}
	alone, err := reread.ReadRows(ctx, path, plan.SHA256, plan.Settings.Spec, numbers)
	if err != nil || plan.Rows != len(p.Rows) || !alone.SameGuests(p.extract) {
		return plan, errors.Join(errReadOtherwise, err)
	}
	return plan, nil
}

var errReadOtherwise = errors.New("nothing was sent: the rows are not read as they were when they stand alone; import them as a list of your own, with --resend")

// Record is what is kept of the list while it is in a spool. Its rows are still where they came from.
func (p Resend) Record(door spool.Door, who Actor) spool.Record {
	return spool.Record{Name: "again-" + p.Import.ID + ".csv", Origin: spool.Origin{Door: door, By: who.Name},
		Spec: &p.Spec, AtOrigin: true}
}
