package access

import (
	"net/http"
	"time"
)

const (
	toldCookie = "guestflow_told" // a sentence on its way to the next page
	toldLife   = time.Minute      // a redirect takes less
)

// Tell has the browser bring a sentence to its next page, over a redirect. It is signed, so that no neighbouring host can put words
// into the console's mouth.
func (a *Access) Tell(w http.ResponseWriter, sentence string) {
	_ = a.signer.set(w, toldCookie, sentence, toldLife) // a text can always be encoded
}

// Told takes the sentence that Tell gave, and forgets it; "" where there is none.
func (a *Access) Told(w http.ResponseWriter, r *http.Request) (sentence string) {
	if len(r.CookiesNamed(a.signer.name(toldCookie))) == 0 {
		return ""
	}
	a.signer.get(r, toldCookie, &sentence)
	a.signer.clear(w, toldCookie)
	return sentence
}
