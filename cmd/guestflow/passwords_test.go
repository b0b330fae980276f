package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
)

// typing runs a command with a standard input.
func (h *house) typing(input string, args ...string) (printed string, code int) {
	h.t.Helper()
	cmd := h.command(args...)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &out
	_ = cmd.Run()
	return out.String(), cmd.ProcessState.ExitCode()
}

func TestUsersOfTheConsoleAreAddedAndRemovedWithoutShowingAPassword(t *testing.T) {
	t.Parallel()
	const secretWord = "hunter2-hunter2"
	h := newHouse(t, "GUESTFLOW_USERS=passwords")
	file := filepath.Join(h.dir, "passwords")

	var printed strings.Builder
	do := func(input string, want int, says string, args ...string) {
		t.Helper()
		out, code := h.typing(input, append([]string{"user"}, args...)...)
		printed.WriteString(out)
		if code != want || !strings.Contains(out, says) {
			t.Errorf("user %v: exit %d, %s", args, code, out)
		}
	}
	do(secretWord+"\n", exit.OK, "anna may log in to the console (operator)", "add", "anna", "--operator")
	h.write("new", secretWord+"\r\n")
	do("", exit.OK, "bo may log in to the console (viewer,guests)", "add", "bo", "--guests", "--new-password-file", "new")
	do("", exit.OK, `{"guests":false,"name":"anna","operator":true}`, "list", "--json")
	do("", exit.Usage, "is empty", "add", "cleo")
	do("hunter2", exit.Usage, "8 to 1024", "add", "cleo")
	do(secretWord+"\nhunter2-twice\n", exit.Usage, "more than one line", "add", "cleo")
	do(secretWord, exit.Usage, "other characters", "add", "cleo smith")
	do("", exit.Usage, "cannot be read", "add", "cleo", "--new-password-file", "missing")
	do("", exit.OK, "bo may no longer", "remove", "bo")
	do("", exit.Usage, "there is no such user", "remove", "bo")

	raw, err := os.ReadFile(file)
	if err != nil || strings.Count(string(raw), "\n") != 1 || !strings.HasPrefix(string(raw), "anna:$argon2id$") {
		t.Errorf("the file is %q, %v", raw, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", info.Mode())
	}
	h.write("passwords", string(raw)+"bo:hunter2-in-clear:viewer\n")
	do("", exit.Usage, "line 2: the hash is neither", "list")
	do(secretWord, exit.Usage, "line 2: the hash is neither", "add", "cleo")
	if strings.Contains(printed.String()+string(raw), "hunter2") {
		t.Errorf("a password shows in\n%s", printed.String())
	}
}
