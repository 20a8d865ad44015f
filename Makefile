# The tasks of this repository; `make` alone lists them.

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

# Empty files that say what is installed; each is older than what would make it untrue.
VENV_MADE := $(VENV)/.made
RUNTIME := $(VENV)/.runtime
DEMO := $(VENV)/.demo
DEV := $(VENV)/.dev
# What runs the service needs no more than the service, but takes the full environment where there is one.
ANY := $(if $(wildcard $(DEV)),$(DEV),$(RUNTIME))
ANY_DEMO := $(if $(wildcard $(DEV)),$(DEV),$(DEMO))

# The inner modules compiled, for those who have a C compiler: beside the sources, never among them.
COMPILED := build/compiled
COMPILED_MADE := $(COMPILED)/.made
CAN_COMPILE := $(shell command -v cc)
SOURCES := $(shell find service plugins -name '*.py')

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install test lint format coverage demo serve compile bench fuzz mutate lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(DEV)  ## the environment, in .venv

test: lint  ## everything a change must pass: lint, types, import contracts, tests
	$(BIN)/python -m pytest

lint: $(DEV)  ## style, types and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(DEV)  ## format the code and mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

coverage: $(DEV)  ## the tests, and the lines and branches they leave out
	$(BIN)/python -m pytest --cov --cov-report=term

demo: $(ANY_DEMO)  ## explain refusals over HTTP, real and in a stand-in account, then keep serving; ONCE=1 ends after printing
	$(BIN)/python -m why403.demo $(if $(ONCE),--once)

serve: $(ANY)  ## the service; ARGS="--host H --port P"
	$(BIN)/why403 serve $(ARGS)

compile: $(COMPILED_MADE)  ## the inner modules as machine code, in build/compiled, compared with plain Python; needs a C compiler

bench: $(DEV) $(if $(CAN_COMPILE),$(COMPILED_MADE))  ## measure the speed of decisions, collecting and answers, compiled too where there is a C compiler
	$(BIN)/python -m tests.bench
	$(if $(CAN_COMPILE),PYTHONPATH=$(COMPILED) $(BIN)/python -m tests.bench,@echo "no C compiler: the compiled form is not measured")

fuzz: $(DEV)  ## read mutated samples, look for errors, leaks and slowness; ARGS="COUNT SEED"
	$(BIN)/python -m tests.fuzz $(ARGS)

mutate: $(DEV)  ## change policy, engine and layers in small ways, and list what no test notices; ARGS="NAME..." or ARGS="--sample N"
	$(BIN)/python -m tests.mutation $(ARGS)

# uv writes the lock files; installing from them needs pip only. UPGRADE=1 takes newer versions.
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header \
	$(if $(UPGRADE),--upgrade)
lock:  ## write requirements/*.txt anew from pyproject.toml
	$(LOCK) pyproject.toml --output-file requirements/runtime.txt
	$(LOCK) --group build --constraint requirements/runtime.txt --output-file requirements/build.txt
	$(LOCK) --group compile --constraint requirements/build.txt --output-file requirements/compile.txt
	$(LOCK) pyproject.toml --extra demo --constraint requirements/runtime.txt --output-file requirements/demo.txt
	$(LOCK) pyproject.toml --extra postgres --constraint requirements/demo.txt --output-file requirements/postgres.txt
	$(LOCK) pyproject.toml --extra demo --extra postgres --group dev --constraint requirements/compile.txt \
		--constraint requirements/demo.txt --constraint requirements/postgres.txt --output-file requirements/dev.txt

clean:  ## remove the environment and everything generated
	rm -rf $(VENV) build dist htmlcov .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(VENV_MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUNTIME): pyproject.toml requirements/build.txt requirements/runtime.txt | $(VENV_MADE)
	$(PIP) --require-hashes --requirement requirements/build.txt --requirement requirements/runtime.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEMO): requirements/demo.txt $(RUNTIME)
	$(PIP) --require-hashes --requirement requirements/demo.txt
	@touch $@

$(DEV): pyproject.toml requirements/dev.txt | $(VENV_MADE)
	$(PIP) --require-hashes --requirement requirements/dev.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(COMPILED_MADE): hatch_build.py pyproject.toml $(SOURCES) | $(DEV)
	rm -rf $(COMPILED) build/wheels
	WHY403_COMPILED=1 $(BIN)/python -m hatchling build --target wheel --directory build/wheels
	$(PIP) --no-deps --target $(COMPILED) build/wheels/*.whl
	$(BIN)/python -m tests.compiled $(COMPILED)
	PYTHONPATH=$(COMPILED) $(BIN)/python -m pytest tests/test_decision_table.py tests/test_own_cases.py tests/test_decisions.py
	@touch $@
