# What a developer does with this repository. `make` alone lists the targets.
# Each target sets up what it needs and does not repeat what is done: the stamps are the files *.ok.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python

# Node from .venv, where there is one, goes before the machine's.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONUTF8 := 1
# Tools want a home to keep their caches in, even where the user has none.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/.cache/home
endif

WEB_SOURCES := $(shell find web -type d \( -name node_modules -o -name dist \) -prune -o -type f -print 2>/dev/null)

.PHONY: help run test check bench docs lock schema web clean format unit FORCE

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run.ok .cache/web.ok ## Start the server with the shop page and the sample bot.
	$(BIN)/frontdesk demo

test: ## Set up everything, then run every check and every test; one that fails does not hide the others.
	@failed=; \
	$(MAKE) check || failed+=" check"; \
	$(MAKE) unit || failed+=" unit"; \
	if [ -n "$$failed" ]; then echo "failed:$$failed"; exit 1; else echo "all checks and tests passed"; fi

unit: .venv/dev.ok .cache/web.ok .venv/chromium.path ## Run the tests only: Vitest, then pytest.
	@status=0; \
	(cd web && npm test) || status=$$?; \
	CHROMIUM="$$(cat .venv/chromium.path)" $(PY) -m pytest || status=$$?; \
	exit $$status

check: .venv/dev.ok web/node_modules/.ok ## Look at style, types, imports and generated files.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(PY) -m frontdesk.protocol.schema --check
	$(PY) -m scripts.docs --check
	$(PY) -m pytest -q tests/architecture
	cd web && npm run check

bench: .venv/dev.ok ## Measure; BENCH names the benchmarks to run, all without it.
	$(PY) -m benchmarks $(BENCH)

docs: .venv/dev.ok ## Write the generated pages of docs/reference.
	$(PY) -m scripts.docs

schema: .venv/dev.ok ## Write the JSON Schema and the TypeScript types of the protocol.
	$(PY) -m frontdesk.protocol.schema

format: .venv/dev.ok ## Put the Python code into the house's form.
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: .venv/lock.ok ## Renew the lock files in requirements/ (UPGRADE=1 takes the newest versions).
	$(PY) scripts/lock.py $(if $(UPGRADE),--upgrade)

web: .cache/web.ok ## Build the web parts into web/dist.

clean: ## Remove what was installed or built; data in .data stays.
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist test-results
	rm -rf web/node_modules web/dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up ---------------------------------------------------------------------------------------------------------

.venv/venv.ok:
	@mkdir -p $${HOME} .cache
	@$(PYTHON) scripts/setup.py venv
	@touch $@

.venv/run.ok: .venv/venv.ok requirements/setup.txt requirements/run.txt pyproject.toml
	@$(PYTHON) scripts/setup.py run
	@touch $@

.venv/dev.ok: .venv/venv.ok requirements/dev.txt pyproject.toml
	@$(PYTHON) scripts/setup.py dev
	@touch $@ .venv/run.ok

.venv/lock.ok: .venv/dev.ok requirements/lock.txt
	@$(PYTHON) scripts/setup.py lock
	@touch $@

.venv/node.ok: .venv/venv.ok requirements/node.txt
	@$(PYTHON) scripts/setup.py node
	@touch $@

.venv/chromium.path: .venv/venv.ok
	@$(PYTHON) scripts/setup.py chromium

web/node_modules/.ok: .venv/node.ok web/package-lock.json
	@echo "setup: installing the web tools (npm ci)"
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Built again when a source changed, or when the folder was removed behind the stamp's back.
.cache/web.ok: web/node_modules/.ok $(WEB_SOURCES) $(if $(wildcard web/dist/*),,FORCE)
	@echo "setup: building the web parts (web/dist)"
	cd web && npm run build
	@mkdir -p .cache && touch $@
