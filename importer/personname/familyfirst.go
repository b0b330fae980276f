package personname

import (
	"slices"
	"strings"
	"unicode/utf8"

	"guestflow/importer/charset"
	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
)

// A name of two words mostly has the last name behind, but not where people write it first: Wang Xiaoming, Kim Min-su,
// Nagy Péter, Иванов Иван. It shows where the first word is a usual last name and the second is a given one of that
// language. The order is then in doubt, and asked.

// mayBeFamilyFirst reports whether the first of two words may be the last name.
func mayBeFamilyFirst(one, other string) bool {
	first, second := wordset.Letters(one), wordset.Letters(other)
	if first == "" || second == "" {
		return false
	}
	switch {
	case vietnameseFirst[first]:
		return !vietnameseFirst[second]
	case koreanFamilies[first] && isKoreanGiven(other, second) && !europeanFamilies[second]: // Lee Young
		return !koreanFamilies[second] || strings.Contains(other, "-")
	case chineseFamilies[first] && pinyin.MatchString(second) && utf8.RuneCountInString(second) > 1:
		return !chineseFamilies[second] || commonChinese[first]
	case japaneseFamilies[first] && japanese.MatchString(second):
		return !japaneseFamilies[second]
	case givenNames[first]:
		return false
	}
	return givenNames[second] && (europeanFamilies[first] || hasFamilyEnding(first)) && !europeanFamilies[second]
}

// isGivenFirst reports whether the first of two words is a usual given name and the second is none.
func isGivenFirst(one, other string) bool {
	first, second := wordset.Letters(one), wordset.Letters(other)
	return givenNames[first] && !europeanFamilies[first] && !givenNames[second] && !hasFamilyEnding(first)
}

// isKoreanGiven reports whether a word is a Korean given name in Latin letters: Min-su, Minsu, Ji-sung.
func isKoreanGiven(word, letters string) bool {
	if a, b, is := strings.Cut(word, "-"); is {
		return korean.MatchString(strings.ToLower(a)) && korean.MatchString(strings.ToLower(b))
	}
	return koreanTwo.MatchString(letters)
}

const koreanSyllable = `(?:kk|tt|pp|ss|jj|ch|sh|[gkndtrlmbpsjh])?(?:yeo|yae|yoo|young|eui|wae|woo|ae|eo|eu|oe|ui|wa|wi|wo|ya|ye|yo|yu|ee|oo|a|e|i|o|u)(?:ng|ck|[kgnlmpbt])?`

var (
	korean    = pattern.New(`^` + koreanSyllable + `$`)
	koreanTwo = pattern.New(`^` + koreanSyllable + koreanSyllable + `$`)
	// pinyin is one or two syllables of Chinese names in Latin letters.
	pinyin = pattern.New(`^(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ueng|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|er|ia|ie|iu|in|ua|uo|ui|un|ue|a|o|e|i|u)){1,2}$`)
	// japanese is a given name in Latin letters: Hiroshi, Ichiro, Yuki, Junichi.
	japanese = pattern.New(`^(?:(?:[kgsztdnhbpmyrwjf]|sh|ch|ts|ky|gy|ny|hy|by|py|my|ry)?[aiueo]{1,2}n?(?:[kst]{0,1})){2,5}$`)
)

// hasFamilyEnding reports whether a word ends as last names of a language do.
func hasFamilyEnding(word string) bool {
	return utf8.RuneCountInString(word) > 5 && !givenNames[word] &&
		slices.ContainsFunc(familyEndings, func(ending string) bool { return strings.HasSuffix(word, ending) })
}

// familyEndings are in the letters of wordset.Letters.
var familyEndings = wordset.List(`ov ova ev eva sky skiy skij skaya skaja ski ska cki cka enko chuk czuk escu opoulos
	opoulou idis akis oglu shvili dze yan ovic evic ovich evich wicz ovski ovska dottir sson ssen nsen rsen lsen ksen
		inen
	onen anen
	ов ова ев ева ёв ёва ский ская цкий цкая енко чук юк ич ова ін їн ський ська цький цька όπουλος οπουλος ιδης ιδου
		ακης
	ακη`)

var (
	vietnameseFirst = wordset.Words(`nguyen tran pham hoang huynh phan vu vo dang bui ngo duong truong dinh dao trinh`)
	koreanFamilies  = wordset.Words(`kim lee yi park pak choi choe jung jeong chung kang cho jo yoon yun jang chang lim
		im
		rim han oh seo suh shin sin kwon hwang ahn song ryu yoo yu hong jeon jun ko go moon mun son yang bae baek paik heo
		hur
		nam shim sim noh no ha kwak sung seong cha joo ju woo koo gu na ra min jin ji um eom chae won cheon bang kong gong
		hyun ham byun yeo do seok ki ma wi pyo myung ban`)
	chineseFamilies = wordset.Words(`wang zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao he guo luo liang zheng
		xie tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lu jiang cai jia ding wei xue ye yan pan du dai xia
		zhong tian ren fan fang shi yao tan liao zou xiong jin hao kong bai cui kang mao qiu qin gu hou shao meng long wan
		duan qian yin li lin ma song hsu hsieh tsai cheung chan wong kwok leung lau ho ng chow chiu yip lam lai yeung tsang
		chung fung mok siu tse kwan choi poon ching tong chu`)
	// commonChinese are those that are nearly always last names.
	commonChinese    = wordset.Words(`wang zhang liu chen yang zhao huang zhou wu li`)
	japaneseFamilies = wordset.Words(`sato satou suzuki takahashi tanaka watanabe ito itou yamamoto nakamura kobayashi
		kato
		katou yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi shimizu yamazaki mori abe ikeda hashimoto
		ishikawa yamashita ogawa ishii hasegawa goto gotou okada kondo kondou maeda fujita endo endou aoki sakamoto murakami
		ota oota kaneko fujii fukuda nishimura miura takeuchi nakagawa okamoto matsuda harada nakano ono tamura fujiwara
		nakayama ishida kojima wada morita uchida shibata sakai hara takagi yokoyama ando andou miyazaki ueda shimada kudo
		kudou ueno miyamoto sugiyama imai maruyama taniguchi otsuka kikuchi chiba sakurai kinoshita nomura matsui arai
		watabe
		sugawara ohno kawasaki kawaguchi noguchi iwasaki matsuo yamanaka higuchi`)

	// europeanFamilies are usual last names that are no given ones.
	europeanFamilies = wordset.Words(`nagy kovacs toth szabo horvath varga kiss molnar nemeth farkas balogh papp takacs
		juhasz lakatos meszaros olah racz fekete szilagyi torok feher gal kis szucs kocsis orsos pinter fodor szalai sipos
		magyar gulyas biro kiraly bogdan balog boros fazekas somogyi varadi orosz vincze veres hegedus deak budai pap voros
		lengyel bognar bodnar hajdu halasz szekely pasztor bakos dudas major nemes orban novak soos barna nyari
		nowak kowalczyk wisniewski wojcik kaminski lewandowski zielinski szymanski wozniak dabrowski kozlowski mazur
		krawczyk
		kaczmarek grabowski pawlak michalski krol wieczorek wrobel dudek adamczyk svoboda novotny dvorak cerny prochazka
		kucera vesely horak nemec pokorny marek pospisil hajek kral ruzicka benes fiala sedlak kolar krejci sedlacek dolezal
		zeman kolarova novakova popa radu ionescu popescu dumitru stoica stan munteanu matei ciobanu rusu moldovan horvat
		kovacevic babic maric juric vukovic markovic petrovic jovanovic nikolic djordjevic stojanovic ilic muller mueller
		schmidt schneider fischer weber meyer wagner becker schulz hoffmann schafer schaefer koch bauer richter klein
		schroder
		schroeder neumann schwarz zimmermann braun hofmann kruger krueger hartmann lange schmitt krause meier lehmann schmid
		schulze maier kohler herrmann konig koenig mayer huber kaiser fuchs peters lang scholz moller moeller weiss jung
		hahn
		vogel gunther keller schubert berger roth beck baumann schuster graf pohl ludwig seidel brandt haas schreiber
		dietrich
		sauer ziegler kuhn kraus gruber steiner moser egger pichler hansen johansen olsen larsen andersen pedersen nilsen
		kristiansen jensen karlsen johnsen pettersen eriksen berg haugen hagen johannessen andreassen jacobsen dahl
		halvorsen
		lund nielsen christensen rasmussen jorgensen petersen madsen kristensen thomsen poulsen johansson andersson karlsson
		nilsson eriksson larsson olsson persson svensson gustafsson pettersson jonsson jansson hansson bengtsson virtanen
		korhonen makinen nieminen makela hamalainen laine heikkinen koskinen jarvinen lehtonen holm rossi russo ferrari
		esposito bianchi colombo ricci conti deluca costa giordano mancini rizzo lombardi moretti barbieri fontana santoro
		caruso ferrara galli martini leone longo gentile martinelli dubois durand dupont moreau lefebvre leroy roux fournier
		girard bonnet lambert fontaine rousseau blanc guerin faure lefevre mercier chevalier legrand gauthier perrin dufour
		garcia fernandez gonzalez rodriguez lopez martinez sanchez perez gomez jimenez ruiz hernandez diaz moreno munoz
		alvarez romero alonso gutierrez navarro torres dominguez vazquez ramos gil ramirez serrano molina silva santos
		ferreira pereira oliveira rodrigues sousa fernandes goncalves gomes lopes marques alves almeida ribeiro carvalho
		teixeira moreira correia mendes nunes soares vieira dejong jansen devries vandenberg bakker janssen visser smit
		meijer
		mulder bos vos peeters hendriks dekker brouwer vanleeuwen dewit dijkstra smits vandermeer yilmaz kaya demir celik
		sahin yildiz yildirim ozturk aydin ozdemir arslan dogan kilic aslan cetin kara koc kurt ozkan simsek polat korkmaz
		papadopoulos papadopoulou georgiou ioannou smith johnson williams brown jones miller davis wilson anderson taylor
		moore white harris clark robinson walker young king wright hill green adams baker иванов петров смирнов кузнецов
		попов
		мельник шевченко бондар коваль ткач`)

	// givenNames are usual given names.
	givenNames = wordset.Words(`peter anna laszlo istvan jozsef janos zoltan sandor ferenc gabor attila tamas tibor
		andras
		csaba imre lajos gyorgy balazs gyula mihaly karoly robert bela david daniel adam krisztian miklos norbert bence mate
		pal szabolcs roland gergo antal balint richard mark levente gergely akos viktor arpad geza marton milan kristof
		maria
		erzsebet katalin ilona eva zsuzsanna margit judit agnes andrea julianna ildiko erika krisztina iren eszter magdolna
		monika edit gabriella szilvia anita aniko viktoria marta rozalia timea piroska ibolya klara tunde dora zsofia
		veronika
		alexandra csilla melinda adrienn reka beata marianna nora renata barbara eniko bernadett rita brigitta edina orsolya
		petra noemi kinga zita emese luca laura hanna jan andrzej piotr krzysztof stanislaw tomasz pawel marcin michal marek
		grzegorz lukasz zbigniew jerzy tadeusz mateusz dariusz mariusz wojciech ryszard jakub henryk rafal kazimierz
		slawomir
		jacek maciej kamil malgorzata krystyna katarzyna agnieszka ewa elzbieta zofia teresa magdalena joanna janina danuta
		jadwiga aleksandra halina irena dorota helena jolanta grazyna urszula iwona paulina karolina jiri pavel petr josef
		vaclav jaroslav miroslav zdenek frantisek vojtech ondrej lukas hana lenka katerina lucie alena jitka jaroslava ion
		andrei alexandru mihai cristian florin gheorghe vasile marius adrian elena ioana mihaela cristina gabriela daniela
		alina ana ivan luka marko josip ante stjepan ivana mirjana jelena dragan ida emma mia hannah sophie marie lena lea
		anne julia sarah lisa katharina christina stefanie sabine susanne claudia birgit petra heike martina nicole sandra
		melanie thomas michael andreas stefan christian wolfgang klaus jurgen juergen markus hans dieter manfred uwe bernd
		frank matthias sebastian tobias florian felix lukas leon jonas niklas maximilian philipp alexander johannes helmut
		heinz lars ole erik bjorn sven karin ingrid kristin astrid solveig sigrid gunnar nils per mikael magnus henrik mette
		hanne kirsten lene soren jens rasmus mads frederik morten anders johan karl gustav juhani antti mikko matti timo
		jukka
		paivi tiina minna sari heikki
		marco andrea francesco alessandro giuseppe giovanni antonio luigi mario giulia chiara francesca sara federica elisa
		valentina paola simona roberto matteo lorenzo davide stefano paolo luca riccardo pierre jean jacques philippe
		nicolas
		julien francois sophie nathalie isabelle sylvie catherine camille claire celine aurelie jose juan carlos luis miguel
		javier manuel francisco pedro pablo maria carmen lucia pilar isabel dolores raquel beatriz joao tiago diogo rui nuno
		sofia ines mariana rita catarina willem hendrik pieter johanna annemarie saskia marieke femke
		mehmet mustafa ahmet ali huseyin hasan ibrahim ayse fatma emine hatice zeynep elif murat omer yusuf giorgos georgios
		dimitris dimitrios nikos nikolaos konstantinos ioannis yannis kostas eleni katerina vasiliki georgia ivan sergei
		sergey aleksandr alexei alexey dmitry dmitri andrey mikhail vladimir nikolai nikolay igor oleg olga natalia tatiana
		elena irina svetlana anastasia ekaterina ksenia oksana bob tom tim ben sam max alex chris nick mike matt dave steve
		jim joe jack harry oliver amy lucy kate jane sue ann beth megan rachel rebecca helen alison karen tracy john james
		william george charles joseph edward henry paul mary elizabeth patricia jennifer linda susan margaret jessica emily
		иван сергей александр алексей дмитрий андрей михаил владимир николай игорь олег максим артём артем егор илья павел
		роман антон кирилл никита виктор юрий константин валентин анна мария елена ольга наталья татьяна ирина светлана
		екатерина анастасия марина полина алина ксения оксана юлия дарья галина нина людмила валентина кристина карина
		ангелина софия василий пётр петр григорий фёдор тарас богдан андрій олександр сергій микола наталія оксана юлія
		катерина γιώργος γιωργος νικος μαρια ελενη`)
)

// IsFamilyName reports whether a word is a usual last name.
func IsFamilyName(word string) bool {
	letters := wordset.Letters(word)
	return vietnameseFirst[letters] || koreanFamilies[letters] || chineseFamilies[letters] || japaneseFamilies[letters] || europeanFamilies[letters]
}

// IsGivenName reports whether the first word of a text may be a first name.
func IsGivenName(text string) bool {
	words := strings.Fields(text)
	return len(words) > 0 && isGivenName(words[0])
}

// isGivenName reports whether a word behind a comma may be a first name: it is known as a name, or is an initial.
func isGivenName(word string) bool {
	return isInitial(word) || givenNames[wordset.Letters(word)] || charset.IsKnownName(word)
}
