package tokencache

import (
	_ "embed"

	"github.com/redis/go-redis/v9"
)

// Each script's file begins with a legend of its keys, arguments and result.
var (
	//go:embed read.lua
	readSource string
	//go:embed claim.lua
	claimSource string
	//go:embed commit.lua
	commitSource string
	//go:embed release.lua
	releaseSource string
	//go:embed lock.lua
	lockSource string
	//go:embed extend.lua
	extendSource string
	//go:embed unlock.lua
	unlockSource string
	//go:embed worked.lua
	workedSource string
	//go:embed forget.lua
	forgetSource string
	//go:embed failed.lua
	failedSource string

	claimScript   = redis.NewScript(claimSource)
	commitScript  = redis.NewScript(commitSource)
	releaseScript = redis.NewScript(releaseSource)
	lockScript    = redis.NewScript(lockSource)
	extendScript  = redis.NewScript(extendSource)
	unlockScript  = redis.NewScript(unlockSource)
	workedScript  = redis.NewScript(workedSource)
	forgetScript  = redis.NewScript(forgetSource)
	failedScript  = redis.NewScript(failedSource)
)
