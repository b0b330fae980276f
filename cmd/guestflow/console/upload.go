package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/listfile"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

const (
	// defaultMaxUpload is how large an uploaded file may be where nothing else is said: a list of two million guests, or
	// the packed one of ten.
	defaultMaxUpload = 256 << 20

	// uploadTimeout is how long an upload may take: 256 MiB at 3.5 Mbit/s, which every office has.
	uploadTimeout = 10 * time.Minute

	// maxFormField is how much of a field beside the file is read: ids and names are shorter.
	maxFormField = 1 << 10

	// formOverhead is what a form has beside its file.
	formOverhead = 64 << 10

	// maxFileName is how much of a file's name is kept: file systems allow 255 bytes, and reports add some.
	maxFileName = 180
)

// upload is an item of the spool as the pages show it: a file that came by the browser, or another that waits for a
// person.
type upload struct{ spool.Item }

// Question is what has to be answered about it, without the command line's options: its page has them as controls.
func (u upload) Question() string {
	text, _, cut := strings.Cut(" "+u.Item.Question, " --")
	if !cut {
		return u.Item.Question
	}
	if at := strings.LastIndex(text+" ", "; "); at > 0 {
		text = text[:at]
	}
	return strings.TrimSpace(text)
}

// Request is what is asked of an import of it.
func (u upload) Request() spec.Spec {
	if u.Spec == nil {
		return spec.Spec{}
	}
	return *u.Spec
}

// Started reports whether it no longer waits.
func (u upload) Started() bool { return u.State != spool.Waiting }

// upload finds one by its id.
func (a *Account) upload(ctx context.Context, id string) (upload, error) {
	found, err := a.spools(ctx).Find(ctx, id)
	if errors.Is(err, spool.ErrNotFound) {
		err = errNoUpload
	}
	return upload{found}, err
}

var errNoUpload = &problem{http.StatusNotFound, "This file is no longer here",
	"If its import was started, the overview has it. Files that were not imported are removed after a day: upload such a one again."}

// spools are those whose files are shown: those of this process, and those that others on this host have noted. An
// account that is only looked at may have none of its own.
func (a *Account) spools(ctx context.Context) spool.Spools {
	found, err := a.places(ctx)
	if err != nil { // the page says that Redis does not answer
		return a.own()
	}
	return found.Spools
}

func (a *Account) places(ctx context.Context) (operate.Places, error) { return a.Places(ctx, a.own()) }

func (a *Account) own() spool.Spools {
	if a.Spool == nil {
		return a.Watched
	}
	return append(spool.Spools{a.Spool}, a.Watched...)
}

// uploads lists those that wait, the newest first.
func (a *Account) uploads(ctx context.Context) []upload {
	waiting := a.spools(ctx).Waiting(ctx)
	list := make([]upload, len(waiting))
	for n, item := range waiting {
		list[n] = upload{item}
	}
	return list
}

// received is a form with a file, as far as it has come.
type received struct {
	path    string // of the file, on its way into the spool
	name    string
	of      string // the import whose corrected rows it has
	request spec.Spec
	noEmail bool
}

// receive takes a form with a file, as it comes: nothing of it is ever in memory as a whole.
func (a *Account) receive(r *http.Request, by string) (u upload, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return u, &problem{http.StatusBadRequest, "No file came", "Choose a file in the form of this page."}
	}
	arrived, err := a.reserve(r)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // a browser that is cut off shows no sentence
		return u, err
	}
	defer arrived()
	dir, err := a.Spool.Incoming()
	if err != nil {
		return u, err
	}
	var came received
	defer func() { _ = os.Remove(came.path) }() // gone by then if all is well
	if err := came.read(form, dir, a.UploadLimit()); err != nil {
		return u, err
	}
	if came.of != "" {
		if err := a.asBefore(r.Context(), &came); err != nil {
			return u, err
		}
	}
	if !slices.Contains(a.Profiles, came.request.Profile) {
		came.request.Profile = ""
	}
	id, err := a.Spool.Put(came.path, spool.Record{
		Name: came.name, Origin: spool.Origin{Door: spool.Console, By: by}, Spec: &came.request,
		NoEmail: came.noEmail,
	}, spool.Waiting)
	if err != nil {
		return u, err
	}
	return a.upload(r.Context(), id)
}

// asBefore has corrected rows imported as the others of their import were.
func (a *Account) asBefore(ctx context.Context, came *received) error {
	if !spec.IsID(came.of) {
		return errNoImport
	}
	imp, err := a.Ledger.Import(ctx, came.of)
	came.request, came.noEmail = imp.Spec.Corrected(), imp.Template == ""
	return err
}

// maxWaitingUploads is how many of the largest files may be here that were not imported, in bytes: they hold guests'
// data, and the disk is also others'. Those that were imported stay for their reports, and are no heap that grows by
// itself.
const maxWaitingUploads = 4

// incoming are the bytes that are on their way.
type incoming struct {
	mu    sync.Mutex
	bytes int64
}

// reserve makes sure that there is room for a file before it comes, until it has arrived.
func (a *Account) reserve(r *http.Request) (arrived func(), err error) {
	size, most := r.ContentLength, a.UploadLimit()
	if size < 0 || size > most {
		size = most
	}
	a.incoming.mu.Lock()
	defer a.incoming.mu.Unlock()
	waiting := a.incoming.bytes
	for _, u := range a.uploads(r.Context()) {
		if u.Origin.Door == spool.Console {
			waiting += u.Size
		}
	}
	if waiting+size > maxWaitingUploads*most {
		return nil, &problem{http.StatusConflict, "Too many files wait to be imported", fmt.Sprintf(
			"Those that were uploaded and not imported have %s, and with this one more than the %s that they may have. Import some of them, or remove them below the form for a new import.",
			bytesOf(waiting), bytesOf(maxWaitingUploads*most))}
	}
	a.incoming.bytes += size
	return func() {
		a.incoming.mu.Lock()
		defer a.incoming.mu.Unlock()
		a.incoming.bytes -= size
	}, nil
}

func (c *received) read(form *multipart.Reader, dir string, most int64) error {
	fields := map[string]*string{"profile": &c.request.Profile, "event": &c.request.Event, "of": &c.of}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return interrupted(err, most)
		}
		if field, wanted := fields[part.FormName()]; wanted {
			raw, err := io.ReadAll(io.LimitReader(part, maxFormField))
			if err != nil {
				return interrupted(err, most)
			}
			*field = strings.TrimSpace(strings.ToValidUTF8(string(raw), ""))
		}
		if part.FormName() == "file" && part.FileName() != "" {
			if err := c.store(part, dir, most); err != nil {
				return err
			}
		}
	}
	if c.name == "" {
		return &problem{http.StatusBadRequest, "No file came", "Choose a file first."}
	}
	return nil
}

// store writes the file under a name of ours.
func (c *received) store(part *multipart.Part, dir string, most int64) error {
	if c.name != "" {
		return &problem{http.StatusBadRequest, "Several files came", "Import them one by one."}
	}
	c.name = cleanName(part.FileName())
	if listfile.Temporary(c.name) {
		return &problem{http.StatusUnprocessableEntity, "The file is a temporary one", fmt.Sprintf(
			"A name such as %s is that of a file that is not finished, or is left by another program. Upload the list itself; if this is it, rename it first.", c.name)}
	}
	f, err := os.CreateTemp(dir, ".upload-*") // its mode is 0600
	if err != nil {
		return fmt.Errorf("keep an uploaded file: %w", err)
	}
	c.path = f.Name()
	var read error
	size, err := io.Copy(f, readErrors{io.LimitReader(part, most+1), &read})
	if closed := f.Close(); err == nil {
		err = closed
	}
	switch {
	case read != nil:
		return interrupted(read, most)
	case err != nil:
		return fmt.Errorf("keep an uploaded file: %w", err)
	case size > most:
		return tooLarge(most)
	}
	return nil
}

// readErrors separates errors of the browser from those of our disk.
type readErrors struct {
	io.Reader
	read *error
}

func (f readErrors) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		*f.read = err
	}
	return n, err
}

func interrupted(err error, most int64) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return tooLarge(most)
	}
	return &problem{http.StatusRequestTimeout, "The file did not come whole", fmt.Sprintf(
		"The connection broke off, or the upload took more than %s. Nothing was kept. Try again, or pack the file with zip or gzip.", span(uploadTimeout))}
}

func tooLarge(most int64) error {
	return &problem{http.StatusRequestEntityTooLarge, "The file is too large", fmt.Sprintf(
		"It has more than %s, which is the most that can be uploaded. Pack it with zip or gzip, or import it by the command line or the inbox.", bytesOf(most))}
}

// bytesOf is a size as people say it.
func bytesOf(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.0f KiB", float64(n)/(1<<10))
	}
	return counting(int(n), "byte")
}

// cleanName makes any text a name that a file may have and a person can read: no folders, nothing invisible, not
// hidden. It gives such a name unchanged.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(name), ". "))
	if ext := filepath.Ext(name); len(name) > maxFileName && len(ext) < 20 {
		name = strings.ToValidUTF8(name[:maxFileName-len(ext)], "") + ext
	}
	name = strings.ToValidUTF8(name[:min(len(name), maxFileName)], "")
	if name == "" {
		return "list"
	}
	return name
}

// UploadLimit is how large a list may be that is sent, in bytes.
func (a *Account) UploadLimit() int64 {
	if a.MaxUpload > 0 {
		return a.MaxUpload
	}
	return defaultMaxUpload
}

// limitUpload bounds the one request that brings more than a form.
func (s *Site) limitUpload(d action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(defaultMaxUpload)
		if req, err := s.request(r); err == nil {
			most = req.UploadLimit()
		}
		access.LimitBody(most+formOverhead, uploadTimeout, s.action(d)).ServeHTTP(w, r)
	})
}
