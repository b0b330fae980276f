package operate

import "time"

// EstimateRemaining is how long imports take that would take so many seconds each if they were alone, at the shares of
// the limits that they had of late.
func EstimateRemaining(alone, speed []float64) (left []time.Duration) {
	loads := make([]load, len(alone))
	for i := range alone {
		loads[i] = load{moving: alone[i], speed: speed[i]}
	}
	for _, l := range loads {
		now, _ := l.remaining(loads)
		left = append(left, now)
	}
	return left
}
