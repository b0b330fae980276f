package personname

import (
	"slices"
	"strings"

	"guestflow/importer/wordset"
)

var (
	// unitWords end what is no person's name: Marketing Team.
	unitWords = wordset.Of(`team teams department dept abteilung büro office committee komitee ausschuss board vorstand
		council redaktion sekretariat geschäftsführung geschäftsstelle rezeption empfang club society association foundation
		embassy botschaft ministry ministerium institut institute list liste warteliste waitlist équipe service bureau equipo
		departamento oficina squadra ufficio equipe escritório afdeling bestuur zespół dział avdelning styrelse avdeling styre
		gesellschaft bundesverband landesverband stiftung universität hochschule université universidad`)
	// unitStarts begin it: Stadt Köln, Vorstand TSV Neustadt, Embassy of Denmark.
	unitStarts = wordset.Of(`vorstand geschäftsführung sekretariat embassy botschaft ministry ministerium ministère
		ministerio ministero stadt stadtwerke gemeinde landkreis stadtverwaltung verein firma department abteilung university
		universität universidad université università mairie ville ayuntamiento comune prefeitura câmara gemeente embajada
		ambassade ambasciata embaixada association asociación associazione associação verband bundesverband landesverband
		bundesministerium freiwillige team equipo équipe deutsche deutscher deutsches nationale internationale europäische
		office committee redaktion`)
	// clubs are how names of clubs begin.
	clubs = wordset.Of(`TSV TuS VfL VfB SSV DJK FFW TSG SpVgg FC SV SC TV TC`)
)

// isOrganisation reports whether first and last name are that of an organisation.
func isOrganisation(first, last string) bool {
	start, _, _ := strings.Cut(first, " ")
	end := last[strings.LastIndexByte(last, ' ')+1:]
	bare := strings.ReplaceAll(end, ".", "")
	club, _, more := strings.Cut(last, " ")
	return more && wordset.Has(unitStarts, club) || wordset.Has(unitWords, bare) || wordset.Has(unitStarts, start) ||
		wordset.Has(legalForms, bare) && (!wordset.Has(shortForms, bare) || strings.Count(end, ".") > 1) ||
		more && clubs[club] || strings.HasSuffix(first, " of")
}

// isOrganisationName reports whether a full name is that of an organisation.
func isOrganisationName(words []string) bool {
	return len(words) > 1 && len(words) <= maxName &&
		(isOrganisation(words[0], words[len(words)-1]) || slices.Contains(words[1:len(words)-1], "of"))
}
