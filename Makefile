# `make run` starts Perennial, `make test` checks everything, `make bench` measures; the other targets are steps of these three.
# Tools and packages are kept in the cache folder, the compiler's output in target (or CARGO_TARGET_DIR).

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-print-directory --no-builtin-rules
STEP        := $(CURDIR)/scripts/step.sh
QUICK       := cargo build --profile quick --package perennial-api --bin perennial
RUST_TESTS  := $(if $(shell command -v cargo-nextest),cargo nextest run,cargo test) --workspace --no-fail-fast
LINT_API    := tests/contract/node_modules/.bin

export PATH := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/perennial/tools/bin:$(PATH):$(HOME)/.cargo/bin
export CARGO_TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true

.PHONY: run test bench openapi application first-server checks setup style description licences build suites suite-sqlite suite-postgresql

# Builds what is missing, fills a demonstration company once, serves it on http://127.0.0.1:8080.
run:
	@$(MAKE) --jobs=2 application first-server
	@$(STEP) 'Server' $(QUICK)
	@$(CARGO_TARGET_DIR)/quick/perennial demo
	@exec $(CARGO_TARGET_DIR)/quick/perennial serve

# Every check and every test, on SQLite and PostgreSQL.
test:
	@$(STEP) 'Everything' $(MAKE) checks

# Writes the contract anew from the types; the tests compare it.
openapi:
	@cargo run --quiet --package perennial-api -- openapi > openapi/perennial.json
	@cargo run --quiet --package perennial-api -- openapi --operations > openapi/operations.txt

# A release build under load, on both databases, PostgreSQL durable here. A part: cargo bench … -- sqlite small list.
bench: setup application
	@$(STEP) 'Server' cargo build --release --package perennial-api --bin perennial --features embed-frontend
	@PERENNIAL_PROGRAM=$(CARGO_TARGET_DIR)/release/perennial scripts/postgres.sh kept fsync=on synchronous_commit=on \
		full_page_writes=on autovacuum=on cargo bench --package perennial-tests --bench load
	@for database in sqlite postgresql; do PERENNIAL_TEST_DATABASE=$$database PERENNIAL_MIXED_SECONDS=1200 \
		PERENNIAL_PROGRAM=$(CARGO_TARGET_DIR)/release/perennial $(STEP) "Mixed load, $$database" \
		scripts/postgres.sh with cargo test --package perennial-tests --test faults mixed -- --nocapture; done
	@cargo bench --package perennial-insight --package perennial-domain --features perennial-domain/server \
		--bench models --bench beside_lifetimes --bench clock --bench loyalty

# The front end: WebAssembly by trunk, PatternFly's sheets.
application: tool-trunk tool-wasm-bindgen
	@rustup target list --installed | grep --quiet wasm32 || rustup target add wasm32-unknown-unknown
	@scripts/npm.sh frontend && scripts/patternfly.sh
	@cd frontend && $(STEP) 'Browser application' trunk build --release --cargo-profile browser --skip-version-check
	@$(STEP) 'Compression' node scripts/compress.mjs frontend/dist

# The first build of the server goes on beside the front end's. It embeds the latter, so it is then finished by `run`.
first-server:
	@scripts/system.sh libpq && mkdir -p frontend/dist
	@[ -x $(CARGO_TARGET_DIR)/quick/perennial ] || $(STEP) 'Server, first build' $(QUICK)

tool-%:
	@scripts/tool.sh $*

# The steps of `test`, cheapest first.
checks:
	@$(STEP) 'Crates' cargo fetch --locked
	@$(MAKE) --jobs=2 application setup tool-cargo-deny
	@$(MAKE) style description licences build
	@PERENNIAL_PROGRAM=$(CARGO_TARGET_DIR)/debug/perennial PERENNIAL_CHROMIUM=$$(scripts/chromium.sh) \
		PATH=$$(scripts/python.sh)/bin:$$PATH scripts/postgres.sh with $(MAKE) suites

setup:
	@scripts/system.sh libpq postgresql chromium fonts python faketime
	@scripts/npm.sh tests/contract && scripts/npm.sh tests/browser && scripts/python.sh >/dev/null
style:
	@$(STEP) 'Format' cargo fmt --all --check
	@$(STEP) 'Lint' cargo clippy --workspace --all-targets -- -D warnings
	@$(STEP) 'Lint for the browser' cargo clippy --profile browser --package perennial-frontend --target wasm32-unknown-unknown -- -D warnings
description:
	@$(STEP) 'Redocly' $(LINT_API)/redocly lint openapi/perennial.json --config openapi/redocly.yaml
	@$(STEP) 'Spectral' $(LINT_API)/spectral lint openapi/perennial.json --ruleset openapi/spectral.yaml --fail-severity error
licences:
	@$(STEP) 'Licences' cargo deny --locked --workspace --log-level error check --hide-inclusion-graph bans licenses sources
build:
	@$(STEP) 'Build' cargo build --workspace --all-targets
	@$(STEP) 'Documentation examples' cargo test --workspace --doc

suites: suite-sqlite suite-postgresql
suite-sqlite suite-postgresql: export PERENNIAL_TEST_DATABASE = $(@:suite-%=%)
suite-sqlite suite-postgresql:
	@$(STEP) 'Rust tests, $(PERENNIAL_TEST_DATABASE)' $(RUST_TESTS)
	@$(STEP) 'Browser, $(PERENNIAL_TEST_DATABASE)' node tests/browser/run.mjs
	@$(STEP) 'Generated clients, $(PERENNIAL_TEST_DATABASE)' tests/contract/run.sh
