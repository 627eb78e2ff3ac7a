# Each target sets up what it uses. PYTHON names another interpreter (3.11 or newer).
PYTHON ?= $(shell scripts/find-python)
BIN := .venv/bin

.PHONY: run test drills check bench demo lock format clean

run: .venv/.server ## serve on port 3004 with embedded parts
	@exec $(BIN)/asset-forge serve

test: .venv/.test ## set up and run all tests
	@scripts/install-test-programs
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

drills: .venv/.test ## raise every alert on a real Prometheus and Alertmanager; wants a quiet machine
	@scripts/install-test-programs
	@$(BIN)/pytest -s tests/drills/test_*.py $(ARGS)

check: .venv/.test ## lint, formatting, types, import rules, rendered files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/asset-forge monitoring render --check

bench: .venv/.bench ## measure ours beside its peers; ARGS=--quick only tries it all
	@$(BIN)/python -m benchmarks $(ARGS)

demo: .venv/.server ## the service at work under Prometheus and Alertmanager; ARGS=--list-faults
	@exec $(BIN)/asset-forge demo $(ARGS)

lock: ## pin every dependency anew
	scripts/lock

format: .venv/.test
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

clean:
	rm -rf .venv dist

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Asset-Forge needs Python 3.11, or a newer one with SQLite 3.42: install one, or name it: make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "This Python cannot make virtual environments: on Debian, apt-get install python3-venv"; rm -rf .venv; exit 2; }

.venv/.server: .venv/bin/python requirements/server.txt pyproject.toml
	@scripts/install server

.venv/.test: .venv/bin/python requirements/test.txt pyproject.toml
	@scripts/install test
	@touch .venv/.server

.venv/.bench: .venv/bin/python requirements/bench.txt pyproject.toml
	@scripts/install bench
	@touch .venv/.server .venv/.test
