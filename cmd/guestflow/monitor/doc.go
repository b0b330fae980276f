// Package monitor is what machines are told of a process: metrics for Prometheus, and whether it is alive and ready. It holds
// nothing of guests, and the labels of its metrics are closed sets, so that it can be shown without a login.
package monitor
