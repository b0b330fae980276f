package guest

import (
	"slices"
	"strings"
)

// OtherFirstNames returns the first names that a word of PlainName is short for, and those that are short for it; not those that begin
// with it.
func OtherFirstNames(word string) []string { return otherNames[word] }

var otherNames = func() map[string][]string {
	all := map[string][]string{}
	for short, long := range shortNames {
		for name := range strings.FieldsSeq(long) {
			all[short], all[name] = append(all[short], name), append(all[name], short)
		}
	}
	for _, names := range all { // what is found must not depend on the process
		slices.Sort(names)
	}
	return all
}()

// shortNames are first names with those that they are short for.
var shortNames = map[string]string{
	"tom": "thomas tomas", "tommy": "thomas", "bob": "robert", "bobby": "robert", "rob": "robert", "robbie": "robert", "bert": "robert herbert albert",
	"bill": "william", "billy": "william", "will": "william wilhelm", "willi": "wilhelm", "liam": "william", "mike": "michael mikael", "mick": "michael",
	"micky": "michael", "dick": "richard", "rick": "richard", "ricky": "richard", "jim": "james", "jimmy": "james", "jamie": "james", "jack": "john jakob",
	"jonny": "john", "johnny": "john", "tony": "anthony antonio anton", "toni": "anton antonio", "ted": "edward theodore", "teddy": "edward theodore",
	"ned": "edward", "eddie": "edward", "liz": "elizabeth elisabeth", "lizzy": "elizabeth", "lisa": "elisabeth elizabeth", "beth": "elizabeth",
	"betty": "elizabeth", "bess": "elizabeth", "elsa": "elisabeth", "lilli": "elisabeth", "kate": "katherine catherine katharina",
	"katie": "katherine catherine", "kathy": "katherine catherine kathleen", "kati": "katharina", "peggy": "margaret", "maggie": "margaret",
	"meg": "margaret", "greta": "margareta margarete", "becky": "rebecca", "andy": "andrew andreas", "drew": "andrew", "charlie": "charles charlotte",
	"chuck": "charles", "harry": "henry harold", "hank": "henry", "heinz": "heinrich", "larry": "lawrence", "dave": "david", "davy": "david",
	"steve": "stephen steven", "hans": "johannes johann", "hannes": "johannes", "klaus": "nikolaus", "niko": "nikolaus", "sepp": "josef",
	"pepe": "jose", "paco": "francisco", "pancho": "francisco", "nacho": "ignacio", "lola": "dolores", "chus": "jesus", "uli": "ulrich ulrike",
	"sasha": "alexander alexandra aleksandr", "sascha": "alexander", "xander": "alexander", "sandra": "alexandra", "gretchen": "margarete",
	"joe": "joseph", "jo": "johanna", "jenny": "jennifer", "gabi": "gabriele", "fritz": "friedrich", "rudi": "rudolf", "lutz": "ludwig",
	"matze": "matthias", "matt": "matthew matthias", "nate": "nathaniel", "abby": "abigail", "sally": "sarah", "molly": "mary", "polly": "mary",
	"nancy": "anne", "annie": "anne anna", "anka": "anna", "asia": "joanna", "kasia": "katarzyna", "gosia": "malgorzata", "basia": "barbara",
	"саша": "александр александра", "маша": "мария", "катя": "екатерина", "дима": "дмитрий", "миша": "михаил", "наташа": "наталья", "лена": "елена",
	"таня": "татьяна", "оля": "ольга", "ваня": "иван", "коля": "николай", "паша": "павел", "женя": "евгений евгения", "юра": "юрий",
	"леша": "алексей", "аня": "анна", "настя": "анастасия", "петя": "петр", "витя": "виктор", "вова": "владимир", "володя": "владимир",
}
