//go:build !race

package testkit

// RaceDetector is whether these tests run with the race detector.
const RaceDetector = false
