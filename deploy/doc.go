// Package deploy holds what runs guestflow somewhere: a compose file, a Dockerfile, a systemd unit and example
// configurations. None of them can be tried without the system they are for, so its tests read them and compare every
// name in them with the real command line.
package deploy
