package ledger

import (
	"embed"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var sources embed.FS

// Script joins the constants and the row functions (lua/rows.lua) with a script that reads or changes rows. Redis
// compiles the text once; what a call pays for the constants is one instruction each, where an argument would have to
// be sent and parsed every time.
func Script(parts ...string) *redis.Script {
	return redis.NewScript(constants + rowFunctions + strings.Join(parts, ""))
}

// script loads one of this package's own.
func script(name string) *redis.Script { return Script(source(name)) }

func source(name string) string {
	text, err := sources.ReadFile("lua/" + name + ".lua")
	if err != nil {
		panic(err) // embedded: it cannot be missing in a built binary
	}
	return string(text)
}

var rowFunctions = source("rows")

// constants are the states by their names (NEW, PARKED_TRIED), the flags, and what is known of states, as locals of
// every script. No script has a number of its own for any of them: a test looks.
//
//   - CLASSES holds a character for each state: OPEN, SETTLED or RELEASED;
//   - OPEN_COUNTS are the counters of the states that are OPEN;
//   - TRANSITIONS is the transition table, see Transitions;
//   - BEYOND is the first state that the bits of the epoch tell apart, see RowByte;
//   - STATES is how many there are, the width of TRANSITIONS;
//   - NEW_ROW is a pattern that matches the byte of a row in NEW, with any flags.
var constants = func() string {
	var b strings.Builder
	var open []string
	byClass := make([]byte, states)
	for s := range State(states) {
		fmt.Fprintf(&b, "local %s = %d\n", luaName(s), s)
		if byClass[s] = byte(s.Class()); s.Class() == Open {
			open = append(open, "'"+s.counter()+"'")
		}
	}
	fmt.Fprintf(&b, "local BEYOND, STATES = %d, %d\n", beyond, states)
	fmt.Fprintf(&b, "local TRIED, MAYBE_SENT = %d, %d\n", Tried, MaybeSent)
	fmt.Fprintf(&b, "local OPEN, SETTLED, RELEASED = '%c', '%c', '%c'\n", Open, Settled, Released)
	fmt.Fprintf(&b, "local OPEN_COUNTS = {%s}\n", strings.Join(open, ", "))
	b.WriteString(LuaString("CLASSES", string(byClass)))
	b.WriteString(LuaString("NEW_ROW", newRow()))
	return b.String() + Transitions("TRANSITIONS", next)
}()

func luaName(s State) string { return strings.ToUpper(strings.ReplaceAll(s.String(), "-", "_")) }

func newRow() string {
	var b strings.Builder
	b.WriteByte('[')
	for n := range 256 {
		switch row := RowByte(n); {
		case row.State() != New:
		case n == 0:
			b.WriteString("%z") // a pattern of Lua 5.1 ends at a zero byte
		default:
			fmt.Fprintf(&b, `\%d`, n)
		}
	}
	b.WriteByte(']')
	return b.String()
}

// LuaString defines a text as a local of a script. It escapes nothing.
func LuaString(name, text string) string { return "local " + name + " = '" + text + "'\n" }

// Transitions defines a table of allowed changes as a local of a script: a character for each pair of states, '1' where a
// row may go from it to the state of that place.
func Transitions(name string, from map[State][]State) string {
	table := []byte(strings.Repeat("0", states*states))
	for s, all := range from {
		for _, to := range all {
			table[int(s)*states+int(to)] = '1'
		}
	}
	return LuaString(name, string(table))
}
