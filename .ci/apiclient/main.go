// Command apiclient imports a list with a client that is generated from the API's description: apiclient URL TOKEN
// EVENT. It prints the import's id once all of it is settled.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, url, token, event string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	withToken := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	client, err := NewClientWithResponses(url, WithRequestEditorFn(withToken))
	if err != nil {
		return err
	}
	guests := []Guest{
		{"first_name": "Ida", "last_name": "Holm", "email": "ida@generated.example"},
		{"first_name": "Bo", "last_name": "Ek", "email": "bo@generated.example", "plus_ones": 2,
			"tags": []string{"VIP", "Press, radio"}},
	}
	made, err := client.CreateImportWithResponse(ctx, &CreateImportParams{}, Order{Event: &event, Guests: guests})
	if err != nil {
		return err
	}
	if made.JSON202 == nil {
		return fmt.Errorf("%s: %s", made.Status(), made.Body)
	}
	for {
		imp, err := client.GetImportWithResponse(ctx, made.JSON202.Import)
		if err != nil {
			return err
		}
		if imp.JSON200 == nil {
			return fmt.Errorf("%s: %s", imp.Status(), imp.Body)
		}
		if imp.JSON200.State == "finished" {
			fmt.Println(imp.JSON200.Id)
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
