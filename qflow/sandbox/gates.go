package sandbox

import (
	"net/http"
	"strings"
)

// The order below is that of docs/qflow-api.md section 10, "suggested gate order". Qflow does not publish one, so it is
// written down as lists to be read and argued with, not spread over handlers.

// entrance is what every API call passes: Cloudflare, then API Management, then the token.
func entrance(then ...stage) []stage {
	return append([]stage{
		edgeRateLimit,
		originUp,
		faultBefore, // what breaks in the network or at the origin still counted at the edge
		countWhileUntrusted,
		subscriptionKey, // 401, API Management's JSON
		bearer,          // 401, empty
	}, then...)
}

var gates = map[Endpoint][]stage{
	Token:     {countPresentation, faultBefore, token},
	Authorize: {faultBefore, authorize},
	Unrouted:  {edgeRateLimit, faultBefore},

	CreateGuest: entrance(
		readGuest,
		commsAllowListForTemplate, // 403
		validGuest,                // 400
		locked(
			ownedEvent,        // 404
			ownID,             // 404: the id is another event's or account's
			freeBarcode,       // as switched
			planQuota,         // 403
			insertOrReturnRow, // the row exists from here on
			lateCommsAllowList,
			ownedTemplateOfGuest, // 404
			trustedForGuest,      // 403, row kept
			queueGuestEmail,      // and later its webhooks
			guestAnswer,
		),
	),
	BulkGuests: entrance(
		bulkUpsert,
	),
	ListGuests: entrance(
		locked(ownedEventOfPath, listGuests),
	),
	CheckIn: entrance(
		checkIn,
	),
	CreateEvent: entrance(
		createEvent,
	),

	Send: entrance(
		commsAllowList, // 403
		validSend,      // 400
		locked(
			ownedAttendee,      // 404
			hasEmail,           // as switched
			ownedTemplate,      // 404
			trusted,            // 403
			previousSendPasses, // 422
			queueSend,
		),
	),
	ListTemplates: entrance(commsAllowList, listTemplates),
	SaveTemplate:  entrance(commsAllowList, saveTemplate),
	SetWebhook:    entrance(commsAllowList, setWebhook),
	GetWebhook:    entrance(commsAllowList, hasWebhook, showWebhook),
	RotateWebhook: entrance(commsAllowList, hasWebhook, rotateWebhook),
	TestWebhook:   entrance(commsAllowList, hasWebhook, testWebhook),
	DeleteWebhook: entrance(commsAllowList, hasWebhook, deleteWebhook),
}

func gatesOf(at Endpoint) []stage { return gates[at] }

func subscriptionKey(c *call) *reply {
	switch key := c.r.Header.Get(c.s.options.KeyHeader); {
	case key == "":
		return c.missingKey()
	case !c.s.store.knowsKey(key):
		return c.invalidKey()
	}
	return nil
}

func bearer(c *call) *reply {
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		c.account = c.s.identity.owner(token, c.now)
	}
	if c.account == nil {
		return (&reply{status: http.StatusUnauthorized}).with("WWW-Authenticate", "Bearer")
	}
	return nil
}

func commsAllowList(c *call) *reply {
	if c.sw.CommsEnabled {
		return nil
	}
	return c.refuse(http.StatusForbidden, codeCommsOff, "The comms API is not enabled for this account.")
}

func commsAllowListForTemplate(c *call) *reply {
	if c.guest.TemplateID.Value == "" || c.sw.AllowListPosition == "after_row" {
		return nil
	}
	return commsAllowList(c)
}

func lateCommsAllowList(c *call) *reply {
	if c.guest.TemplateID.Value == "" {
		return nil
	}
	return commsAllowList(c)
}

func trusted(c *call) *reply {
	if c.sw.Trusted {
		return nil
	}
	c.s.recorder.refusedUntrusted()
	return c.refuse(http.StatusForbidden, codeUntrusted, "Verify your account at qflowhub.io/manage to send emails.")
}

func countWhileUntrusted(c *call) *reply {
	if !c.sw.Trusted {
		c.s.recorder.calledWhileUntrusted(c.at)
	}
	return nil
}
