package main

import (
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// rule keeps packages from importing others. Paths are below the module; "..." at the end includes what lies below.
type rule struct {
	of    []string // the packages that it is for
	not   []string // exceptions from of
	tests bool     // it holds for their tests, too
	deny  map[string]string
}

const (
	downwards = "imports run downwards"
	judges    = "the sandbox judges the rest, so it shares no code with it"
	guards    = "it guards pages and does not know what is on them"
	stores    = "only importer/remote talks to file stores"
	reads     = "reading a file needs neither queues nor Redis, and does not know what becomes of its rows"
	serves    = "it serves every layer, so it knows none"
	ruleOnly  = "it is a rule about texts, and knows no list"
	oneRow    = "it knows one row, and neither its file nor what becomes of it"
	oneList   = "it reads a list, and does not know what becomes of its rows"
	listAlone = "it looks at one list, and not at what was imported before"
	anyDoor   = "the doors put items into a spool, which knows none of them"
	addresses = "it keeps addresses, and knows neither whose they are nor what becomes of their rows"
	compares  = "it compares what it is handed, and changes nothing"
	handed    = "it shows what it is handed"
	settings  = "settings do not know what is built by them"
	textsOnly = "it knows texts and nothing else"
	hoursOnly = "it knows clocks and nothing else"
	calls     = "it makes HTTP calls, and knows nothing of what they are for"
	shipped   = "not in the program that is shipped"
)

// rules say which package may not import which, and why. Imports run downwards only: cmd, then worker and importer, then tokencache
// and qflow. Tests may use a layer's fixtures: deploy/redisserver and the sandbox.
var rules = []rule{
	{
		of: []string{"qflow", "qflow/webhook"}, tests: true,
		deny: map[string]string{
			"github.com/hibiken/asynq...": "the API client knows nothing of queues",
			"importer...":                 downwards,
			"worker...":                   downwards,
			"cmd...":                      downwards,
			"tokencache":                  "the client takes a token source and does not know which",
		},
	},
	{
		of: []string{"qflow/http1"}, tests: true,
		deny: map[string]string{
			"importer...": calls, "worker...": calls, "tokencache...": calls, "qflow": calls, "qflow/webhook": calls, "cmd...": downwards,
			"github.com/redis/go-redis...": calls,
		},
	},
	{
		of: []string{"qflow/sandbox..."}, tests: true,
		deny: map[string]string{
			"github.com/hibiken/asynq...": "the sandbox is a Qflow and knows nothing of its clients",
			"importer...":                 judges,
			"worker...":                   judges,
			"tokencache...":               judges,
			"cmd...":                      downwards,
		},
	},
	{
		of: []string{"tokencache..."}, tests: true,
		deny: map[string]string{
			"github.com/hibiken/asynq...": "the cache knows nothing of queues",
			"qflow":                       "the cache serves other token endpoints too",
			"importer...":                 downwards,
			"worker...":                   downwards,
			"cmd...":                      downwards,
		},
	},
	{
		of: []string{"importer..."}, tests: true,
		deny: map[string]string{
			"worker...": "the importer enqueues chunks and does not know which worker takes them",
			"cmd...":    downwards,
		},
	},
	{
		of: []string{"importer/schedule"},
		deny: map[string]string{
			"importer":                    "a schedule says when, not what",
			"github.com/hibiken/asynq...": "its scheduler enqueues a tick once in every process",
		},
	},
	{
		of:   []string{"importer/guest"},
		deny: map[string]string{"importer": oneRow, "importer/chunk": oneRow, "github.com/redis/go-redis...": oneRow, "github.com/hibiken/asynq...": oneRow},
	},
	{
		of: []string{"importer/rows", "importer/listcheck", "importer/reread"},
		deny: map[string]string{
			"importer": downwards, "importer/spool": oneList, "github.com/redis/go-redis...": oneList, "github.com/hibiken/asynq...": oneList,
		},
	},
	{
		of: []string{"importer/listcheck"},
		deny: map[string]string{
			"importer/ledger": listAlone, "importer/guestindex": listAlone, "importer/correction": listAlone, "importer/chunk": listAlone,
		},
	},
	{
		of: []string{"importer/emailpreview"},
		deny: map[string]string{
			"importer": oneRow, "importer/ledger": oneRow, "importer/chunk": oneRow, "github.com/redis/go-redis...": oneRow,
			"github.com/hibiken/asynq...": oneRow,
		},
	},
	{
		of: []string{"importer/suppression"},
		deny: map[string]string{
			"importer": addresses, "importer/chunk": addresses, "qflow...": addresses, "github.com/hibiken/asynq...": addresses,
		},
	},
	{
		of: []string{"importer/correction"},
		deny: map[string]string{
			"importer": downwards, "github.com/redis/go-redis...": "the ledger and the index write what it decides",
			"github.com/hibiken/asynq...": "its rows are queued already",
		},
	},
	{
		of:   []string{"importer/crosscheck"},
		deny: map[string]string{"importer": compares, "importer/chunk": compares, "github.com/hibiken/asynq...": compares},
	},
	{
		of:   []string{"importer/erasure"},
		deny: map[string]string{"importer": downwards, "importer/spool": "it is told folders", "github.com/hibiken/asynq...": "tasks name nobody"},
	},
	{
		of: []string{"importer/spool"},
		deny: map[string]string{
			"importer/inbox": anyDoor, "importer/remote": anyDoor,
			"github.com/redis/go-redis...": "a spool is a folder, and may be shared by hosts that share no Redis",
			"github.com/hibiken/asynq...":  "it knows nothing of queues",
		},
	},
	{
		of: []string{"importer/spoolregistry"},
		deny: map[string]string{
			"importer": handed, "importer/spool": handed, "importer/inbox": handed, "qflow...": handed, "tokencache...": handed,
			"github.com/hibiken/asynq...": "it knows nothing of queues",
		},
	},
	{
		of: []string{"importer/where"},
		deny: map[string]string{
			"importer...": ruleOnly, "worker...": ruleOnly, "tokencache...": ruleOnly, "qflow...": ruleOnly, "cmd...": downwards,
			"github.com/redis/go-redis...": ruleOnly,
		},
	},
	{
		of: []string{"importer/sendwindow"},
		deny: map[string]string{
			"importer...": hoursOnly, "worker...": hoursOnly, "tokencache...": hoursOnly, "qflow...": hoursOnly, "cmd...": downwards,
			"github.com/redis/go-redis...": hoursOnly,
		},
	},
	{
		of: []string{"importer/hold"},
		deny: map[string]string{
			"importer": "rules know neither files nor imports", "importer/spool": "rules know neither files nor imports",
			"github.com/redis/go-redis...": "rules are asked, and look nothing up", "github.com/hibiken/asynq...": "it knows nothing of queues",
		},
	},
	{
		of: []string{"importer/coalesce"},
		deny: map[string]string{
			"importer...": serves, "worker...": serves, "tokencache...": serves, "qflow...": serves, "cmd...": downwards,
			"github.com/hibiken/asynq...": serves, "github.com/redis/go-redis...": serves,
		},
	},
	{
		of: []string{"importer/lease"},
		deny: map[string]string{
			"importer...": serves, "worker...": serves, "tokencache...": serves, "qflow...": serves, "cmd...": downwards,
			"github.com/hibiken/asynq...": serves,
		},
	},
	{
		of: []string{"cmd/guestflow/config"},
		deny: map[string]string{
			"cmd/guestflow/program": settings, "cmd/guestflow/terminal": settings, "cmd/guestflow/operate": settings, "cmd/guestflow/console...": settings,
		},
	},
	{
		of: []string{"cmd/guestflow/terminal"},
		deny: map[string]string{
			"cmd/guestflow/config": handed, "cmd/guestflow/program": handed, "cmd/guestflow/console...": handed, "github.com/alecthomas/kong...": handed,
		},
	},
	{
		of: []string{"cmd/guestflow/program"},
		deny: map[string]string{
			"cmd/guestflow/terminal":        "it serves commands and the console, and prints nothing",
			"github.com/alecthomas/kong...": "it is handed settings, and does not know where they stood",
		},
	},
	{
		of: []string{"cmd/guestflow/operate"}, tests: true,
		deny: map[string]string{
			"cmd/guestflow/console...":      "the console shows it, not the other way round",
			"github.com/alecthomas/kong...": "the command line shows it, not the other way round",
		},
	},
	{
		of: []string{"cmd/guestflow/api"},
		deny: map[string]string{
			"cmd/guestflow/console":         "pages and the API are two front ends of operate",
			"cmd/guestflow/program":         handed,
			"github.com/alecthomas/kong...": handed,
		},
	},
	{
		of:   []string{"cmd/guestflow/console/lang"},
		deny: map[string]string{"importer...": textsOnly, "worker...": textsOnly, "qflow...": textsOnly, "tokencache...": textsOnly, "cmd...": textsOnly},
	},
	{
		of: []string{"cmd/guestflow/console/access"}, tests: true,
		deny: map[string]string{"importer...": guards, "worker...": guards, "cmd/guestflow/operate...": guards},
	},
	{
		of: []string{"importer/remote"}, tests: true,
		deny: map[string]string{
			"importer":                    "it fetches files and does not know what becomes of them",
			"importer/ledger...":          "it fetches files and does not know what becomes of them",
			"github.com/hibiken/asynq...": "it knows nothing of queues",
		},
	},
	{
		of: []string{"..."}, not: []string{"importer/remote"},
		deny: map[string]string{
			"github.com/minio/minio-go...": stores, "github.com/pkg/sftp...": stores,
		},
	},
	{
		of: []string{
			"importer/charset", "importer/table", "importer/wordset", "importer/headers", "importer/personname", "importer/rowstatus", "importer/columns",
			"importer/seen", "importer/sealedfile", "importer/listfile", "importer/visible",
		}, tests: true,
		deny: map[string]string{
			"github.com/hibiken/asynq...":  reads,
			"github.com/redis/go-redis...": reads,
			"importer":                     downwards,
			"importer/chunk...":            reads,
			"importer/ledger...":           reads,
			"qflow...":                     reads,
		},
	},
	{
		of: []string{"importer/sameperson"}, tests: true,
		deny: map[string]string{
			"importer": downwards, "importer/chunk...": compares, "importer/ledger...": compares, "importer/guestindex": compares, "importer/columns": compares, "importer/table": compares,
			"github.com/redis/go-redis...": compares, "github.com/hibiken/asynq...": compares,
		},
	},
	{
		of:   []string{"importer/wordset", "importer/pattern"},
		deny: map[string]string{"importer...": textsOnly},
	},
	{
		of: []string{"importer/headers", "importer/personname", "importer/rowstatus"}, tests: true,
		deny: map[string]string{"importer/columns": "it judges one text at a time, and does not know the columns of a list", "importer/guest": downwards},
	},
	{
		of: []string{"importer/headers", "importer/personname"}, tests: true,
		deny: map[string]string{"importer/rowstatus": downwards},
	},
	{
		of: []string{"importer/nonname"}, tests: true,
		deny: map[string]string{"importer/columns": textsOnly, "importer/guest": textsOnly, "importer/personname": textsOnly, "importer/headers": textsOnly, "importer/table": textsOnly, "qflow...": textsOnly},
	},
	{
		of: []string{"importer/headers"}, tests: true,
		deny: map[string]string{"importer/personname": downwards},
	},
	{
		of: []string{"importer/columns"}, tests: true,
		deny: map[string]string{"importer/guest": downwards},
	},
	{
		of: []string{"worker..."}, tests: true,
		deny: map[string]string{"cmd...": downwards},
	},
	{
		of: []string{"worker/budget"},
		deny: map[string]string{
			"qflow...": "it keeps a rate, and knows nothing of what is called", "importer": downwards, "importer/ledger...": downwards, "worker": downwards,
		},
	},
	{
		of:   []string{"worker/gate"},
		deny: map[string]string{"importer...": "it keeps gates, and knows nothing of what waits for them", "worker": downwards},
	},
	{
		of:   []string{"worker/poller"},
		deny: map[string]string{"qflow...": "it polls queues, and knows nothing of what their tasks are for", "worker": downwards},
	},
	{
		of:   []string{"deploy..."},
		deny: map[string]string{"cmd...": downwards, "importer...": serves, "worker...": serves, "tokencache...": serves, "qflow...": serves},
	},
	{
		of: []string{"..."}, not: []string{"deploy/redisserver/redistest", "deploy/testkit", "importer/ledger/ledgertest"},
		deny: map[string]string{
			"testing":                              shipped,
			"github.com/johannesboyne/gofakes3...": shipped,
			"deploy/redisserver/redistest":         shipped,
			"deploy/testkit":                       shipped,
			"io/ioutil":                            "replaced by io and os",
			"math/rand":                            "use math/rand/v2, or crypto/rand for a secret",
			"log":                                  "use log/slog",
		},
	},
}

var imports = &analysis.Analyzer{
	Name: "imports",
	Doc:  "report imports that the rules of this repository deny",
	Run: func(pass *analysis.Pass) (any, error) {
		pkg := strings.TrimSuffix(strings.TrimPrefix(pass.Pkg.Path(), "guestflow/"), "_test")
		for _, file := range pass.Files {
			test := testFile(pass, file.FileStart)
			for _, spec := range file.Imports {
				path, _ := strconv.Unquote(spec.Path.Value)
				if why := denied(pkg, test, path); why != "" {
					pass.Reportf(spec.Pos(), "%s may not import %s: %s", pkg, path, why)
				}
			}
		}
		return nil, nil
	},
}

// denied returns why a package may not import a path, or "".
func denied(pkg string, test bool, path string) string {
	for _, r := range rules {
		if test && !r.tests || !matchesAny(r.of, pkg) || matchesAny(r.not, pkg) {
			continue
		}
		for pattern, why := range r.deny {
			if matches(pattern, strings.TrimPrefix(path, "guestflow/")) {
				return why
			}
		}
	}
	return ""
}

func matchesAny(patterns []string, path string) bool {
	for _, p := range patterns {
		if matches(p, path) {
			return true
		}
	}
	return false
}

func matches(pattern, path string) bool {
	if base, below := strings.CutSuffix(pattern, "..."); below {
		base = strings.TrimSuffix(base, "/")
		return base == "" || path == base || strings.HasPrefix(path, base+"/")
	}
	return pattern == path
}
