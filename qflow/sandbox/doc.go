// Package sandbox is a local Qflow: identity, check-in, comms and signed webhooks over real HTTP, with a history of
// everything that happened.
//
// Qflow has no known sandbox of its own, and a live call makes a real guest and mails a real person, so guestflow is
// developed, tested and demonstrated against this one. What docs/qflow-api.md documents is the default here; what it
// marks unknown is a field of [Switches], so that a client can be tried under each answer Qflow may turn out to give;
// what networks do to HTTP is a [Fault].
//
// The trade-off: one mutex guards guests, templates and invitations, held for the few map operations of one call and
// never for JSON. That makes insert-or-return, plan quota and "one email per guest and template" exact, which a test
// oracle must be, and costs some parallelism that a test double does not need. All state is in memory and is lost with
// the process. The admin API has no login: bind it to loopback only.
package sandbox
