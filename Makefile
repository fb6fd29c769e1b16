# Peil. `make demo` shows the whole product, `make test` tests it; both set everything up by themselves.
# Needs python3 (3.11 or later) with venv, and make. Works from any path, as root or as an ordinary user.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: help
help: ## say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

.PHONY: setup
setup: ## make .venv and install the locked dependencies (the others do this by themselves)
	@bash .ci/setup

.PHONY: demo
demo: setup ## run the whole product on demo data and serve it until stopped (SEED=7 for another draw)
	@exec $(BIN)/python -m peil demo $(if $(SEED),--seed $(SEED))

.PHONY: demo-check
demo-check: setup ## the same demo without serving; fails if any step did not do its work
	@exec $(BIN)/python -m peil demo --check $(if $(SEED),--seed $(SEED))

.PHONY: test
test: setup ## run all tests (browser tests need Chromium: installed when you are root)
	@bash .ci/chromium
	@exec $(if $(strip $(ARGS)),$(BIN)/python -m pytest $(ARGS),bash .ci/test)

.PHONY: check
check: setup ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: setup ## format and mend what a machine can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: bench
bench: setup ## speed side by side with the peers, as ratios; fails when a gate is missed (installs the peers, once)
	@bash .ci/peers
	@missed=(); for bench in tests/bench/bench_*.py; do \
	  echo "== $$bench"; $(BIN)/python "$$bench" || missed+=("$$bench"); \
	done; \
	if [[ $${#missed[@]} -eq 0 ]]; then echo "== every bench met its gates"; exit 0; fi; \
	echo "== missed a gate or failed, as said above:"; printf '   %s\n' "$${missed[@]}"; exit 1

.PHONY: peers
peers: setup ## show exported items in another QTI player, answer by hand in both, compare (needs npm; installs it, once)
	@bash .ci/players
	@bash .ci/chromium
	@exec $(BIN)/python -m tests.peers.players

.PHONY: drill
drill: setup ## hostile files, what is another's, guessed codes; then pupils answer while everything around them fails (KILLS=20 STOPS=5 RACES=100: minutes)
	@$(BIN)/python -m tests.itembank.hostile.ledger
	@$(BIN)/python -m tests.matrix
	@$(BIN)/python -m tests.delivery.guessing
	@exec $(BIN)/python -m loadtest.drill --kills $(or $(KILLS),200) --stops $(or $(STOPS),50) --races $(or $(RACES),1000) \
	  --others $(or $(OTHERS),3) --seed $(or $(SEED),0) --controls tests/loadtest/controls

.PHONY: fuzz
fuzz: setup ## requests of every operation as described and otherwise, by everybody (schemathesis; ARGS="--examples 200")
	@bash .ci/peers
	@exec $(BIN)/python -m tests.fuzz $(ARGS)

.PHONY: film
film: setup ## pictures of three stories, of every page and of every printed sheet, in OUT (needs Chromium, poppler-utils)
	@bash .ci/chromium
	@exec $(BIN)/python -m tests.filmstrip --out $(or $(OUT),screenshots)

.PHONY: load
load: setup ## let pupils log in and answer; answers/s beside pgbench, and what a country needs (ARGS=--help)
	@exec $(BIN)/python -m loadtest.load $(ARGS)

.PHONY: hooks
hooks: setup ## install the local pre-commit hooks
	$(BIN)/pre-commit install

.PHONY: clean
clean: ## remove what setup and the tools made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info build
