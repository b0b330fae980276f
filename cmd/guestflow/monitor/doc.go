// Package monitor serves machines: metrics for Prometheus, and health checks. Its output holds nothing of guests, and
// the labels of its metrics are closed sets, so that it needs no login.
package monitor
