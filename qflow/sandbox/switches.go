package sandbox

// Switches are the facts about Qflow that are unknown, and the state of the account, as values that can be changed
// while the sandbox runs. A text field takes one of the values of its one_of tag; the first is the default, the
// likeliest answer by docs/qflow-api.md. Section numbers below are that page's.
type Switches struct {
	// Gates of the account itself.

	// Trusted is section 3 "Trust gate": a KYC-complete account. False refuses every email with 403 trust_required.
	Trusted bool `json:"trusted"`
	// CommsEnabled is section 3 "Allow-list". False refuses comms and commsTemplateId with 403 comms_api_not_enabled.
	CommsEnabled bool `json:"comms_enabled"`
	// PlanLimit is section 4.6 "Plan limit on API-added guests", per month and account. 0 = no limit (Free has 75).
	PlanLimit int `json:"plan_limit"`
	// UpsertUsesPlan is section 11 question 11: does an upsert of an existing guest use plan quota?
	UpsertUsesPlan bool `json:"upsert_uses_plan"`
	// RepeatUsesPlan is section 4.6 "whether updates or idempotent repeats count", for POST /guest.
	RepeatUsesPlan bool `json:"repeat_uses_plan"`
	// PlanBody is section 11 question 12: the body of the plan-limit 403.
	PlanBody string `json:"plan_body" one_of:"message,code,empty,text,html"`
	// BulkOverPlan is section 4.6 "how a bulk call that crosses the line behaves".
	BulkOverPlan string `json:"bulk_over_plan" one_of:"refuse_all,keep_until_full"`

	// Token endpoints.

	// AccessTokenSeconds overrides the dialect's expires_in; 0 keeps it (Qflow 3600 s, section 2).
	AccessTokenSeconds int `json:"access_token_seconds"`
	// ReuseRevokesFamily makes a second use of a refresh token also revoke every token that came of it, as many
	// identity servers do against theft. Section 2 says only that "the old one stops working".
	ReuseRevokesFamily bool `json:"reuse_revokes_family"`

	// Cloudflare (section 7).

	// ZonePerMinute and SendPerMinute are the documented limits, 1000 and 300, per source address. 0 = none.
	ZonePerMinute int `json:"zone_per_minute"`
	SendPerMinute int `json:"send_per_minute"`
	// WindowSeconds is the length of the sliding window the two count in, 60. Shorter makes a quick test.
	WindowSeconds float64 `json:"window_seconds"`
	// MitigationSeconds is how long a tripped limit goes on refusing whatever the rate, 60. 0 = only the excess.
	MitigationSeconds float64 `json:"mitigation_seconds"`
	// MitigationScope says what is refused meanwhile: all calls of the address, or those of the rule that tripped.
	MitigationScope string `json:"mitigation_scope" one_of:"all,rule"`
	// OriginDown is the status by which Cloudflare answers every call while it cannot reach what is behind it (a fact of
	// the platform, docs/qflow-api.md section 7): none of them is handed on. After 521, 523, 525 and 526 a client may know
	// that.
	OriginDown string `json:"origin_down" one_of:"no,521,522,523,524,525,526"`
	// RateLimitBody and RetryAfter are section 11 question 17: 429 body and headers.
	RateLimitBody string `json:"rate_limit_body" one_of:"json,html,empty"`
	RetryAfter    string `json:"retry_after" one_of:"none,seconds,date"`

	// POST /guest.

	// RowOnTrust403 and RowOnTemplate404 are section 11 question 1: is the row kept?
	RowOnTrust403    string `json:"row_on_trust_403" one_of:"kept,dropped"`
	RowOnTemplate404 string `json:"row_on_template_404" one_of:"kept,dropped"`
	// AllowListPosition is section 3: is comms_api_not_enabled said before the row is made, or after?
	AllowListPosition string `json:"allow_list_position" one_of:"before_row,after_row"`
	// RepeatAfterTrust is section 11 question 2: does repeating POST /guest after KYC send?
	RepeatAfterTrust string `json:"repeat_after_trust" one_of:"sends,as_is"`
	// RepeatOtherTemplate is section 4.3 "a different commsTemplateId".
	RepeatOtherTemplate string `json:"repeat_other_template" one_of:"sends,as_is"`
	// TemplateAddedLater is section 4.3 "row first made without template, now with one".
	TemplateAddedLater string `json:"template_added_later" one_of:"sends,as_is"`
	// RepeatWhileUntrusted is a repeat whose email was queued before, while trust is closed: validation comes before
	// queueing (section 3), so 403 is likelier than the row as it is.
	RepeatWhileUntrusted string `json:"repeat_while_untrusted" one_of:"403,as_is"`
	// RepeatChangedFields is section 4.3 "changed fields": the row is returned as-is, or changed.
	RepeatChangedFields string `json:"repeat_changed_fields" one_of:"as_is,updates"`
	// TemplateWithoutEmail is section 4.1 "POST /guest with a template but no email".
	TemplateWithoutEmail string `json:"template_without_email" one_of:"400,accepted"`
	// IDInOtherEvent is section 4.3 "id exists under another event or account": the status.
	IDInOtherEvent string `json:"id_in_other_event" one_of:"404,400,409"`
	// DuplicateBarcode is section 4.1 "the result of a collision" within an event.
	DuplicateBarcode string `json:"duplicate_barcode" one_of:"accepted,400,409,regenerated"`
	// ForbiddenTags is section 8: is a forbidden tag character rejected or stripped?
	ForbiddenTags string `json:"forbidden_tags" one_of:"400,stripped,accepted"`
	// MalformedEmail is section 11 question 19, "format checks".
	MalformedEmail string `json:"malformed_email" one_of:"400,accepted"`
	// NameRequired is section 4.1 "assume eventId and at least one name are required".
	NameRequired string `json:"name_required" one_of:"yes,no"`
	// PageSize is section 4.5 "page size and paging method": the guests GET /guests gives, 100. Negative = all.
	PageSize int `json:"page_size"`
	// GuestPaging is section 4.5 too: how the guests behind a page are asked for. cut: there is no way to them.
	GuestPaging string `json:"guest_paging" one_of:"cut,number,link"`

	// POST /guests/{eventId}, of which section 4.4 says that nearly all is unknown.

	// BulkPartial is section 11 question 6: what one bad row does to the call. keep_good_400 is the treacherous one.
	BulkPartial string `json:"bulk_partial" one_of:"reject_all,per_row_200,per_row_207,keep_good_400"`
	// BulkBody and BulkStatus are the success body and code. 204 has no body whatever BulkBody says.
	BulkBody   string `json:"bulk_body" one_of:"array,object,empty,not_json"`
	BulkStatus string `json:"bulk_status" one_of:"200,201,204"`
	// BulkRows is how per_row_200 and per_row_207 report bad rows: a status for each row, a success flag for each row, or
	// a list of the bad ones only.
	BulkRows string `json:"bulk_rows" one_of:"status,success,errors_only"`
	// BulkTemplate is section 11 question 10: commsTemplateId in bulk.
	BulkTemplate string `json:"bulk_template" one_of:"ignored,rejected"`
	// BulkOmitted and BulkNull are section 11 question 8: what an omitted field and a null do to the stored value.
	BulkOmitted string `json:"bulk_omitted" one_of:"keeps,clears"`
	BulkNull    string `json:"bulk_null" one_of:"clears,keeps"`
	// BulkMatch is section 11 question 7: the match key. barcode means: id first, then the barcode within the event.
	BulkMatch string `json:"bulk_match" one_of:"id,barcode"`
	// UpsertResetsCheckIn is section 11 question 9.
	UpsertResetsCheckIn bool `json:"upsert_resets_check_in"`

	// Templates, /send and the mail behind it.

	// TemplateList is section 11 question 25: template list shapes.
	TemplateList string `json:"template_list" one_of:"array,wrapped,data"`
	// TemplateHTML is section 5.1 "shape unknown": whether the list of templates shows their html.
	TemplateHTML string `json:"template_html" one_of:"listed,absent"`
	// TemplateUpsert is section 5.1 "Conflict on a repeated id".
	TemplateUpsert string `json:"template_upsert" one_of:"updates,returns_old"`
	// SendWhileQueued is section 5.2 "queued / in flight / deferred".
	SendWhileQueued string `json:"send_while_queued" one_of:"sends,as_is,409"`
	// SendWithoutEmail is section 11 question 20: send to a guest without email.
	SendWithoutEmail string `json:"send_without_email" one_of:"400,422,accepted"`
	// EmailChangeClears is section 5.2 "whether correcting the guest's email clears the block".
	EmailChangeClears bool `json:"email_change_clears"`
	// MailHeld keeps every email queued, and its webhooks unsent, until it is false again.
	MailHeld bool `json:"mail_held"`
	// MailDelayMS is the time between queueing an email and its first webhook, 0. Docs: "within seconds".
	MailDelayMS int `json:"mail_delay_ms"`

	// Webhooks (section 6), whose delivery details are unknown.

	// WebhookPayload is "full shape and key casing".
	WebhookPayload string `json:"webhook_payload" one_of:"camel,pascal,nested"`
	// WebhookAddress is whether a payload names the guest's email address.
	WebhookAddress string `json:"webhook_address" one_of:"yes,no"`
	// BounceKind is whether comms.bounced says if the bounce was a hard or a soft one; soft@x.example has a soft one.
	BounceKind string `json:"bounce_kind" one_of:"unsaid,said"`
	// WebhookRetries is how many more times an unaccepted delivery is tried, 4.
	WebhookRetries int `json:"webhook_retries"`
	// WebhookRetryMS is the wait before the first retry, doubled for each further one, 500.
	WebhookRetryMS int `json:"webhook_retry_ms"`
	// WebhookTimeoutMS is how long the receiver may take, 5000.
	WebhookTimeoutMS int `json:"webhook_timeout_ms"`
	// WebhookRetryID and WebhookRetryTime are "whether t or the webhook id change per attempt".
	WebhookRetryID   string `json:"webhook_retry_id" one_of:"same,new"`
	WebhookRetryTime string `json:"webhook_retry_time" one_of:"new,same"`
	// WebhookOrder is "events may arrive out of order".
	WebhookOrder string `json:"webhook_order" one_of:"in_order,reversed,shuffled"`
	// WebhookTwice delivers every accepted event once more with the same id.
	WebhookTwice bool `json:"webhook_twice"`
	// WebhookRepost is "re-posting /webhook with another URL: new secret or not".
	WebhookRepost string `json:"webhook_repost" one_of:"new,keeps"`
	// WebhookKey is section 11 question 24: the HMAC key is the secret's text, or its decoded bytes.
	WebhookKey string `json:"webhook_key" one_of:"ascii,hex_decoded"`
	// WebhookHex is "hex case not stated".
	WebhookHex string `json:"webhook_hex" one_of:"lower,upper"`
	// WebhookV2 adds a v2= entry of an unknown scheme to the signature, which v1 receivers must survive.
	WebhookV2 bool `json:"webhook_v2"`

	// Shapes common to all answers.

	// ErrorShape is section 11 question 16: the keys of 4xx bodies.
	ErrorShape string `json:"error_shape" one_of:"error,code,errorCode,pascal,nested,text,problem"`
	// DateParsing is section 11 question 27: utc_only refuses a date-time without Z.
	DateParsing string `json:"date_parsing" one_of:"any_iso,utc_only"`
	// DateFormat is how date-times are answered: 2026-06-01T18:00:00Z, ...+00:00, or without any offset.
	DateFormat string `json:"date_format" one_of:"z,offset,naive"`
	// EmptyFields is how an empty field of a guest is answered.
	EmptyFields string `json:"empty_fields" one_of:"null,omitted"`

	// What the sandbox itself records; no answer depends on it.

	// KeepCalls lists every call about a guest or an email in History.CallList. Off by default: a long run has hundreds of
	// thousands of them.
	KeepCalls bool `json:"keep_calls"`
}
