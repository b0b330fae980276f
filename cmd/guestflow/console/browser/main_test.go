// Package browser judges the console as people meet it: real pages of a real guestflow process in a real Chromium.
//
// It is a package of its own because what it needs is heavy, and none of it belongs into the program: a browser, an
// accessibility checker and an HTML validator. The browser is driven from Go, so that one test can also close a gate of
// the sandbox and look into its books; the two checkers are JavaScript, pinned by npm/package-lock.json and installed
// into bin/. A machine without them fails these tests instead of skipping them, since a skip would go unnoticed.
//
// A page with an open event stream is never idle. So nothing here waits for a quiet network: everything waits for what
// a person would wait for, words on the page, and every command has a deadline.
package browser

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/sync/errgroup"

	"guestflow/deploy/testkit"
)

const (
	// setUpIn is how long compiling, npm and the start of the browser may take on a busy machine.
	setUpIn = 4 * time.Minute

	// patience is how long a person would look at a page for what should be there, on a machine that does much else.
	patience = 2 * time.Minute
)

// rig is what all tests share.
var rig struct {
	program  string          // guestflow
	tools    string          // folder whose node_modules has the checkers
	pictures string          // folder for screenshots
	chromium context.Context // a running browser
}

func TestMain(m *testing.M) {
	code, err := underRig(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func underRig(m *testing.M) (int, error) {
	ctx, stop := context.WithTimeout(context.Background(), setUpIn)
	defer stop()
	dir, err := os.MkdirTemp("", "gfb")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	root, err := filepath.Abs("../../../..")
	if err != nil {
		return 0, err
	}
	rig.tools = filepath.Join(root, "bin", "browser")
	rig.pictures = filepath.Join(root, "bin", "screenshots")
	parts, ctx := errgroup.WithContext(ctx)
	parts.Go(func() (err error) { rig.program, err = testkit.Build(ctx, dir); return err })
	parts.Go(func() error { return install(ctx) })
	parts.Go(func() error { return os.MkdirAll(rig.pictures, 0o750) })
	if err := parts.Wait(); err != nil {
		return 0, err
	}
	end, err := startChromium(dir)
	if err != nil {
		return 0, err
	}
	defer end()
	return m.Run(), nil
}

// install has npm install the checkers, unless those of this lock file are there.
func install(ctx context.Context) error {
	want, err := os.ReadFile("npm/package-lock.json")
	if err != nil {
		return err
	}
	mark := filepath.Join(rig.tools, "installed-lock.json")
	if have, err := os.ReadFile(mark); err == nil && bytes.Equal(have, want) {
		return nil
	}
	if err := os.MkdirAll(rig.tools, 0o750); err != nil {
		return err
	}
	for _, file := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join("npm", file))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(rig.tools, file), text, 0o600); err != nil {
			return err
		}
	}
	if err := runIn(ctx, rig.tools, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"); err != nil {
		return fmt.Errorf("install the accessibility checker and the HTML validator (this needs Node.js, npm and "+
			"once a network): %w", err)
	}
	return os.WriteFile(mark, want, 0o600)
}

func runIn(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, args[0], err, out)
	}
	return nil
}

// startChromium starts the browser, and gives what ends it.
func startChromium(dir string) (end func(), err error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.Flag("hide-scrollbars", true),
	)
	if shell, err := exec.LookPath("chromium-headless-shell"); err == nil { // Debian's, which takes half the time
		options = append(options, chromedp.ExecPath(shell))
	}
	if os.Geteuid() == 0 { // its sandbox refuses root
		options = append(options, chromedp.NoSandbox)
	}
	allocator, freed := chromedp.NewExecAllocator(context.Background(), options...)
	browser, closed := chromedp.NewContext(allocator)
	if err := chromedp.Do(browser); err != nil {
		closed()
		freed()
		return nil, fmt.Errorf("start a Chromium ('make test' installs it where it can): %w", err)
	}
	rig.chromium = browser
	return func() { closed(); freed() }, nil
}
