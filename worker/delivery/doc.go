// Package delivery applies what Qflow reports of emails to the rows they belong to, and keeps the secret that Qflow
// signs with.
//
// A row is found by the correlation id that every call of ours carries, and that names import and row. Where it was
// lost, the guest index knows which row owns the guest's email. An event that belongs to neither, such as that of an
// email sent from Qflow's own pages, is counted and answered like any other: repeating it would change nothing.
//
// Each event is recorded by one script that also knows the deliveries before it, and only then answered with 200: what
// is lost on the way is repeated, and a repetition changes nothing. A failed send that is reported while the row's call
// is on its way is kept, as a code of ours without a guest's data, for as long as the import, and counts once the
// answer is there.
//
// The secret is sealed in Redis, by the key that seals tokens, for all processes. Each caches it for a few seconds, so
// that requests with forged signatures cost Redis at most ten small reads a second.
package delivery
