package testkit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ProgramVariable names a guestflow that is built already: make sets it, so that the packages whose tests need one do
// not each link their own.
const ProgramVariable = "GUESTFLOW_TEST_PROGRAM"

// buildIn is how long it may take to compile guestflow from nothing on a busy machine.
const buildIn = 10 * time.Minute

// MainWithProgram is TestMain for a package that needs the built guestflow: it builds it, has the tests run and returns
// their exit code. program is set to the path.
func MainWithProgram(m *testing.M, program *string) (code int) {
	dir, err := os.MkdirTemp("", "guestflow-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), buildIn)
	defer cancel()
	if *program, err = Build(ctx, dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// Build builds guestflow into a folder, unless there is one already, and returns its path.
func Build(ctx context.Context, dir string) (program string, err error) {
	if program = os.Getenv(ProgramVariable); program != "" {
		return program, nil
	}
	if err := touchSources(); err != nil {
		return "", fmt.Errorf("find guestflow's sources: %w", err)
	}
	program = filepath.Join(dir, "guestflow")
	// the test's own folder
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", program, "guestflow/cmd/guestflow")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build guestflow: %w\n%s", err, out)
	}
	return program, nil
}

// touchSources looks at every file that guestflow is built from. Go keeps the result of a package's tests until a file
// changes that the tests themselves have opened or looked at, and does not see what a compiler that they run has read.
func touchSources() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	skip := map[string]bool{"bin": true, "docs": true, "testdata": true, ".git": true}
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skip[d.Name()]:
			return filepath.SkipDir
		case d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".md"):
			return nil
		}
		_, err = os.Stat(path)
		return err
	})
}

// moduleRoot is the folder of go.mod: tests run in the folder of their package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("there is no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}
