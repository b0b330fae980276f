package browser

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

func TestAPageThatWasAwayComesBackByItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.serve()
	for _, script := range []bool{true, false} {
		b := h.open()
		b.expect("503")
		command(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !script})
		h.redis.Kill()
		b.visit(h.at("imports")) // which does not live
		b.titled("Redis is away")
		if script {
			b.says("This page tries again by itself.")
		}
		again, err := h.redis.Restart(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(again.Kill)
		h.redis = again
		if !script {
			b.click("main .again")
		}
		b.titled("Imports")
	}
}
