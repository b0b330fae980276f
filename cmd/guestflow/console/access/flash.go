package access

import (
	"net/http"
	"time"
)

const (
	flashCookie = "guestflow_told" // a sentence for the next page
	flashLife   = time.Minute      // a redirect takes less
)

// SetFlash stores a sentence for the next page, across a redirect. It is signed, so that no neighbouring host can forge
// one.
func (a *Access) SetFlash(w http.ResponseWriter, sentence string) {
	_ = a.signer.set(w, flashCookie, sentence, flashLife) // a text can always be encoded
}

// PopFlash returns the sentence of SetFlash and deletes it; "" if there is none.
func (a *Access) PopFlash(w http.ResponseWriter, r *http.Request) (sentence string) {
	if len(r.CookiesNamed(a.signer.name(flashCookie))) == 0 {
		return ""
	}
	a.signer.get(r, flashCookie, &sentence)
	a.signer.clear(w, flashCookie)
	return sentence
}
