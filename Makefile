# Everything is built and kept inside of this folder, except Go's own caches and what apt installs.

BIN           := $(CURDIR)/bin
PACKAGES      := ./...
RACE          ?=
FUZZTIME      ?= 20s
LINT_VERSION  := 2.15.0
PROMTOOL      := $(or $(shell command -v promtool 2>/dev/null),$(BIN)/promtool)

# Most tests wait, for processes and for each other, so more of them go side by side than there are processors.
PARALLEL      ?= 8

say = @echo "$$(date +%T)  $(1)"

# The lint tool's cache stays with the tool.
export GOLANGCI_LINT_CACHE := $(BIN)/.lint-cache

.NOTPARALLEL:
.PHONY: help build test ci tools fmt-check vet lint go-test fuzz screenshots chaos bench demo man clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

build: ## bin/guestflow: one static file, with the time zones inside
	@CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags '-s -w' -o $(BIN)/guestflow ./cmd/guestflow

test: tools fmt-check vet go-test ## install what is missing, then format, vet and all tests
	$(call say,all is well; CI also lints and looks for races: make ci)

# Lint takes minutes to compile the first time, and the race detector makes every test several times slower: here, not in every `make test`.
ci: ## make test with the race detector, then lint: what decides whether a change lands
	@.ci/run

# The tests run real Redis servers and a real browser, whose checkers come by npm, and the race detector needs a C compiler.
tools: $(PROMTOOL)
	@missing=; \
	command -v redis-server >/dev/null || command -v valkey-server >/dev/null || missing="redis-server"; \
	command -v "$$(go env CC | cut -d' ' -f1)" >/dev/null || missing="$$missing gcc libc6-dev"; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$$missing chromium"; \
	command -v node >/dev/null || missing="$$missing nodejs"; \
	command -v npm >/dev/null || missing="$$missing npm"; \
	test -n "$$missing" || exit 0; \
	if [ "$$(id -u)" = 0 ]; then root=; elif sudo -n true 2>/dev/null; then root="sudo -n"; else root=no; fi; \
	if [ "$$root" = no ] || ! command -v apt-get >/dev/null; then \
		echo "make test needs: $$missing. Install them (Debian: apt-get install$$(printf ' %s' $$missing); macOS: brew install redis node, and Chrome) and run it again." >&2; \
		exit 1; \
	fi; \
	echo "$$(date +%T)  install: $$missing"; \
	$$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null

# It checks the alerts and the dashboard. Only the tool is taken out of Debian's package, which would start a server.
$(BIN)/promtool:
	@command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || \
		{ echo "make test needs promtool, of Prometheus. Install it (macOS: brew install prometheus) and run it again." >&2; exit 1; }
	$(call say,install promtool into bin/)
	@rm -rf $@.d && mkdir -p $@.d && cd $@.d && \
	if ! apt-get download -qq prometheus >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ]; then root=; else root="sudo -n"; fi; \
		$$root apt-get update -qq && apt-get download -qq prometheus; \
	fi && \
	dpkg-deb --fsys-tarfile prometheus_*.deb | tar -xO ./usr/bin/promtool >promtool && chmod +x promtool && mv promtool $@
	@rm -rf $@.d

fmt-check:
	$(call say,format: gofmt)
	@bad=$$(gofmt -l cmd worker importer qflow tokencache deploy); \
	test -z "$$bad" || { echo "not formatted, run gofmt -w on:" >&2; echo "$$bad" >&2; exit 1; }

vet:
	$(call say,vet: go vet $(PACKAGES); an empty cache is filled first)
	@go vet $(PACKAGES)

lint: $(BIN)/golangci-lint-$(LINT_VERSION) ## golangci-lint, by .golangci.yml
	$(call say,lint: golangci-lint $(LINT_VERSION); the first run fills its cache)
	@$< run --allow-parallel-runners $(PACKAGES)

# Named by its version, so that a new version is installed when this file asks for it. Compiling it takes two minutes, once.
$(BIN)/golangci-lint-$(LINT_VERSION):
	$(call say,install golangci-lint $(LINT_VERSION) into bin/: compiling it takes minutes once)
	@GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$(LINT_VERSION)
	@mv $(BIN)/golangci-lint $@

go-test:
	$(call say,test: go test $(RACE) -parallel $(PARALLEL) $(PACKAGES))
	@go test $(RACE) -vet=off -parallel $(PARALLEL) -timeout 30m $(PACKAGES)

fuzz: ## every fuzz target for FUZZTIME (20s)
	@for pkg in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$$pkg"/*_test.go | cut -c6-); do \
			echo "== $$pkg $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$pkg" || exit 1; \
		done; \
	done

screenshots: tools ## bin/screenshots: every page of the console, light and dark, desktop and phone
	@GUESTFLOW_SCREENSHOTS=all go test -count=1 -run FitForEverybody ./cmd/guestflow/console/browser
	@ls $(BIN)/screenshots

chaos: tools ## the kill, freeze, restart and failover tests at length
	@GUESTFLOW_CHAOS=long go test -race -count=1 -run 'Chaos|PresentEachRefreshTokenOnce|Parked|KilledWorkers' -timeout 60m $(PACKAGES)

bench: tools ## all benchmarks
	@go test -run '^$$' -bench . -benchmem $(PACKAGES)

demo: ## a sample file from drop to report, in one process
	@go run ./cmd/guestflow demo

man: build ## bin/guestflow.1, and bin/completion/ for bash, zsh and fish
	@mkdir -p $(BIN)/completion
	@$(BIN)/guestflow man > $(BIN)/guestflow.1
	@for shell in bash zsh fish; do $(BIN)/guestflow completion $$shell > $(BIN)/completion/guestflow.$$shell; done

clean: ## remove bin/ and what the demo wrote; a ledger in .guestflow/ stays
	@rm -rf $(BIN) guestflow-demo
