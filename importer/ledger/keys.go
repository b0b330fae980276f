package ledger

import "strconv"

// Keys names what an account keeps in Redis; its value is the prefix of all of them. They share the hash tag
// {account}, so that every script's keys are on one slot of a cluster. The scripts build some of them by themselves
// (lua/rows.lua).
//
// Exported are those that packages beside this one read or change in a script of their own.
type Keys string

func keysOf(account string) Keys { return Keys("gf:{" + account + "}:") }

// Import is the hash of an import's record; the keys of its rows begin with it. Import("") is what all of these begin
// with.
func (k Keys) Import(id string) string { return string(k) + "import:" + id }

// Rows is the string with a byte for each row.
func (k Keys) Rows(id string) string { return k.Import(id) + ":rows" }

// Reasons is the hash of reasons by row.
func (k Keys) Reasons(id string) string { return k.Import(id) + ":reasons" }

// Tries is the hash of failed tries by row.
func (k Keys) Tries(id string) string { return k.Import(id) + ":tries" }

// Addresses is the string of digests of rows' addresses, written by package suppression.
func (k Keys) Addresses(id string) string { return k.Import(id) + ":addresses" }

// Former is the key of the digests, by row, of the addresses that its guest had before (package guestindex).
func (k Keys) Former(id string) string { return k.Import(id) + ":former" }

// members is the string of keys of rows' guests, and goneRows the bitmap of the rows of an earlier import who are gone.
func (k Keys) members(id string) string  { return k.Import(id) + ":members" }
func (k Keys) goneRows(id string) string { return k.Import(id) + ":missing" }

func (k Keys) attempts(id string) string { return k.Import(id) + ":attempts" }
func (k Keys) epochs(id string) string   { return k.Import(id) + ":epochs" }
func (k Keys) times(id string) string    { return k.Import(id) + ":times" }

// sending is there while a call that must not be repeated may be under way for a row.
func (k Keys) sending(id string, row int) string {
	return k.Import(id) + ":sending:" + strconv.Itoa(row)
}

func (k Keys) chunk(id string, n int) string { return k.Import(id) + ":chunk:" + strconv.Itoa(n) }

// What processes note of an import for a short while.
func (k Keys) waitsFor(id string) string     { return k.Import(id) + ":waits" }
func (k Keys) backpressure(id string) string { return k.Import(id) + ":held" }
func (k Keys) lostChunks(id string) string   { return k.Import(id) + ":gone" }

// The lists of imports: all by start, all ids ever met, those that are not finished, those whose file is being read,
// and those that finished without a notification yet.
func (k Keys) imports() string       { return string(k) + "imports" }
func (k Keys) known() string         { return string(k) + "known" }
func (k Keys) running() string       { return string(k) + "running" }
func (k Keys) importing() string     { return string(k) + "importing" }
func (k Keys) notifications() string { return string(k) + "news" }

// order counts the imports that were begun.
func (k Keys) order() string { return string(k) + "order" }

// gates is written by package worker/gate; begin.lua reads which are closed.
func (k Keys) gates() string { return string(k) + "gates" }

func (k Keys) pulse(process string) string { return string(k) + "pulse:" + process }
func (k Keys) server() string              { return string(k) + "server" }
