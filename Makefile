# Everything a newcomer, a developer or a build server types. `make help` lists it.

HERE := $(shell pwd | cksum | cut -d' ' -f1)
LOCKED := .venv/locked-$(HERE)# named after the place, as a virtual environment cannot be moved
READY := .venv/ready-$(HERE)
BIN := .venv/bin
ARGS ?=
export PYTHON
unexport PYTHONDONTWRITEBYTECODE# what every command would compile anew is most of its start

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo ui test check format bench load clients faults soak lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo '  ARGS="…" is passed on by demo, ui, test, bench and clients, as in: make test ARGS="-k ledger"'

setup: $(READY) ## a virtual environment in .venv, as requirements.lock pins it (done by the others as needed)

$(LOCKED): requirements.lock
	@.ci/venv
	@touch $@

# Nothing is fetched here: the build backend is in the lock.
$(READY): $(LOCKED) pyproject.toml
	@if [ -e $(BIN)/pip ]; then \
		$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	else \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

demo: $(READY) ## from nothing: a sandbox org, demo data, every entity synced twice, a report
	@$(BIN)/concord demo $(ARGS)

ui: $(READY) ## the sandbox org, Dagster's web pages and its daemon, on loopback until stopped
	@$(BIN)/concord ui $(ARGS)

test: $(READY) ## the tests
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(READY) ## all that a change must pass: format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@$(MAKE) --no-print-directory test

format: $(READY) ## puts the code into form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(READY) ## the benchmarks, as JSON
	$(BIN)/pytest tests/benchmarks -m benchmark -s --timeout=0 $(ARGS)

load: $(READY) ## many clients and many records, amid faults
	$(BIN)/pytest tests/load -m load -s --timeout=0 $(ARGS)

clients: $(READY) ## real Salesforce clients from PyPI and npm, each driven against a fresh sandbox org: PASS or FAIL
	@$(BIN)/python -m tests.clients $(ARGS)

faults: $(READY) ## faults and kills at every call of five small plans, and a report; MINUTES=20 of pairs, SEED=7, KEEP=folder, COURSES="tasks bulk"
	$(BIN)/python -m tests.faults $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) \
		$(if $(KEEP),--keep $(KEEP)) $(if $(COURSES),--courses "$(COURSES)")

soak: $(READY) ## people, source and runs at random until MINUTES are over, or one SEED again
	$(BIN)/python -m tests.faults.soak $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

lock: ## renews requirements.lock (needs uv; UPGRADE=--upgrade takes newer versions)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev --group bench \
		--no-emit-index-url --no-emit-find-links --no-header $(UPGRADE) pyproject.toml -o requirements.lock

clean: ## removes the virtual environment, the clients and the caches; never data
	rm -rf .venv .clients .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
