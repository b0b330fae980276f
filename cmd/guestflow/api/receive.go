package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"time"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/importer/columns"
)

const (
	// uploadTime is how long a list may take to arrive, as in the console.
	uploadTime = 10 * time.Minute

	// maxJSON bounds a body with guests, in bytes, and maxGuests their number: more are a file.
	maxJSON, maxGuests = 16 << 20, 10_000

	// maxFields bounds the fields of all guests together, like the columns of a file.
	maxFields = 1000
)

// received is a list that has arrived: its file is in the folder for those on their way into the spool.
type received struct {
	order

	path string
}

// receive takes the list of a request.
func (c *call) receive() (got received, err error) {
	kind, err := kindOf(c.Request)
	if err != nil {
		return got, err
	}
	if kind == jsonType {
		return c.receiveJSON()
	}
	if got.order, err = orderOfURL(c.URL.Query()); err != nil {
		return got, err
	}
	if err := got.check(c, kind); err != nil {
		return got, err
	}
	err = c.store(&got, c.Body) // sets its path
	return got, err
}

func (c *call) receiveJSON() (got received, err error) {
	if len(c.URL.Query()) > 0 {
		return got, wrong("", "With a JSON body, parameters are its fields and not in the URL.")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, maxJSON))
	if err != nil {
		return got, notWhole(err, maxJSON)
	}
	if got.order, err = orderOfJSON(raw); err != nil {
		return got, err
	}
	if err := got.check(c, ".csv"); err != nil {
		return got, err
	}
	if got.Encoding+got.Sheet+got.HeaderRow+got.Hidden != "" {
		return got, wrong("", "encoding, sheet, header_row and hidden are of files; guests in JSON have none of them.")
	}
	list, err := listOf(got.Guests)
	if err != nil {
		return got, err
	}
	got.Guests, got.Encoding, got.HeaderRow = nil, "utf-8", "1"
	err = c.store(&got, bytes.NewReader(list))
	return got, err
}

// listOf writes guests as a list, whose columns are all the fields that there are.
func listOf(guests []map[string]any) ([]byte, error) {
	if len(guests) == 0 || len(guests) > maxGuests {
		return nil, wrong("guests",
			fmt.Sprintf("There are %d; send 1 to %d, and more of them as CSV.", len(guests), maxGuests))
	}
	fields := map[string]bool{}
	for _, g := range guests {
		for name := range g {
			fields[name] = true
		}
	}
	if len(fields) > maxFields {
		return nil, wrong("guests", fmt.Sprintf("They have more than %d fields.", maxFields))
	}
	header := inOrder(fields)
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(header) // to memory
	for n, g := range guests {
		row := make([]string, len(header))
		for at, field := range header {
			text, err := cellOf(g[field])
			if err != nil {
				return nil, wrong(fmt.Sprintf("guests[%d].%s", n, field), err.Error())
			}
			row[at] = text
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// inOrder has the fields that are known first, so that a list looks like others.
func inOrder(fields map[string]bool) []string {
	var header []string
	for _, known := range columns.Fields() {
		if fields[known] {
			header = append(header, known)
			delete(fields, known)
		}
	}
	return append(header, slices.Sorted(maps.Keys(fields))...)
}

// cellOf is a value as a cell has it.
func cellOf(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		if v {
			return "yes", nil
		}
		return "no", nil
	case []any:
		return tagsOf(v)
	}
	return "", errors.New("a value is a text, a number, true, false or null; tags are a list of texts")
}

func tagsOf(list []any) (string, error) {
	for _, value := range list {
		if _, is := value.(string); !is {
			return "", errors.New("a list has only texts")
		}
	}
	if len(list) == 0 {
		return "", nil
	}
	raw, err := json.Marshal(list) // as lists of tags may be written in a cell
	return string(raw), err
}

// store writes a list into the folder for those on their way into the spool.
func (c *call) store(got *received, list io.Reader) error {
	dir, err := c.Spool.Incoming()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".upload-*") // its mode is 0600
	if err != nil {
		return fmt.Errorf("keep a list: %w", err)
	}
	got.path = f.Name()
	source := &readErrors{Reader: list}
	size, err := io.Copy(f, source)
	if closed := f.Close(); err == nil {
		err = closed
	}
	switch {
	case source.err != nil:
		return notWhole(source.err, c.MaxBytes)
	case err != nil:
		return fmt.Errorf("keep a list: %w", err)
	case size == 0:
		return wrong("body", "It is empty.")
	}
	return nil
}

// readErrors keeps an error of the sender apart from those of our disk.
type readErrors struct {
	io.Reader
	err error
}

func (r *readErrors) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// notWhole is the answer to a body that did not come whole.
func notWhole(err error, most int64) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return &access.Problem{Title: "Too large", Status: http.StatusRequestEntityTooLarge,
			Detail: fmt.Sprintf("The body has more than %d bytes. Send the list as CSV, packed with gzip, or in parts.", most)}
	}
	return &access.Problem{Title: "Not whole", Status: http.StatusRequestTimeout,
		Detail: fmt.Sprintf("The body did not come whole within %s. Nothing was kept.", uploadTime)}
}
