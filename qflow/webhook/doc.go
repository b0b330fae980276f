// Package webhook receives Qflow's reports on emails: delivered, bounced, and so on (docs/qflow-api.md section 6). It
// checks the signature over the bytes as they were received and passes the parsed event to Config.Record; it knows
// neither Redis nor rows.
//
// The address is open to the world, so whatever is not signed must cost little and change nothing. The header's shape
// and time are checked before the body is read, the size of a body and the number read at once are limited, and nothing
// is recorded or looked up before the signature is verified. The log gets one line a minute, however many are refused.
//
// Little is known of the body but that it is JSON, so it is read leniently: names in any case, flat or nested. That
// costs the certainty that a strict reader has; what cannot be read is counted and answered with 200, since a repeat
// would be the same.
package webhook
