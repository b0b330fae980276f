package seen_test

import (
	"crypto/sha1"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"testing"

	"guestflow/importer/seen"
)

func hash(n int) seen.Hash {
	sum := sha1.Sum(binary.LittleEndian.AppendUint64(nil, uint64(n)))
	h := seen.Hash(sum[:16])
	h[6], h[8] = h[6]&0x0f|0x50, h[8]&0x3f|0x80 // as a UUIDv5
	return h
}

// 300,000 of which every third comes again, some soon and some late: a map is what it must agree with.
func TestWhatComesTwiceIsFoundWithItsFirstNumber(t *testing.T) {
	t.Parallel()
	s := seen.New()
	defer s.Close()
	random := rand.New(rand.NewPCG(1, 2))
	want := map[int]int{}
	for number := range 300_000 {
		n := number
		if number > 0 && random.IntN(3) == 0 {
			n = random.IntN(number)
		}
		first, twice, err := s.Add(hash(n), number)
		if err != nil {
			t.Fatal(err)
		}
		if known, is := want[n]; is != twice || known != first {
			t.Fatalf("number %d: first %d, %v; want %d, %v", number, first, twice, known, is)
		} else if !is {
			want[n] = number
		}
	}
}

// However few there are, and though those of one place are in the file before the others have come.
func TestWhatComesTwiceIsFoundAlsoOfHashesThatAreNotSpread(t *testing.T) {
	t.Parallel()
	s := seen.New()
	defer s.Close()
	uneven := func(n int) seen.Hash {
		h := hash(n)
		if n < 250 {
			h[10], h[11] = 0, 0
		}
		return h
	}
	for n := range 3000 {
		s.Prefetch(uneven(n))
		if _, twice, err := s.Add(uneven(n), n); twice || err != nil {
			t.Fatalf("%d: %v, %v", n, twice, err)
		}
		if n%300 > 0 {
			continue
		}
		for again := range n + 1 {
			if first, twice, err := s.Add(uneven(again), n); first != again || !twice || err != nil {
				t.Fatalf("%d of %d: first %d, %v, %v", again, n, first, twice, err)
			}
		}
	}
}

func TestNothingStaysOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := seen.New()
	for n := range 100_000 {
		if _, _, err := s.Add(hash(n), n); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v: the file can be seen while it is used, and would stay after a kill", left, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestAFullDiskIsAnErrorAndNoWrongAnswer(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	s := seen.New()
	for n := range 200_000 {
		if _, _, err := s.Add(hash(n), n); err != nil {
			return
		}
	}
	t.Error("200,000 hashes were kept nowhere")
}

func BenchmarkAdd(b *testing.B) {
	for name, every := range map[string]int{"new": 0, "a tenth twice": 10} {
		b.Run(name, func(b *testing.B) {
			s := seen.New()
			defer s.Close()
			for n := range b.N {
				if every > 0 && n%every == 0 {
					n /= 2
				}
				if _, _, err := s.Add(hash(n), n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
