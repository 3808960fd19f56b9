# The README's two commands are `make demo` and `make test`; both set everything up in .venv.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format types bench clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(VENV)/.ready: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@$(BIN)/python -m pip install --quiet --editable '.[keyring,postgres]' --group dev
	@touch $@

setup: $(VENV)/.ready ## make .venv with everything in it

test: setup ## run all tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: setup ## ruff, import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: setup ## reformat in place
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup ## mypy --strict
	$(BIN)/mypy

clean: ## remove what the build made
	rm -rf $(VENV) build dist artifacts .mypy_cache .ruff_cache .pytest_cache
