package browser

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"guestflow/deploy/redisserver/redistest"
)

func TestAPageThatWasAwayComesBackByItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.serve()
	b, plain := h.open(), h.open()
	command(plain, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	h.redis.Kill()
	for _, reader := range []*tab{b, plain} {
		reader.expect("503")
		reader.visit(h.at("imports")) // which does not live
		reader.titled("Redis cannot be reached")
	}
	b.says("This page tries again by itself.")
	again, err := redistest.Restart(t.Context(), h.redis)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Kill)
	b.titled("Imports")
	plain.click("main .again")
	plain.titled("Imports")
}

func TestAPageWhoseSessionIsOverLeadsToTheLogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("vera")
	h.user("otto")
	h.serve("--users=users")
	b := h.open()
	b.visit(h.at("parked"))
	b.until("asks for a password", `document.querySelector("input[type=password]")`)
	b.logIn("vera", passwordOf("vera"))
	b.titled("Parked")
	b.expect("401")
	h.Must("user", "remove", "vera", "--users=users")
	b.until("asks for a password", `document.querySelector("input[type=password]")`)
}
