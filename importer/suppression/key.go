package suppression

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"sync"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/guest"
	"guestflow/tokencache"
)

// digest is what is kept of an address. Its first twelve bits choose the bucket.
type digest [8]byte

// field is the address's field in its bucket.
func (d digest) field() string { return string(d[1:]) }

// hasher makes digests of addresses.
type hasher struct {
	key  []byte
	id   string    // names the key, so that a script sees that Redis has another one
	macs sync.Pool // of *mac
}

// mac is a keyed hash with the buffer that it fills.
type mac struct {
	hash.Hash
	sum []byte
}

const keySize = 32

func newHasher(key []byte) *hasher {
	id := sha256.Sum256(append([]byte("guestflow suppression key:"), key...))
	h := &hasher{key: key, id: hex.EncodeToString(id[:4])}
	h.macs.New = func() any { return &mac{Hash: hmac.New(sha256.New, key)} }
	return h
}

// of returns the digest of an address, folded as the addresses of guests are.
func (h *hasher) of(address string) (d digest) {
	m := h.macs.Get().(*mac)
	defer h.macs.Put(m)
	m.Reset()
	m.Write([]byte(guest.FoldAddress(address)))
	m.sum = m.Sum(m.sum[:0])
	copy(d[:], m.sum)
	return d
}

func (h *hasher) all(addresses []string) []digest {
	digests := make([]digest, len(addresses))
	for i, a := range addresses {
		digests[i] = h.of(a)
	}
	return digests
}

// key returns what hashes addresses, or nil if there is no key yet and none is to be made.
func (s *Set) key(ctx context.Context, create bool) (*hasher, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hasher != nil {
		return s.hasher, nil
	}
	stored, err := s.ledger.Redis().HGet(ctx, s.head(), "key").Bytes()
	if errors.Is(err, redis.Nil) {
		if !create {
			return nil, nil
		}
		stored, err = s.createKey(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of the suppressed addresses: %w", err)
	}
	key, err := s.ledger.Unseal(stored, s.head())
	if err != nil {
		return nil, fmt.Errorf("read the key of the suppressed addresses: %w", err)
	}
	s.hasher = newHasher(key)
	return s.hasher, s.keepSealed(ctx, stored, key)
}

// newKey returns a random key that is not taken for a sealed one where nothing is sealed.
func newKey() []byte {
	key := make([]byte, keySize)
	for {
		_, _ = rand.Read(key) // it never fails
		if !tokencache.IsSealed(key) {
			return key
		}
	}
}

// createKey makes a key, unless another process has made one.
func (s *Set) createKey(ctx context.Context) ([]byte, error) {
	key := newKey()
	sealed, err := s.ledger.Seal(key, s.head())
	if err != nil {
		return nil, err
	}
	var kept *redis.StringCmd
	_, err = s.ledger.Redis().TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.HSetNX(ctx, s.head(), "key", sealed)
		tx.HSetNX(ctx, s.head(), "id", newHasher(key).id)
		kept = tx.HGet(ctx, s.head(), "key")
		return nil
	})
	if err != nil {
		return nil, err
	}
	return kept.Bytes()
}

// keepSealed seals the key anew when it is sealed by a key of tokens that is no longer the first, so that this one can
// be removed; or by none, as before there was one.
func (s *Set) keepSealed(ctx context.Context, stored, key []byte) error {
	if !s.ledger.SealedOtherwise(stored) {
		return nil
	}
	sealed, err := s.ledger.Seal(key, s.head())
	if err == nil {
		err = s.ledger.Redis().HSet(ctx, s.head(), "key", sealed, "id", s.hasher.id).Err()
	}
	if err != nil {
		return fmt.Errorf("seal the key of the suppressed addresses anew: %w", err)
	}
	return nil
}

// forgetKey has the key be read again, if it is still this one.
func (s *Set) forgetKey(h *hasher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hasher == h {
		s.hasher = nil
	}
}
