package spool

// AtSteps calls f at the steps of items that wait, where a process may die.
func (s *Spool) AtSteps(f func(step string)) { s.testHook = f }
