// Package delivery brings what Qflow tells of emails to the rows they belong to, and keeps the secret that Qflow signs
// with.
//
// A row is found by the correlation id that every call of ours carries, and that names import and row. Where it was
// lost, the guest index knows which row owns the guest's email. An event that belongs to neither, such as that of an
// email sent from Qflow's own pages, is counted and answered like any other: nobody could do anything about it.
//
// Each event is written down by one script that also knows deliveries it has seen, before Qflow gets its 200: what is
// lost on the way comes again, and what comes again changes nothing. A failed send that is told while the row's call is
// on its way is kept, as a code of ours without a guest's data, for as long as the import, and counts once the answer
// is there.
//
// The secret lies sealed in Redis, by the key that seals tokens, for all processes. Each remembers it for a few
// seconds, so that requests with forged signatures reach no Redis but for one look a second.
package delivery
