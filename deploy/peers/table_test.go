package main

import (
	"strings"
	"testing"
	"time"
)

func TestTheTableHasMediansAndTheRatiosOfEachRound(t *testing.T) {
	scores := func(seconds ...float64) (list []score) {
		for _, s := range seconds {
			took := time.Duration(s * float64(time.Second))
			list = append(list, score{imported: took, worked: took, workerCPU: took})
		}
		return list
	}
	all := results{
		nameAsynq:     {0: scores(4, 2, 8)},
		nameGuestflow: {0: scores(1, 2, 1)},
	}
	got := table(options{guests: 100, rounds: 3, only: nameAsynq + "," + nameGuestflow}, all,
		map[string]float64{nameAsynq: 5})
	for _, want := range []string{
		"|  | plain Asynq | guestflow |", "| guests/s, API 0 ms | 25 | 100 |", "| idle: Redis commands/s | 5.0 |  |",
		"| of it the worker | 4000.0 | 1000.0 |",
		"| guests/s, API 0 ms | 4.00 |", // of 4, 1 and 8
		"| of it the worker | 4.00 |",
		"| guests/s, API 20 ms |  |  |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// Of two rounds neither the better nor the worse one is the median.
func TestTheMedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle(t *testing.T) {
	for want, values := range map[float64][]float64{0: nil, 3: {3}, 4: {6, 2}, 5: {1, 9, 6, 4}} {
		if got := median(values); got != want {
			t.Errorf("the median of %v is %v, want %v", values, got, want)
		}
	}
}
