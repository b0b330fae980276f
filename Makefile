# Everything is built and kept inside of this folder, except Go's own caches and what apt installs.

BIN           := $(CURDIR)/bin
PACKAGES      := ./...
RACE          ?=
FUZZTIME      ?= 20s
GUESTS        ?= 32000
ROUNDS        ?= 3

# Most tests wait, for processes and for each other, so more of them run in parallel than there are processors: packages, and tests of
# one package.
AT_ONCE       ?= 3
PARALLEL      ?= 5

# Prints what a command does and how long it took.
STEP := .ci/step

.NOTPARALLEL:
.PHONY: help build test ci tools fmt-check lint program go-test fuzz screenshots tasks chaos bench bench-peers demo docs man notices release-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

build: ## bin/guestflow: one static file, with the time zones inside
	@CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags '-s -w' -o $(BIN)/guestflow ./cmd/guestflow

test: tools fmt-check lint go-test ## install what is missing, then format, lint and all tests
	@echo "$$(date +%T)  all is well; CI also looks for races: make ci"

# The race detector makes every test several times slower: here, not in every `make test`.
ci: ## make test with the race detector: what decides whether a change lands
	@.ci/run

tools:
	@.ci/tools $(BIN)

fmt-check:
	@$(STEP) "format: gofmt" sh -c 'bad=$$(gofmt -l .ci cmd worker importer qflow tokencache deploy); \
		test -z "$$bad" || { echo "not formatted, run gofmt -w on: $$bad" >&2; exit 1; }'

# Go keeps the results of packages that have not changed, and rebuilds the tool when it has.
lint: ## vet, staticcheck, forgotten errors, and which package may import which: .ci/lint
	@$(STEP) "lint: compile .ci/lint" go -C .ci/lint build -o $(BIN)/lint .
	@$(STEP) "lint: go vet with it, after compiling what has changed" go vet -vettool=$(BIN)/lint $(PACKAGES)

# Several packages test guestflow as processes. It is linked once for all of them, under a name by its content, so that Go knows the
# result of another program for an old one.
program:
	@$(STEP) "build: the guestflow that tests run as processes" .ci/program $(BIN)/test

# The race detector has each process wait for a second before it ends, those that tests start too.
go-test: program
	@GORACE=atexit_sleep_ms=50 GUESTFLOW_TEST_PROGRAM=$$(ls $(BIN)/test/guestflow-*) \
		$(STEP) "test: go test $(RACE) -p $(AT_ONCE) -parallel $(PARALLEL) $(PACKAGES)" \
		.ci/gotest "$(RACE)" "$(PACKAGES)" -vet=off -p $(AT_ONCE) -parallel $(PARALLEL) -timeout 30m

fuzz: ## every fuzz target for FUZZTIME (20s)
	@for pkg in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$$pkg"/*_test.go | cut -c6-); do \
			echo "== $$pkg $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$pkg" || exit 1; \
		done; \
	done

screenshots: tools ## bin/screenshots: every page of the console, light and dark, desktop and phone
	@GUESTFLOW_SCREENSHOTS=all go test -count=1 -run EveryPageIsAccessible ./cmd/guestflow/console/browser
	@ls $(BIN)/screenshots

tasks: tools ## three tasks of a day, done by a script in a browser and on a terminal: the steps are counted and printed
	@go test -count=1 -v -run TasksOfADay ./cmd/guestflow/console/browser | grep -o '[^ ]*: .* on a terminal$$\|^---.*\|^FAIL.*'

chaos: tools ## the kill, freeze, restart and failover tests, and those of random cases, at length
	@GUESTFLOW_CHAOS=long go test -race -count=1 -timeout 60m $(PACKAGES) -run 'Chaos|PresentEachRefreshTokenOnce|Parked|KilledWorkers|'\
		'APersonGetsOneEmail|BooksOfAnotherQflow|Random|Games|IsLeftOutIs|EditedAfterAKill'

bench: tools ## all benchmarks
	@go test -run '^$$' -bench . -benchmem $(PACKAGES)

bench-peers: tools build ## guestflow beside plain Asynq, BullMQ and a program without a queue: some minutes; GUESTS=8000 ROUNDS=1 for less
	@mkdir -p $(BIN)/peers && cp deploy/peers/bullmq/* $(BIN)/peers
	@$(STEP) "install: BullMQ into bin/peers" \
		sh -c 'cd $(BIN)/peers && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error'
	@go run ./deploy/peers -guestflow $(BIN)/guestflow -bullmq $(BIN)/peers -guests $(GUESTS) -rounds $(ROUNDS)

demo: ## a sample file from drop to report, in one process
	@go run ./cmd/guestflow demo

docs: ## docs/configuration.md, from the code
	@go run ./cmd/guestflow config --page > $(BIN)/configuration.md && mv $(BIN)/configuration.md docs/configuration.md

man: build ## bin/guestflow.1, and bin/completion/ for bash, zsh and fish
	@mkdir -p $(BIN)/completion
	@$(BIN)/guestflow man > $(BIN)/guestflow.1
	@for shell in bash zsh fish; do $(BIN)/guestflow completion $$shell > $(BIN)/completion/guestflow.$$shell; done

notices: ## bin/NOTICES: the licences of all that is inside
	@mkdir -p $(BIN)
	@.ci/notices $(BIN)/NOTICES

release-check: ## .goreleaser.yaml by its own tool
	@go run github.com/goreleaser/goreleaser/v2@v2.12.7 check

clean: ## remove bin/ and what the demo wrote; a ledger in .guestflow/ stays
	@rm -rf $(BIN) guestflow-demo
