package testkit

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// seedVariable names the seed of tests that draw their cases at random: a number, or "new" for another one each time.
const seedVariable = "GUESTFLOW_SEED"

// Seed returns what a test draws its cases from, and logs it. It is the same each time, so that a test is not red by
// chance for what a change has nothing to do with. Tests at length draw others each time.
func Seed(t testing.TB) (seed uint64) {
	t.Helper()
	given := os.Getenv(seedVariable)
	seed, err := strconv.ParseUint(given, 10, 64)
	switch {
	case given == "new", given == "" && Long():
		seed = rand.Uint64()
	case given == "":
		seed = 1
	case err != nil:
		t.Fatalf("%s: %v", seedVariable, err)
	}
	t.Logf("%s=%d", seedVariable, seed)
	return seed
}
