# The two commands of the README are `make demo` and `make test`; both set up what they need.

CARGO ?= cargo
BIN := $(or $(CARGO_TARGET_DIR),target)/debug

# How long `make nightly` proves.
SEEDS ?= 2000
ROUNDS ?= 200

.PHONY: help demo test nightly dev lint bench setup-demo setup-test setup-bench setup-stories ui build screens stories sheets browser clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

demo: setup-demo ui ## Set up, build, and do the main job from ingest to signed packs in ./demo
	$(CARGO) build --locked -p board-server -p board-cli -p boardroom-desktop
	./xtask/demo.sh $(BIN) demo

test: setup-test ui ## Set up and pass all tests
	npm --prefix ui run --silent check
	npm --prefix ui run --silent lint
	npm --prefix ui test --silent
	$(CARGO) fmt --all --check
	$(CARGO) build --locked --workspace
	if $(CARGO) nextest --version >/dev/null 2>&1; then \
	  $(CARGO) nextest run --locked --workspace; \
	else \
	  $(CARGO) test --locked --workspace; \
	fi

nightly: setup-test ui ## Prove for hours: SEEDS of the simulation, ROUNDS of every kill loop
	$(CARGO) build --locked --workspace
	CARGO="$(CARGO)" ./xtask/nightly.sh $(SEEDS) $(ROUNDS)

dev: setup-demo ui ## Run a server with the demo tenant and the window beside it, until the window closes
	$(CARGO) build --locked -p board-server -p board-cli -p boardroom-desktop
	./xtask/demo.sh $(BIN) demo --stay

lint: ui ## Clippy, rustfmt, svelte-check, eslint, and the drift of generated types
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) clippy --locked --workspace --features boardroom-desktop/adapter -- -D warnings
	$(CARGO) clippy --locked -p boardroom-tests --no-default-features --features bench --bins -- -D warnings
	npm --prefix ui run --silent check
	npm --prefix ui run --silent lint
	git diff --exit-code --stat -- ui/src/bindings docs/openapi.json

bench: setup-bench ui ## Measure beside the peers; writes target/bench/*.json
	./xtask/bench.sh

screens: setup-test ui ## Take the pictures of the README
	$(CARGO) build --locked -p board-server -p board-cli -p boardroom-desktop
	./xtask/demo.sh $(BIN) demo
	./xtask/screens.sh demo docs/screens

stories: setup-stories ui ## Draw every part and every screen in Chromium, with axe over them
	npm --prefix ui run --silent storybook:build
	npm --prefix ui run --silent stories
	npm --prefix ui run --silent build:fake
	npm --prefix ui run --silent screens

sheets: setup-stories ui ## Take the pictures of every part and every screen
	npm --prefix ui run --silent storybook:build
	npm --prefix ui run --silent stories -- --sheet $(CURDIR)/docs/screens
	npm --prefix ui run --silent build:fake
	npm --prefix ui run --silent screens -- --sheet $(CURDIR)/docs/screens

browser: setup-test setup-stories ui ## Chromium over the real core: axe, Lighthouse, web vitals; and the screens beside their pictures
	$(CARGO) build --locked --workspace --features boardroom-desktop/adapter
	npm --prefix ui/checks ci --silent --no-audit --no-fund --ignore-scripts
	npm --prefix ui run --silent build:fake
	npm --prefix ui run --silent look
	$(BIN)/browse

setup-demo:
	@./xtask/setup.sh demo

setup-test:
	@./xtask/setup.sh test

setup-bench:
	@./xtask/setup.sh bench

setup-stories:
	@./xtask/setup.sh stories

# The window holds the built interface, so it comes before every build of the workspace.
ui: ui/dist/index.html

ui/node_modules/.package-lock.json: ui/package-lock.json
	npm --prefix ui ci --no-audit --no-fund --loglevel=error
	@touch $@

ui/dist/index.html: ui/node_modules/.package-lock.json $(shell find ui/src ui/public ui/index.html ui/vite.config.ts ui/svelte.config.js -type f 2>/dev/null)
	npm --prefix ui run --silent build

build: ui ## Build everything
	$(CARGO) build --locked --workspace

clean: ## Remove what was built
	$(CARGO) clean
	rm -rf ui/dist ui/node_modules demo
