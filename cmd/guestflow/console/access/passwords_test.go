package access_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console/access"
)

const argon = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$c2VjcmV0aGFzaHNlY3JldGhhc2g"

func TestAnUglyLineIsNamedAndNotQuoted(t *testing.T) {
	t.Parallel()
	for what, line := range map[string]string{
		"no hash":           "secretname",
		"a clear password":  "anna:secret:operator",
		"mixed up columns":  "anna:operator:secret",
		"hash for rights":   "anna:" + argon + ":" + argon,
		"four fields":       "anna:" + argon + ":viewer:secret",
		"no name":           ":" + argon + ":viewer",
		"a name with blank": "secret name:" + argon,
		"control character": "secret\x1b[31m:" + argon,
		"not UTF-8":         "secret\xff:" + argon,
		"invisible letters": "secret\u200b:" + argon,
		"a long name":       strings.Repeat("secret", 20) + ":" + argon,
		"unknown right":     "anna:" + argon + ":secret",
		"argon2i":           "anna:" + strings.Replace(argon, "argon2id", "argon2i", 1),
		"another version":   "anna:" + strings.Replace(argon, "v=19", "v=16", 1),
		"too much memory":   "anna:" + strings.Replace(argon, "m=64", "m=9999999", 1),
		"memory that wraps": "anna:" + strings.Replace(argon, "m=64", "m=4294967360", 1),
		"too many passes":   "anna:" + strings.Replace(argon, "t=1", "t=100000", 1),
		"no passes":         "anna:" + strings.Replace(argon, "t=1", "t=0", 1),
		"no lanes":          "anna:" + strings.Replace(argon, "p=1", "p=0", 1),
		"more parameters":   "anna:" + strings.Replace(argon, "p=1", "p=1,secret=2", 1),
		"no salt":           "anna:$argon2id$v=19$m=64,t=1,p=1$$c2VjcmV0aGFzaHNlY3JldGhhc2g",
		"a short key":       "anna:$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$c2Vj",
		"not base64":        "anna:$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$secret!secret!secret!secret",
		"a costly bcrypt":   "anna:" + "$2b$31$abcdefghijklmnopqrstuuSECRETsecretSECRETsecretSECRETse",
		"a cut bcrypt":      "anna:" + "$2b$10$secret",
		"twice":             "first:" + argon,
	} {
		path := passwordFile(t, "# who may log in", "", "first:"+argon+":viewer", line, "last:"+argon)
		for _, err := range []error{second(access.ReadUsers(path)),
			second(access.New(access.Options{Passwords: path}))} {
			if err == nil {
				t.Errorf("%s is taken", what)
				continue
			}
			if !strings.Contains(err.Error(), "line 4: ") || strings.Contains(strings.ToLower(err.Error()), "secret") ||
				strings.Contains(err.Error(), "c2V") {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestAFileOfManyHandsIsRead(t *testing.T) {
	t.Parallel()
	path := passwordFile(t, "\ufeff# from a Windows editor\r", "", "  anna:"+argon+":operator, guests\r",
		"björn@example.com:HASH", "c.d-e+f_1:HASH:viewer")
	users, err := access.ReadUsers(path)
	if err != nil || len(users) != 3 || users[0] != (access.User{Name: "anna", Operator: true, Guests: true}) ||
		users[1] != (access.User{Name: "björn@example.com"}) {
		t.Fatalf("%+v, %v", users, err)
	}
}

func TestEditingAFileKeepsTheOtherLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "passwords")
	if err := os.WriteFile(path, []byte("# the team\nanna:"+argon+":operator\n\n# guests of the "+
		"team\nbo:"+argon+":viewer"), 0o644); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := access.SetUser(link, access.User{Name: "cleo", Guests: true}, password); err != nil {
		t.Fatal(err)
	}
	if err := access.SetUser(path, access.User{Name: "anna"}, password); err != nil {
		t.Fatal(err)
	}
	if err := access.RemoveUser(path, "bo"); err != nil {
		t.Fatal(err)
	}
	raw, _ := os.ReadFile(path)
	lines := strings.Split(string(raw), "\n")
	if len(lines) != 6 || lines[0] != "# the team" || !strings.HasPrefix(lines[1],
		"anna:$argon2id$v=19$m=19456,t=2,p=1$") || !strings.HasSuffix(lines[1], ":viewer") ||
		lines[3] != "# guests of the team" || !strings.HasPrefix(lines[4], "cleo:") || lines[5] != "" {
		t.Errorf("the file is\n%s", raw)
	}
	if info, _ := os.Stat(path); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", info.Mode())
	}
	if target, err := os.Readlink(link); err != nil || target != path {
		t.Error("a link was replaced by a file")
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("files are left behind: %v", left)
	}
	if err := access.RemoveUser(path, "bo"); !errors.Is(err, access.ErrNoUser) {
		t.Error(err)
	}
	for _, bad := range []string{"", "a:b", "a\nb", "a b"} {
		if err := access.SetUser(path, access.User{Name: bad}, password); err == nil {
			t.Errorf("%q becomes a name", bad)
		}
	}
	if err := access.SetUser(path, access.User{Name: "d"}, "1234567"); err == nil ||
		strings.Contains(err.Error(), "1234567") {
		t.Errorf("a short password: %v", err)
	}
}

// A coarse clock of a file system gives two writes one time, and a name of the same length gives them one size.
func TestAChangeWithinOneTickOfTheFileSystemIsSeen(t *testing.T) {
	t.Parallel()
	path := passwordFile(t, "otto:HASH")
	d := open(t, func(o *access.Options) { o.Passwords = path })
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	d.enter("otto")
	write(t, path, "anna:HASH")
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	d.wants(d.get("/"), 401, "")
}

func TestAnEmptyFileIsNoLogin(t *testing.T) {
	t.Parallel()
	_, err := access.New(access.Options{Listen: "127.0.0.1:0", Passwords: passwordFile(t, "# no users yet")})
	if err == nil || !strings.Contains(err.Error(), "guestflow user add") {
		t.Error(err)
	}
	_, err = access.New(access.Options{Listen: "127.0.0.1:0", Passwords: filepath.Join(t.TempDir(), "missing")})
	if err == nil || !strings.Contains(err.Error(), "guestflow user add") {
		t.Error(err)
	}
}

func TestArgonAndBcryptBothLogIn(t *testing.T) {
	t.Parallel()
	path := passwordFile(t, "bea:HASH")
	if err := access.SetUser(path, access.User{Name: "arno"}, password); err != nil {
		t.Fatal(err)
	}
	d := open(t, func(o *access.Options) { o.Passwords = path })
	for _, name := range []string{"arno", "bea"} {
		d.enter(name)
		d.wants(d.logIn(name, password+"!"), 401, "wrong")
		d.wants(d.logIn(name, ""), 401, "wrong")
	}
}

// Whatever stands in a file, it is read or named by its line, without a panic and without a quote of it.
func FuzzPasswordFile(f *testing.F) {
	f.Add("anna:" + argon + ":operator\n")
	f.Add("# x\r\n\r\nbo:$2b$04$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuuabcdefghijkl\n")
	f.Add(":::\n\x00")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "p")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		users, err := access.ReadUsers(path)
		if _, named := errors.AsType[*access.FileError](err); err != nil && !named {
			t.Fatal(err)
		}
		for _, u := range users {
			if strings.ContainsAny(u.Name, ":\r\n\x1b ") || u.Name == "" {
				t.Fatalf("the name %q", u.Name)
			}
		}
		if err == nil && access.RemoveUser(path, "unknown-name") == nil {
			t.Fatal("a user was removed")
		}
	})
}
