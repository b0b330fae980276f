package console

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/importer"
	"guestflow/importer/listfile"
	"guestflow/importer/spec"
)

const (
	// defaultMaxUpload is how large an uploaded file may be where nothing else is said: a list of two million guests, or the
	// packed one of ten.
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

// upload is a file that came by the browser, and what is wanted of it. Its folder has the name of its id and holds this record
// and, in a folder of its own, the file under the name that it came with, since that is what lists and reports show.
type upload struct {
	ID      string        `json:"-"`
	Name    string        `json:"name"`
	Size    int64         `json:"size"`
	By      string        `json:"by"`
	At      time.Time     `json:"at"`
	Request ImportRequest `json:"wish"`
	NoEmail bool          `json:"silent,omitempty"` // no email, whatever the profile says
	Started *started      `json:"order,omitempty"`  // the import that was begun

	Touched time.Time `json:"-"`

	folder string
}

// started is an import that was begun. It holds how the file is read, so that it goes on the same after a restart, whatever the
// profiles say by then.
type started struct {
	Import   string `json:"import"`
	SHA256   string `json:"sha256"`
	Done     bool   `json:"over,omitempty"` // all of it is enqueued, or never will be
	Event    string `json:"event,omitempty"`
	Template string `json:"template,omitempty"`
	Profile  string `json:"profile,omitempty"`
	Key      string `json:"key,omitempty"`
	Again    string `json:"again,omitempty"`
	Zone     string `json:"zone,omitempty"`

	Mapping    map[string]string `json:"mapping,omitempty"`
	SplitNames bool              `json:"split_names,omitempty"`
	DateLayout string            `json:"date_layout,omitempty"`
	Sheet      string            `json:"sheet,omitempty"`
	Encoding   string            `json:"encoding,omitempty"`
	HeaderRow  string            `json:"header_row,omitempty"`
	Hidden     string            `json:"hidden,omitempty"`
}

func startedOf(p importer.Plan) *started {
	s := p.Settings
	o := &started{
		Import: p.Import, SHA256: p.SHA256, Event: s.Event, Template: s.Template, Profile: s.Profile, Key: s.Key, Again: s.Again,
		Mapping: s.Mapping, SplitNames: s.SplitsNames(), DateLayout: s.Dates, Zone: s.Zone, Sheet: s.Sheet,
		Encoding: s.Encoding, HeaderRow: s.HeaderRow, Hidden: s.Hidden,
	}
	return o
}

// plan is as much of the import's plan as it takes to go on with it.
func (u upload) plan(account string) (importer.Plan, error) {
	o := u.Started
	return importer.Plan{Path: u.path(), SHA256: o.SHA256, Import: o.Import, Settings: importer.Settings{Spec: spec.Spec{
		Account: account, Event: o.Event, Template: o.Template, Profile: o.Profile, Key: o.Key, Again: o.Again, Zone: o.Zone,
		Reading: spec.Reading{
			Mapping: o.Mapping, SplitNames: &o.SplitNames, Dates: o.DateLayout, Sheet: o.Sheet, Encoding: o.Encoding, HeaderRow: o.HeaderRow, Hidden: o.Hidden,
		},
	}}}, nil
}

const (
	recordName = "upload.json"
	listFolder = "list"
)

func (u upload) path() string   { return filepath.Join(u.folder, listFolder, u.Name) }
func (u upload) record() string { return filepath.Join(u.folder, recordName) }

// save writes the record whole, or not at all.
func (u upload) save() error {
	raw, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("write down the upload %s: %w", u.ID, err)
	}
	half := u.record() + "." + rand.Text()
	if err := os.WriteFile(half, raw, 0o600); err != nil {
		return fmt.Errorf("write down the upload %s: %w", u.ID, err)
	}
	if err := os.Rename(half, u.record()); err != nil {
		_ = os.Remove(half)
		return fmt.Errorf("write down the upload %s: %w", u.ID, err)
	}
	return nil
}

// heartbeat shows other processes that somebody is at it. If it cannot be touched it is taken over, which is harmless.
func (u upload) heartbeat() {
	now := time.Now()
	_ = os.Chtimes(u.record(), now, now)
}

func (u upload) remove() error { return os.RemoveAll(u.folder) }

// uploadID is what rand.Text gives. Nothing else is ever made a path of.
var uploadID = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// folder is where the account's uploads are. It is absolute: an import's record names the file by it.
func (a *Account) folder() (string, error) {
	dir, err := filepath.Abs(a.Uploads)
	if err != nil {
		return "", fmt.Errorf("find the folder for uploads: %w", err)
	}
	return dir, nil
}

// upload reads a record.
func (a *Account) upload(id string) (upload, error) {
	dir, err := a.folder()
	if err != nil {
		return upload{}, err
	}
	if !uploadID.MatchString(id) {
		return upload{}, errNoUpload
	}
	u := upload{folder: filepath.Join(dir, id)}
	raw, err := os.ReadFile(u.record())
	if errors.Is(err, os.ErrNotExist) {
		return u, errNoUpload
	}
	if err != nil {
		return u, fmt.Errorf("read the upload %s: %w", id, err)
	}
	if err := json.Unmarshal(raw, &u); err != nil {
		return u, fmt.Errorf("read the upload %s: %w", id, err)
	}
	info, err := os.Stat(u.record())
	if err != nil {
		return u, fmt.Errorf("read the upload %s: %w", id, err)
	}
	u.ID, u.Touched, u.Name = id, info.ModTime(), cleanName(u.Name)
	return u, nil
}

var errNoUpload = &problem{http.StatusNotFound, "This file is no longer here", "Files that were not imported are removed after a day. Upload it again."}

// locks keep requests from changing one upload at the same time. There is one for each letter that an id can begin with, so that
// none is left over when an upload goes; two uploads that share one wait for each other, which nobody notices.
type locks [32]sync.Mutex

// lock reads an upload that nobody else in this process changes until it is let go.
func (a *Account) lock(id string) (u upload, letGo func(), err error) {
	if !uploadID.MatchString(id) {
		return upload{}, nil, errNoUpload
	}
	lock := &a.uploadLocks[int(id[0])%len(a.uploadLocks)]
	lock.Lock()
	if u, err = a.upload(id); err != nil {
		lock.Unlock()
		return u, nil, err
	}
	return u, lock.Unlock, nil
}

// uploads lists them, the newest first. What cannot be read is left out, and removed in time.
func (a *Account) uploads() ([]upload, error) {
	dir, err := a.folder()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("list the uploads: %w", err)
	}
	var list []upload
	for _, e := range entries {
		if u, err := a.upload(e.Name()); err == nil {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(x, y upload) int { return y.At.Compare(x.At) })
	return list, nil
}

// receive takes a form with a file, as it comes: nothing of it is ever in memory as a whole.
func (a *Account) receive(r *http.Request, by string) (u upload, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return u, &problem{http.StatusBadRequest, "No file came", "Choose a file in the form of this page."}
	}
	dir, err := a.folder()
	if err != nil {
		return u, err
	}
	arrived, err := a.reserve(r)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // a browser that is cut off shows no sentence
		return u, err
	}
	defer arrived()
	u = upload{ID: rand.Text(), By: by, At: time.Now().UTC()}
	u.folder = filepath.Join(dir, u.ID)
	if err := os.MkdirAll(filepath.Join(u.folder, listFolder), 0o700); err != nil {
		return u, fmt.Errorf("make a folder for an upload: %w", err)
	}
	if err = u.read(form, a.maxUpload()); err == nil {
		err = u.save()
	}
	if err != nil {
		_ = u.remove() // if it cannot be, it goes in a day
	}
	return u, err
}

// maxWaitingUploads is how many of the largest files may be here that were not imported, in bytes: they hold guests' data, and the
// disk is also others'. Those that were imported stay for their reports, and are no heap that grows by itself.
const maxWaitingUploads = 4

// incoming are the bytes that are on their way.
type incoming struct {
	mu    sync.Mutex
	bytes int64
}

// reserve makes sure that there is room for a file before it comes, until it has arrived.
func (a *Account) reserve(r *http.Request) (arrived func(), err error) {
	size, most := r.ContentLength, a.maxUpload()
	if size < 0 || size > most {
		size = most
	}
	a.incoming.mu.Lock()
	defer a.incoming.mu.Unlock()
	all, err := a.uploads()
	if err != nil {
		return nil, err
	}
	waiting := a.incoming.bytes
	for _, u := range all {
		if u.Started == nil {
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

func (u *upload) read(form *multipart.Reader, most int64) error {
	fields := map[string]*string{"profile": &u.Request.Profile, "event": &u.Request.Event}
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
			if err := u.store(part, most); err != nil {
				return err
			}
		}
	}
	if u.Name == "" {
		return &problem{http.StatusBadRequest, "No file came", "Choose a file first."}
	}
	return nil
}

// store writes the file. Its name is made harmless, and the folder is one that no name leads out of.
func (u *upload) store(part *multipart.Part, most int64) error {
	if u.Name != "" {
		return &problem{http.StatusBadRequest, "Several files came", "Import them one by one."}
	}
	u.Name = cleanName(part.FileName())
	if listfile.Temporary(u.Name) {
		return &problem{http.StatusUnprocessableEntity, "The file is a temporary one", fmt.Sprintf(
			"A name such as %s is that of a file that is not finished, or is left by another program. Upload the list itself; if this is it, rename it first.", u.Name)}
	}
	root, err := os.OpenRoot(filepath.Join(u.folder, listFolder))
	if err != nil {
		return fmt.Errorf("open the folder of an upload: %w", err)
	}
	defer root.Close()
	f, err := root.OpenFile(u.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep an uploaded file: %w", err)
	}
	var read error
	u.Size, err = io.Copy(f, readErrors{io.LimitReader(part, most+1), &read})
	if closed := f.Close(); err == nil {
		err = closed
	}
	switch {
	case read != nil:
		return interrupted(read, most)
	case err != nil:
		return fmt.Errorf("keep an uploaded file: %w", err)
	case u.Size > most:
		return tooLarge(most)
	}
	return nil
}

// readErrors tells an error of the browser's from one of our disk.
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
	return plural(int(n), "byte")
}

// cleanName makes any text a name that a file may have and a person can read: no folders, nothing invisible, not hidden. It
// gives such a name unchanged.
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

func (a *Account) maxUpload() int64 {
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
			most = req.maxUpload()
		}
		access.LimitBody(most+formOverhead, uploadTimeout, s.action(d)).ServeHTTP(w, r)
	})
}

// removeExpired removes what nobody wants any more: it holds guests' data.
func (a *Account) removeExpired(ctx context.Context, now time.Time) error {
	dir, err := a.folder()
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("tidy the uploads: %w", err)
	}
	var failed error
	for _, e := range entries {
		gone, err := a.expired(ctx, e, now)
		if err == nil && gone {
			if err = os.RemoveAll(filepath.Join(dir, e.Name())); err == nil {
				a.Log.Info("an uploaded file was removed, as guests' data is not kept for ever", "upload", e.Name())
			}
		}
		failed = errors.Join(failed, err)
	}
	return failed
}
