package webhook_test

import (
	"testing"

	"guestflow/qflow/webhook"
)

func TestOnlyWhatHoldsForAnAddressForGoodIsLasting(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]webhook.Kind{
		`{"event":"comms.bounced"}`:                                                        webhook.Bounced,
		`{"event":"comms.bounced","bounceType":"Hard"}`:                                    webhook.Bounced,
		`{"event":"comms.bounced","bounceType":"Permanent","bounceSubType":"General"}`:     webhook.Bounced,
		`{"event":"comms.bounced","type":"bounce","status":"5.1.1"}`:                       webhook.Bounced,
		`{"event":"comms.bounced","bounce_classification":"Invalid Address"}`:              webhook.Bounced,
		`{"event":"comms.bounced","bounce_classification":"Unclassified"}`:                 webhook.Bounced,
		`{"event":"comms.bounced","isHardBounce":true}`:                                    webhook.Bounced,
		`{"event":"comms.bounced","reason":"a word that is not known"}`:                    webhook.Bounced,
		`{"type":"comms.bounced"}`:                                                         webhook.Bounced,
		`{"event":"comms.bounced","isHardBounce":false}`:                                   "",
		`{"event":"comms.bounced","bounceType":"soft"}`:                                    "",
		`{"event":"comms.bounced","data":{"bounceType":"Transient"}}`:                      "",
		`{"event":"comms.bounced","type":"blocked"}`:                                       "",
		`{"event":"comms.bounced","bounce_classification":"Mailbox Unavailable"}`:          "",
		`{"event":"comms.bounced","bounce_classification":"Frequency or Volume Too High"}`: "",
		`{"event":"comms.bounced","status":"4.2.2"}`:                                       "",
		`{"event":"comms.bounced","status":"5.2.2"}`:                                       "",
		`{"event":"comms.bounced","status":"452 4.2.2 over quota"}`:                        "",
		`{"event":"comms.bounced","severity":"temporary"}`:                                 "",
		`{"event":"comms.deferred"}`:                                                       "",
		`{"event":"comms.failed"}`:                                                         "",
		`{"event":"comms.spamreport"}`:                                                     webhook.Spam,
		`{"event":"comms.complained"}`:                                                     webhook.Spam,
		`{"event":"comms.group_unsubscribe"}`:                                              webhook.Unsubscribed,
		`{"event":"comms.dropped"}`:                                                        "",
		`{"event":"comms.dropped","reason":"Spam Content"}`:                                "",
		`{"event":"comms.dropped","reason":"Recipient List over Package Quota"}`:           "",
		`{"event":"comms.dropped","reason":"Bounced Address"}`:                             webhook.Bounced,
		`{"event":"comms.dropped","reason":"Invalid"}`:                                     webhook.Bounced,
		`{"event":"comms.dropped","reason":"Unsubscribed Address"}`:                        webhook.Unsubscribed,
		`{"event":"comms.dropped","reason":"Spam Reporting Address"}`:                      webhook.Spam,
	} {
		if e, readable := webhook.ParseEvent([]byte(body), ""); !readable || e.Lasting != want {
			t.Errorf("%s: %q, want %q", body, e.Lasting, want)
		}
	}
}

func TestTheGuestsAddressIsReadUnderItsUsualNames(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"event":"comms.bounced","email":" ann@x.example "}`:             "ann@x.example",
		`{"Event":"comms.bounced","Data":{"EmailAddress":"a@x.example"}}`: "a@x.example",
		`{"event":"comms.bounced","from":"sender@x.example"}`:             "",
		`{"event":"comms.bounced","email":null}`:                          "",
	} {
		if e, _ := webhook.ParseEvent([]byte(body), ""); e.Address != want {
			t.Errorf("%s: %q, want %q", body, e.Address, want)
		}
	}
}
