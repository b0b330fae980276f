package rowstatus

import (
	"strings"
)

// A heading, a title, or the name of a sheet or a file may say that those in it are not meant yet, not any more, or only
// if others decline: “ENTWURF”, “OLD - do not use”, “Guest list 2023 (outdated)”, “B-List”.

var (
	// asideLabels say it wherever they stand.
	asideLabels = keys(`outdated|obsolete|superseded|deprecated|draft|not final|do not use|dont use|old list|
		old guest list|old version|old guests|old data|former guests|former members|former employees|former staff|
		last years list|b list|c list|backup list|second choice|second wave|only if|if space|if there is space|
		if there is room|not to be used|entwurf|veraltet|nicht aktuell|nicht verwenden|nicht benutzen|nicht nutzen|
		nicht versenden|nicht verschicken|nicht senden|nicht mehr verwenden|alte liste|alte gästeliste|alte version|
		alter stand|ehemalige gäste|ehemalige mitarbeiter|ehemalige mitglieder|b liste|c liste|liste b|nur wenn platz|
		wenn platz|falls platz|nur falls|zweite wahl|brouillon|obsolète|périmé|périmée|ne pas utiliser|ancienne liste|
		ancienne version|anciens invités|anciens membres|seulement si|s il reste de la place|si place|borrador|obsoleto|
		no usar|no utilizar|lista antigua|lista vieja|versión antigua|solo si|si hay sitio|si hay espacio|si hay lugar|
		lista b|bozza|obsoleta|non usare|non utilizzare|vecchia lista|lista vecchia|vecchia versione|solo se|se c è posto|
		rascunho|desatualizado|desatualizada|não usar|não utilizar|versão antiga|apenas se|se houver lugar|se houver vaga|
		verouderd|niet gebruiken|niet versturen|oude lijst|oude versie|oude gastenlijst|b lijst|alleen als|als er plek|
		als er plaats|utkast|inaktuell|använd inte|använd ej|använd inte|gammal lista|gammal version|bara om|endast om|
		i mån av plats|udkast|kladde|forældet|utdatert|brug ikke|må ikke bruges|ikke bruk|skal ikke brukes|gammel liste|
		gammel version|gammel versjon|kun hvis|luonnos|vanhentunut|älä käytä|vanha lista|vain jos|wersja robocza|szkic|
		nieaktualne|nieaktualna|nie używać|stara lista|tylko jeśli|lista rezerwowa|neaktuální|nepoužívat|starý seznam|
		pouze pokud|jen pokud|neaktuálne|nepoužívať|starý zoznam|vázlat|elavult|ne használd|régi lista|csak ha|ciornă|
		nu folosi|nu utiliza|listă veche|doar dacă|nacrt|zastarjelo|ne koristiti|stari popis|samo ako|черновик|устарело|
		устаревший|не использовать|старый список|только если|чернетка|застарілий|не використовувати|старий список|лише якщо|
		πρόχειρο|μην χρησιμοποιείτε|παλιά λίστα|taslak|kullanmayın|eski liste|sadece yer varsa`)
	// asideAlone say it by themselves, beside numbers.
	asideAlone = keys(`old|former|ehemalige|ehemaliger|ehemaligen|ehemals|anciens|anciennes|antiguos|antiguas|ex miembros|
		ex soci|antigos|oud|voormalige|gamla|tidigare|tidligere|gamle|dawni|byli|bývalí|korábbi|foști|bivši|entiset|бывшие|
		колишні|eskiler|maybes|reserve|reserves|reserveliste`)
	// asideEndings end the names of files and sheets.
	asideEndings = keys(`old|outdated|obsolete|draft|veraltet|entwurf|ancien|antiguo|viejo|vecchio|antigo|oud|gammal|
		gammel|stary|stare|régi|eski|старый`)
)

// saysAside reports whether a label's words say that those below it are set aside.
func saysAside(words []string) bool {
	var kept []string
	for i, word := range words {
		for n := 1; n <= 4 && i+n <= len(words); n++ {
			if asideLabels[strings.Join(words[i:i+n], "")] {
				return true
			}
		}
		if !isDigits(word) {
			kept = append(kept, word)
		}
	}
	return len(kept) > 0 && (asideAlone[strings.Join(kept, "")] || asideEndings[kept[len(kept)-1]])
}
