# 回音. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PORT ?= 8000
CASES ?= 300000
MESSAGES ?= 1000000
export PIP_DISABLE_PIP_VERSION_CHECK = 1

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

.venv/.installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11–3.13（含 venv）；请安装后重试，或 make PYTHON=/path/to/python3.12 …" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --progress-bar on --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

.venv/.installed-test: .venv/.installed requirements-test.lock
	$(BIN)/python -m pip install --quiet --progress-bar on --require-hashes -r requirements-test.lock
	@touch $@

install: .venv/.installed ## make .venv with the pinned dependencies; the models come with the checkout

run: install ## start the demo on http://127.0.0.1:$(PORT)
	$(BIN)/huiyin demo --port $(PORT)

test: .venv/.installed-test ## run the whole test suite
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

models: .venv/.installed ## train the shipped models anew from the corpora
	$(BIN)/huiyin models build

wheel: .venv/.installed ## dist/huiyin-*.whl, with the models inside
	rm -rf build dist
	$(BIN)/python -m pip wheel --quiet --no-build-isolation --no-deps --wheel-dir dist .
	@rm -rf build
	@ls -lh dist

test-fast: .venv/.installed-test ## the rules and steps on SQLite alone, for daily work
	$(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile -k "not postgresql" tests/unit/sla tests/unit/text tests/unit/cases tests/unit/bot

check: .venv/.installed-test ## formatter, linter, types, import contracts, unused dependencies and code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/vulture

format: .venv/.installed-test ## let the formatter rewrite the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.installed-test ## measure against peers in the same run (QUICK=1: a smoke test within a minute)
	$(BIN)/python -m bench $(if $(QUICK),--quick)

big: .venv/.installed-test ## fill var/big with 300,000 cases and 1,000,000 messages (CASES=, MESSAGES=)
	$(BIN)/python -m bench.big var/big --cases $(CASES) --messages $(MESSAGES)

pictures: .venv/.installed-test ## take the README's pictures of the console from the demo (needs Chromium)
	$(BIN)/python -m bench.pictures

audit: .venv/.installed-test ## hold the pinned dependencies against the kept advisories, offline; says how old those are
	$(BIN)/python -m bench.audit

soak: .venv/.installed-test ## kills, fuzzed inputs and a simulated day for as long as you like (KILLS, INPUTS, PLAYS, HOURS, RESULTS)
	KILLS=$(or $(KILLS),1000) INPUTS=$(or $(INPUTS),100000) PLAYS=$(or $(PLAYS),300) HOURS=$(or $(HOURS),24) \
		RESULTS=$(or $(RESULTS),var/soak) $(BIN)/python -m tests.faults.soak

calendar-check: .venv/.installed ## fail when next year's holiday notice is missing (from 1 December)
	$(BIN)/python -m sla.calendar_check

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile -q pyproject.toml --extra build --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --no-emit-find-links --no-annotate -o requirements.lock
	uv pip compile -q pyproject.toml --extra build --extra test --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --no-emit-find-links --no-annotate -c requirements.lock -o requirements-test.lock

clean: ## remove the environment and everything built
	rm -rf .venv dist text/built

.PHONY: audit help install run models wheel test test-fast check format bench pictures soak big calendar-check lock clean
