// Package referee judges guestflow by a Qflow that its sandbox was not written with: a small one, after
// docs/qflow-api.md alone, whose every unknown is drawn at random. Lists of a few people come in, are corrected,
// paused, cancelled and tried again while gates open and close, answers are lost and workers stop; at the end each row
// of each list is held against that Qflow's books.
//
// A game is repeated by its seed as far as the machine's scheduling allows: GUESTFLOW_REFEREE_SEED=17 plays that one
// alone.
package referee

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
)

// known games once found a fault, and are played each time.
var known = []uint64{5, 6, 394881, 415373, 533388, 582876}

// TestEachRowIsWhatTheBooksOfAnotherQflowSay plays many games side by side, since they mostly wait: those that are
// known, and some more. GUESTFLOW_CHAOS=long plays longer ones and 300 new ones,
// GUESTFLOW_REFEREE_GAMES=50 as many new ones alone.
func TestEachRowIsWhatTheBooksOfAnotherQflowSay(t *testing.T) {
	t.Parallel()
	seeds, steps, fresh := slices.Clone(known), 16, 10
	if testkit.Long() {
		fresh, steps = 300, 24
	}
	if n, err := strconv.Atoi(os.Getenv("GUESTFLOW_REFEREE_GAMES")); err == nil {
		seeds, fresh = nil, n
	}
	draw := rand.New(rand.NewPCG(testkit.Seed(t), 0))
	for range fresh {
		seeds = append(seeds, draw.Uint64N(1_000_000))
	}
	if given := os.Getenv("GUESTFLOW_REFEREE_SEED"); given != "" {
		seed, err := strconv.ParseUint(given, 10, 64)
		if err != nil {
			t.Fatalf("GUESTFLOW_REFEREE_SEED: %v", err)
		}
		seeds = []uint64{seed}
	}
	t.Logf("seeds %v", seeds)
	server := redistest.Start(t)
	slots := make(chan struct{}, 8)
	var running sync.WaitGroup
	for _, seed := range seeds {
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			t.Run(fmt.Sprint(seed), func(t *testing.T) { newGame(t, server, seed).play(steps) })
		})
	}
	running.Wait()
}

func TestMain(m *testing.M) {
	flag.Parse()
	redis.SetLogger(quiet{})
	os.Exit(m.Run())
}

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}
