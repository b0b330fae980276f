// Package webhook receives what Qflow tells of emails: delivered, bounced, and so on (docs/qflow-api.md section 6). It
// checks the signature over the bytes as they came, and gives what it read to somebody else; it knows neither Redis nor
// rows.
//
// The address is open to the world, so whatever is not signed must cost little and change nothing. The header's shape and time
// are looked at before the body is read, a body is bounded, only so many are read at once, and nothing is written down or
// asked for before the signature is right. The log gets one line a minute, however many are refused.
//
// Little is known of the body but that it is JSON, so it is read leniently: names in any case, flat or nested. That costs the
// certainty that a strict reader has; what cannot be read is counted and answered with 200, for a repeat would be no better.
package webhook
