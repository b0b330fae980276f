// Package tokencache shares one account's access token among any number of processes, and redeems a single-use refresh
// token at most once, whatever is killed, frozen or cut off half-way.
//
// # The problem
//
// An identity server that rotates refresh tokens takes each of them once. Sent a second time it is refused at best; at
// worst the server takes it for stolen and revokes the whole family, and all users have to sign in again. A lock with a
// time to live does not prevent that: its holder can be frozen past the time and wake up still holding the token, can
// die after sending and before saving, or can lose the lock with a Redis that fails over. Measured under SIGKILL and
// SIGSTOP, such a lock sent 10 of 198 refresh tokens more than once.
//
// # The protocol
//
// Redis holds one record for each account: the sealed tokens, their expiry by Redis' clock, and a generation that only
// grows. A process that renews
//
//  1. takes a lock, so that the others wait instead of asking too, and reads the record again;
//  2. claims the generation by compare-and-set, under a nonce. A claim does not expire. With replicas it must have
//     reached them before anything is sent;
//  3. records that it sends, and sends exactly one request, unless too much time has passed since the claim;
//  4. writes the answer to a sealed, synced journal, commits it by compare-and-set on generation and nonce, which
//     notifies the waiters in the same step, and deletes the journal a little later.
//
// Without a place for a journal an account without a password is not renewed: the answer would be its only copy.
//
// If certainly nothing was sent, the claim is released. In every other case the refresh token counts as spent: it is
// never sent again, by any process. A claim whose owner is gone is taken over by getting a new pair with the password
// (or client credentials), while the old access token serves until it expires. So the lock is for efficiency, and the
// claim for correctness.
//
// # What is promised, and what it costs
//
// A refresh token goes out at most once. The price is that a crash at the wrong moment drops a token that may still
// have been good: with a password that has no effect; without one a person has to sign in (an [AuthError] says so). No
// client can do better, because it cannot know whether a lost request arrived. One exception: an account without a
// password keeps its token where the server certainly did not look at it (429, a wrong client secret, a wrong path).
// And nothing here helps if a proxy or service mesh on the way to the identity server repeats requests; switch that
// off.
//
// After the worst crash (lock held, claim made, owner gone) a new token is there within Timing.Lock, Timing.Stale and
// two requests, 50 s with the defaults. Renewal starts at three quarters of a token's life, so the old one usually
// serves all the while.
//
// A token in memory costs neither Redis nor a lock. A token that another process has renewed costs one round trip.
// Failures are recorded in Redis: wrong credentials pause the whole fleet, so that no account gets locked out.
//
// # A Redis that goes back
//
// A power cut takes the last second of writes from a single Redis (appendfsync everysec), a failover what had not
// reached the replica, a restored backup everything since. The record is an older one then, the claims made since are
// missing, and it offers a refresh token that has been sent. Four things stand against that:
//
//   - Every process remembers the newest position it has seen of the record: generation, and number of claims on it. It
//     also hears of the claims of all others, as they are made. A state folder remembers the position over restarts,
//     and before a refresh token is sent its claim is there, on the disk. A claim that does not go beyond what is
//     remembered sends nothing.
//   - A process that finds, on a new connection, an older record than it remembers removes the refresh token from it.
//   - A record notes on which start of which Redis server it was committed. On another one, an account with a password
//     or client credentials does not use the refresh token at all, but gets a new pair.
//   - The journal outlives its commit by Timing.Keep, so that what Redis lost is committed again, refresh token
//     included.
//
// With Config.Replicas set to the number of replicas that could be promoted, a claim that they have not confirmed is
// released unsent, so that a failover costs a commit at most.
//
// What is left is a second redemption when all of this comes together: Redis lost a claim, no replicas are configured,
// the account has nothing but its refresh token, and the next to renew is a process on a host that never saw the
// claim (a new host, a state folder that does not last), before any process that did see it is connected again. A
// backup restored by hand is the same, and there nothing but the memory of the living helps: run Forget after it.
//
// The other cost is a refresh token dropped although it was good: a claim that was made and released in the very
// moments that Redis lost counts as sent. With a password that has no effect; without one a person signs in.
//
// # Using it
//
// Ask [Cache.Token] before every call, hand a generation that met a 401 to [Cache.Refused], and let [Cache.Run] renew
// in the background. An [AuthError] is for a person, a [TroubleError] passes.
//
// # Other systems
//
// [Endpoint] describes an identity server's dialect. One kind is exempt from the once: a server that does not rotate. A
// refresh answer without a new refresh token leaves the old one valid and unspent (RFC 6749 section 6), and it is
// rightly sent again by a later generation.
package tokencache
