package tokencache_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"guestflow/tokencache"
)

// A worker asks for the token before each call, and hands back the generation if the API answers 401.
func Example() {
	// Stand-ins for an identity server and a Redis.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"access_token":"for-%s","refresh_token":"r","expires_in":3600}`, r.FormValue("grant_type"))
	}))
	defer server.Close()
	store := miniredis.NewMiniRedis()
	if err := store.Start(); err != nil {
		panic(err)
	}
	defer store.Close()
	client := redis.NewClient(&redis.Options{Addr: store.Addr()})
	defer client.Close()

	keys, err := tokencache.ParseKeys("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	if err != nil {
		panic(err)
	}
	endpoint := tokencache.Qflow()
	endpoint.TokenURL = server.URL
	cache, err := tokencache.New(client, tokencache.Config{
		Account:  "acme",
		Endpoint: endpoint,
		Credentials: tokencache.Credentials{
			ClientID: "acme_resowner", ClientSecret: "secret", Username: "ops@acme.example", Password: "password",
		},
		Keys: keys,
	})
	if err != nil {
		panic(err)
	}
	defer cache.Close()

	ctx := context.Background()
	for range 2 {
		token, err := cache.Token(ctx)
		var auth *tokencache.AuthError
		if errors.As(err, &auth) {
			fmt.Println(auth.Advice()) // close the gate, tell the operator
			return
		} else if err != nil {
			fmt.Println("later:", err)
			return
		}
		fmt.Println(token.Generation, token.Access, token.Access.Reveal())
		_ = cache.Refused(ctx, token.Generation) // say, the API answered 401
	}
	// Output:
	// 1 [hidden] for-password
	// 2 [hidden] for-refresh_token
}
