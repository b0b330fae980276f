package tokencache

// SetTestHook lets a test act at a named point of the protocol. Call it before the cache is used.
func (c *Cache) SetTestHook(f func(point string)) { c.testHook = f }

// The points, for tests outside.
const (
	PointClaimed   = pointClaimed
	PointLeaving   = pointLeaving
	PointAnswered  = pointAnswered
	PointJournaled = pointJournaled
	PointCommitted = pointCommitted
)
