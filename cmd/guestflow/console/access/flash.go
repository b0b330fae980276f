package access

import (
	"net/http"
	"time"
)

const (
	flashCookie = "guestflow_told" // a sentence on its way to the next page
	flashLife   = time.Minute      // a redirect takes less
)

// SetFlash has the browser bring a sentence to its next page, over a redirect. It is signed, so that no neighbouring host can put words
// into the console's mouth.
func (a *Access) SetFlash(w http.ResponseWriter, sentence string) {
	_ = a.signer.set(w, flashCookie, sentence, flashLife) // a text can always be encoded
}

// PopFlash takes the sentence that Tell gave, and forgets it; "" where there is none.
func (a *Access) PopFlash(w http.ResponseWriter, r *http.Request) (sentence string) {
	if len(r.CookiesNamed(a.signer.name(flashCookie))) == 0 {
		return ""
	}
	a.signer.get(r, flashCookie, &sentence)
	a.signer.clear(w, flashCookie)
	return sentence
}
