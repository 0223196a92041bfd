# Every target sets up what it needs: a virtual environment in .venv, made once and refreshed when the dependencies change.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.installed
export WEB JSON NAME INPUT MB SEED

.PHONY: demo dev test test-slow lint bench setup clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: $(READY)  ## make or refresh .venv

demo: $(READY)  ## close the loop on the bundled web, or on WEB=folder; JSON=1 prints the figures as one line
	@$(BIN)/python -m demo

dev: $(READY)  ## the Dagster UI on the demo's lake (WEB=folder: on that demo's)
	@$(BIN)/python -m demo.dev

test: $(READY)  ## the fast tests
	@$(BIN)/python -m pytest -q -n 2 -m "not slow"

test-slow: $(READY)  ## the slow tests
	@$(BIN)/python -m pytest -q -m slow

lint: $(READY)  ## ruff, mypy, pyright, dg
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy && $(BIN)/mypy -m definitions
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/dg check toml && $(BIN)/dg check defs --no-check-yaml

bench: $(READY)  ## measure: NAME=all or one of bench/, INPUT=folder
	@$(BIN)/python -m bench

clean:  ## remove .venv and everything that demos wrote
	rm -rf .venv .lugha

# torch first and alone: some package sources hold a CPU build of exactly this version, which a resolver would pass over.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("lugha needs Python 3.11 or newer, this is %s: make PYTHON=python3.12 ..." % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "Setting up .venv (once; some minutes) ..."
	@$(PYTHON) -m venv .venv || { echo "python3-venv is missing: on Debian, apt-get install python3-venv"; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch==2.13.0
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@
