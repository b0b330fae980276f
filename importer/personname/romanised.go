package personname

import (
	"strings"

	"guestflow/importer/charset"
	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
)

// Of two words of a Chinese, Korean, Vietnamese or Japanese name in Latin letters each may be the last name: Wei
// Chen. Which
// it is the list shows as a whole, by the side on which it has words that are nearly always last names, or usual
// first
// names of Europe; where it does not, it is asked.

// Order is how likely the words of a full name begin with which part.
type Order uint8

// The orders. Those of romanised names are between the sure ones.
const (
	NoOrder      Order = iota
	FamilySure         // Wang Xiaoming, Nagy Péter
	GivenSure          // Ida Holm, Kevin Chen
	GivenLikely        // Xiaoming Wang
	FamilyLikely       // Le Huong
	EitherOrder        // Yu He
	WeaklyGiven        // Wei Chen: both may be last names, and the second is the more usual one
)

// OrderOf returns what the words of a full name show of its order.
func OrderOf(full string) Order {
	words := strings.Fields(full)
	if len(words) != 2 || strings.Contains(full, ",") {
		return NoOrder
	}
	one, other := wordset.Letters(words[0]), wordset.Letters(words[1])
	switch {
	case mayBeFamilyFirst(words[0], words[1]):
		return FamilySure
	case isGivenFirst(words[0], words[1]):
		return GivenSure
	}
	return romanised(one, other, words[0], words[1])
}

// How usual a word is as a last name of these languages.
const (
	noFamily = iota
	rareFamily
	usualFamily
)

// romanised returns the order of a name of two words of which each may be one of these languages.
func romanised(one, other, first, second string) Order {
	a, b := familyRank(one), familyRank(other)
	if a+b == noFamily || !isRomanised(one, first, a) || !isRomanised(other, second, b) {
		return NoOrder
	}
	switch {
	case a > b:
		return FamilyLikely
	case a == b:
		return EitherOrder
	case a == noFamily:
		return GivenLikely
	}
	return WeaklyGiven
}

func familyRank(letters string) int {
	switch {
	case usualFamilies[letters]:
		return usualFamily
	case chineseFamilies[letters], koreanFamilies[letters], vietnameseFirst[letters], vietnamese[letters], japaneseFamilies[letters]:
		return rareFamily
	}
	return noFamily
}

// isRomanised reports whether a word may be one of these languages. Given names of Europe that are written so are
// none: Dean.
func isRomanised(letters, word string, rank int) bool {
	if rank > noFamily || vietnameseGiven[letters] {
		return true
	}
	return !givenNames[letters] && !westernShort[letters] && (pinyin.MatchString(letters) || isKoreanGiven(word, letters) || hongKong.MatchString(letters)) && !charset.IsKnownName(word)
}

var (
	// hongKong is a syllable or two of names as Hong Kong, Taiwan, Malaysia and Singapore write them.
	hongKong = pattern.New(`^(?:(?:ch|ts|hs|kw|ng|sz|[bpmfdtnlgkhjwsy])?(?:aai|aau|eung|oong|ang|eng|ing|ong|ung|ai|au|ei|oi|ou|ui|iu|ee|oo|am|an|ap|at|ak|em|ek|im|in|ip|it|ik|on|ok|un|um|ut|uk|ah|uen|yuen|a|e|i|o|u)){1,2}$`)
	// vietnameseGiven are usual given names without their accents.
	vietnameseGiven = wordset.Words(`anh minh linh hoa huong dung lan tuan hung thanh hai nam long son duc
	quang khanh khoa phuc
		trung hieu cuong tien thao trang nhung ngoc nga hanh thuy hang yen nhi my quynh tam thu nhu vy uyen chau
	bao kien phong dat
		thang tu viet vinh loan hien hong phuong loc nghia tai tri tin toan trong tung an binh diep giang ha lam
	mai oanh thuan
		thi van xuan yen`)
	// westernShort are given names that are written like such words, and are none.
	westernShort = wordset.Words(`dean dan ben alan ian jean joan juan june jade dane dawn eve eva ann anna
	anne lena hanna jana tina
		nina mina gina dina lina lea lia mia pia noa noah leo teo theo luca hugo otto bruno enzo gino dino nino
	tino rene tina amanda
		mona rosa nadia maya naomi joey jenna donna wanda linda gala gaia dora nora laura lara sara tara kara
	mara zara dana diana ada
		ida ina ella emma olga elisa louisa louise luisa lou louie sue hugh gene gus lee luke jake duke kate kai
	kay may mae rae ray
		jay guy roy toby tony tommy jimmy johnny jim tim tom sam sami pam kim jude june julia julie jane joanne
	susan suzan nan nancy
		sandy randy mandy andy wendy cindy hans hank dante dion deon leon sean shaun shane shannon sharon susanna
	hannah sahra saul
		paul pete gabe abe mike duane wayne elaine helena irina alina ivan ethan nathan logan megan reagan susie
	tanja katja sonja
		anja manon simone fabian damian adrian julian lilian vivian marian morgan keegan duncan gordon damon
	landon jason mason
		hudson judson nelson alison madison`)
	usualFamilies = wordset.Words(`wang li zhang liu chen yang zhao huang zhou wu xu sun zhu gao guo luo zheng
	liang xie tang feng
		wong chan cheung leung kwok kwong lau lam chow kim lee park choi jung jeong kang cho yoon jang hwang ahn
	kwon nguyen tran pham
		hoang huynh phan truong dang bui duong suzuki tanaka watanabe sato takahashi yamamoto nakamura kobayashi
	kato yamada
		yoshida ito sasaki yamaguchi matsumoto inoue kimura hayashi shimizu tsai hsu lin ng tan lim goh`)
)
