# The README's two commands are `make demo` and `make test`; both set everything up in .venv.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
DEMO_EDIT := hello.md

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

demo: setup ## publish content/ to the embedded sandbox, twice, then plan an edit
	@rm -rf $(DEMO) && mkdir -p $(DEMO) && cp -r content $(DEMO)/
	@printf '\n$$ publisher publish --sandbox\n'
	@$(BIN)/publisher -C $(DEMO) publish --sandbox --max-creates 20
	@printf '\n$$ publisher publish --sandbox    # again\n'
	@$(BIN)/publisher -C $(DEMO) publish --sandbox --max-creates 20
	@printf '\nOne more line.\n' >> $(DEMO)/content/$(DEMO_EDIT)
	@printf '\n$$ publisher publish --sandbox --dry-run    # after editing $(DEMO_EDIT)\n'
	@$(BIN)/publisher -C $(DEMO) publish --sandbox --dry-run

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

bench: setup ## print figures and ratios; no test
	@$(BIN)/python -m compileall -q publisher
	$(BIN)/python -m tests.bench

clean: ## remove what the build made
	rm -rf $(VENV) build dist artifacts .mypy_cache .ruff_cache .pytest_cache
