package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Error codes of docs/qflow-api.md section 7.
const (
	codeCommsOff   = "comms_api_not_enabled"
	codeUntrusted  = "trust_required"
	codeRateLimit  = "rate_limit"
	codeSpam       = "spam_check_failed"
	codePreviously = "previous_send_permanently_failed"
	codeInvalid    = "validation_error"
	codePlan       = "plan_limit_reached"
)

// refuse is a 4xx in the shape that the error_shape switch asks for. Codes are empty where Qflow's documents have none.
func (c *call) refuse(status int, code, message string) *reply {
	return c.refuseWith(status, code, message, nil)
}

func (c *call) invalid(format string, args ...any) *reply {
	return c.refuse(http.StatusBadRequest, codeInvalid, fmt.Sprintf(format, args...))
}

func (c *call) refuseWith(status int, code, message string, more map[string]any) *reply {
	if c.sw.ErrorShape == "text" {
		return textReply(status, "text/plain; charset=utf-8", code+": "+message)
	}
	answer := jsonReply(status, errorBody(c.sw.ErrorShape, status, code, message, more))
	if c.sw.ErrorShape == "problem" {
		answer.kind = "application/problem+json"
	}
	return answer
}

func errorBody(shape string, status int, code, message string, more map[string]any) map[string]any {
	body := map[string]any{"message": message}
	for name, value := range more {
		body[name] = value
	}
	if code == "" {
		return body
	}
	switch shape {
	case "nested":
		return map[string]any{"error": merge(body, "code", code)}
	case "pascal":
		return merge(pascal(body), "ErrorCode", code)
	case "problem":
		delete(body, "message")
		return merge(merge(merge(body, "title", code), "detail", message), "status", status)
	default: // error, code, errorCode
		return merge(body, shape, code)
	}
}

func merge(body map[string]any, name string, value any) map[string]any {
	body[name] = value
	return body
}

// overPlan is the 403 whose body is unknown (docs/qflow-api.md section 4.6).
func (c *call) overPlan() *reply {
	const message = "You have reached the number of guests that can be added via API in this period. Please upgrade."
	switch c.sw.PlanBody {
	case "code":
		return c.refuse(http.StatusForbidden, codePlan, message)
	case "empty":
		return &reply{status: http.StatusForbidden}
	case "text":
		return textReply(http.StatusForbidden, "text/plain", message)
	case "html":
		return textReply(http.StatusForbidden, "text/html", "<html><body><h1>Forbidden</h1><p>"+message+"</p></body></html>")
	}
	return jsonReply(http.StatusForbidden, map[string]any{"message": message})
}

// tooMany is the edge's 429 (docs/qflow-api.md section 7), with the time after which it ends.
func (c *call) tooMany(left time.Duration) *reply {
	const message = "too many requests from the same address"
	var answer *reply
	switch c.sw.RateLimitBody {
	case "html":
		answer = textReply(http.StatusTooManyRequests, "text/html; charset=UTF-8",
			"<!DOCTYPE html><html><head><title>Access denied | Error 1015</title></head><body>You are being rate limited</body></html>")
	case "empty":
		answer = &reply{status: http.StatusTooManyRequests}
	default:
		answer = c.refuse(http.StatusTooManyRequests, codeRateLimit, message)
	}
	switch c.sw.RetryAfter {
	case "seconds":
		seconds := int64((left + time.Second - 1) / time.Second)
		answer.with("Retry-After", strconv.FormatInt(seconds, 10))
	case "date":
		end := c.now.Add(left + time.Second - 1).UTC().Truncate(time.Second)
		answer.with("Retry-After", end.Format(http.TimeFormat))
	}
	return answer
}

// missingKey and invalidKey are Azure API Management's own words.
func (c *call) missingKey() *reply {
	return c.accessDenied("Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.")
}

func (c *call) invalidKey() *reply {
	return c.accessDenied("Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.")
}

func (c *call) accessDenied(message string) *reply {
	answer := jsonReply(http.StatusUnauthorized, map[string]any{"statusCode": http.StatusUnauthorized, "message": message})
	challenge := fmt.Sprintf("AzureApiManagementKey realm=%q,name=%q,type=\"header\"", "https://api.qflowhub.io",
		c.s.options.KeyHeader)
	return answer.with("WWW-Authenticate", challenge)
}
