package nonname

import (
	"strings"

	"guestflow/importer/wordset"
)

var (
	// streetWords are words of streets wherever they stand, in small letters and without points.
	streetWords = wordset.Of(`street avenue road boulevard lane crescent highway hwy parkway pkwy blvd rue chemin
		impasse allée calle avenida avda carretera piazza vicolo
		travessa praça ulica náměstí namesti utca улица ул проспект пр-т переулок вулиця вул бульвар площадь sokak sokağı
		cadde caddesi mahallesi straße strasse str gasse
		straat gatan vägen gata katu οδός λεωφόρος شارع רחוב strada jalan đường ulice ulici trg platz stradă bulevardul`)
	// streetStarts begin the name of a street whose number stands behind it.
	streetStarts = wordset.Of(`via viale corso largo rua ul al pl os aleja plac place quai route plaza paseo camino
		carrera passeig carrer cra cl av ave bd am an im zur zum unter jl`)
	// streetEnds end the name of one whose number stands before it.
	streetEnds = wordset.Of(`st ave av rd ln dr ct pl sq way terrace close court drive place square row walk hill
		gardens grove mews park trail circle loop road weg tér út`)
	// streetEndings are the ends of words for streets.
	streetEndings = strings.Fields(`straße strasse strase str gasse allee platz damm ufer gracht straat laan plein kade
		weg steig markt gatan vägen gränd gata gade veien vegen gaten plass
		katu kuja ntie tanya utca plads`)
	currencies = wordset.Of(`eur usd gbp chf sek nok dkk pln czk huf ron try rub uah jpy cny inr aud cad nzd sgd hkd
		zar brl mxn aed euro euros dollar dollars pound pounds kr zł zl kč ft
		lei tl руб грн zloty złotych kronor kroner rupees fr rs`)
	numberedThings = wordset.Of(`seat row room apt apartment suite floor gate box hall lot block door slot level unit
		house building zone section bay desk station counter reihe zimmer raum
		etage stock saal halle kasse stand block gruppe klasse class group team squad wave batch session day tag siège
		rang chambre salle étage groupe classe asiento fila sala
		habitación piso grupo clase posto fila camera piano gruppo stoel rij kamer verdieping groep klas miejsce rząd
		pokój piętro plats rad rum våning grupp sæde række værelse
		istuin rivi huone ryhmä sedadlo řada pokoj skupina место ряд комната группа этаж місце ряд кімната група loc rând
		camera grupa koltuk sıra oda grup lot no nr pos item
		order booking reservation bestellung buchung auftrag commande pedido ordine invoice rechnung id code ref`)
	// people are words behind a number of people.
	people = wordset.Of(`x p pers person persons personen people pax guest guests gäste adult adults child children kid
		kids ticket tickets karten seats plätze erw erwachsene kinder personnes
		personne adultes enfants invités personas adultos niños persone adulti bambini pessoas adulto crianças volwassenen
		kinderen osób osoby osoba personer vuxna barn voksne børn henkilöä
		aikuista lasta osob fő persoane kişi чел человек человека осіб άτομα and und & plus + more weitere others`)
	months = wordset.Of(`jan january januar janvier enero gennaio janeiro feb february februar février febrero mar
		march märz mars marzo apr april avril abril may mai mayo june juni juin
		junio july juli juillet julio aug august août agosto sep sept september septembre septiembre oct october oktober
		octobre octubre nov november novembre noviembre dec december
		dezember décembre diciembre dez okt of de`)
	days = wordset.Of(`mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday
		montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so`)
	webEndings = wordset.Of(`com org net info io eu de at ch fr it es nl be uk co se no dk fi pl cz hu ro gr pt us ca
		au jp cn br ru ua ie app dev edu gov biz online shop store`)
	fileEndings = wordset.Of(`pdf jpg jpeg png gif heic doc docx xls xlsx csv txt zip ppt pptx htm html`)
)
