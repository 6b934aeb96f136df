# run · test · bench · lint. HOST, PORT, INSTANCE and DATABASE_URL may be set: make run PORT=9000
PYTHON ?= python3
TESTS ?= tests
FAMILIES ?= 10000
export HOST PORT INSTANCE DATABASE_URL FAMILIES
BIN := .venv/bin
.PHONY: run test bench lint

run: export DEMO := $(or $(DEMO),1)
run:  ## set everything up and serve the portal (a demo centre; DEMO=0 for a real one)
	@$(PYTHON) -m tests.setup.packages
	@exec $(BIN)/python serve.py

test:  ## set up what tests need and run them all on both databases (TESTS=tests/rules: only these)
	@$(PYTHON) -m tests.setup.services python -m pytest -n 2 --dist worksteal $(TESTS)

bench:  ## measure the pages beside a bare Flask, on both databases
	@$(PYTHON) -m tests.setup.services python -m tests.bench

lint:  ## style, types, templates
	@$(PYTHON) -m tests.setup.packages --tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint templates --lint --quiet
