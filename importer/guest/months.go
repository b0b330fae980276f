package guest

import (
	"slices"
	"strings"
)

// monthNames are the months in the languages of which a month may be cut short in a date, without accents.
var monthNames = [12][]string{
	strings.Fields("january januar janvier enero januari styczen stycznia gennaio janeiro"),
	strings.Fields("february februar fevrier febrero februari luty lutego febbraio fevereiro"),
	strings.Fields("march marz mars marzo maart mrt marzec marca marco maerz"),
	strings.Fields("april avril abril kwiecien kwietnia aprile"),
	strings.Fields("may mai mayo mei maj maja maggio maio"),
	strings.Fields("june juni juin junio czerwiec czerwca giugno junho"),
	strings.Fields("july juli juillet julio lipiec lipca luglio julho"),
	strings.Fields("august aout agosto augustus sierpien sierpnia"),
	strings.Fields("september sept septembre septiembre wrzesien wrzesnia settembre setembro"),
	strings.Fields("october oktober octobre octubre pazdziernik pazdziernika ottobre outubro"),
	strings.Fields("november novembre noviembre listopad listopada novembro"),
	strings.Fields("december dezember decembre diciembre grudzien grudnia dicembre dezembro"),
}

// furtherMonths are those of further languages, as they are written: the Nordic ones, Finnish, Czech, Slovak,
// Hungarian, Romanian, Turkish, Greek, Russian, Ukrainian, Arabic and Hebrew.
var furtherMonths = func() (months [12][]string) {
	for i, names := range [12]string{
		"tammikuu tammikuuta leden ledna január ianuarie ocak Ιανουάριος Ιανουαρίου январь января січень січня يناير ינואר בינואר",
		"helmikuu helmikuuta únor února február februarie şubat Φεβρουάριος Φεβρουαρίου февраль февраля лютий лютого فبراير פברואר בפברואר",
		"marts maaliskuu maaliskuuta březen března marec marca március martie mart Μάρτιος Μαρτίου март марта березень березня مارس מרץ במרץ מרס",
		"huhtikuu huhtikuuta duben dubna apríl apríla április aprilie nisan Απρίλιος Απριλίου апрель апреля квітень квітня أبريل ابريل אפריל באפריל",
		"toukokuu toukokuuta květen května máj mája május mayıs Μάιος Μαΐου май мая травень травня مايو מאי במאי",
		"kesäkuu kesäkuuta červen června jún júna június iunie haziran Ιούνιος Ιουνίου июнь июня червень червня يونيو יוני ביוני",
		"heinäkuu heinäkuuta červenec července júl júla július iulie temmuz Ιούλιος Ιουλίου июль июля липень липня يوليو יולי ביולי",
		"augusti elokuu elokuuta srpen srpna augusztus ağustos Αύγουστος Αυγούστου август августа серпень серпня أغسطس اغسطس אוגוסט באוגוסט",
		"syyskuu syyskuuta září szeptember septembrie eylül Σεπτέμβριος Σεπτεμβρίου сентябрь сентября вересень вересня سبتمبر ספטמבר בספטמבר",
		"lokakuu lokakuuta říjen října október octombrie ekim Οκτώβριος Οκτωβρίου октябрь октября жовтень жовтня أكتوبر اكتوبر אוקטובר באוקטובר",
		"marraskuu marraskuuta listopadu noiembrie kasım Νοέμβριος Νοεμβρίου ноябрь ноября листопад листопада نوفمبر נובמבר בנובמבר",
		"joulukuu joulukuuta prosinec prosince decembrie aralık Δεκέμβριος Δεκεμβρίου декабрь декабря грудень грудня ديسمبر דצמבר בדצמבר",
	} {
		for name := range strings.FieldsSeq(names) {
			months[i] = append(months[i], lettersOf(name))
		}
	}
	return months
}()

// monthNamed returns the month that is called so, or the one month whose names begin so, or 0.
func monthNamed(word string) int {
	word = lettersOf(word)
	for i := range monthNames {
		if slices.Contains(monthNames[i], word) || slices.Contains(furtherMonths[i], word) {
			return i + 1
		}
	}
	if beginning, some := monthBeginning(&monthNames, word); some {
		return beginning
	}
	month, _ := monthBeginning(&furtherMonths, word)
	return month
}

// monthBeginning returns the one month whose names begin with a word, or 0, and whether names of some do.
func monthBeginning(names *[12][]string, word string) (month int, some bool) {
	for i := range names {
		if !slices.ContainsFunc(names[i], func(name string) bool { return strings.HasPrefix(name, word) }) {
			continue
		}
		if some {
			return 0, true
		}
		month, some = i+1, true
	}
	return month, some
}
