// Package deploy holds what runs and watches guestflow somewhere: a compose file, a Dockerfile, a systemd unit,
// Kubernetes manifests, a dashboard, alerts and example configurations. Few of them can be tried without the system
// they are for, so its tests read them and compare every name in them with the real command line and with what a real
// process measures.
package deploy
