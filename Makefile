# The README's two commands are `make demo` and `make test`; both set everything up in .venv.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
EXTRAS := cards,keyring,mcp,postgres
TESTS :=
DEMO_EDIT := hello.md
PACKAGE := planning

.DEFAULT_GOAL := help
.PHONY: help setup lock demo test test-newest test-lowest audit mutants docs lint format types bench clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
LOCKED := --require-hashes --only-binary :all: --requirement

$(BIN)/python:
	@$(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)

$(VENV)/.ready: pyproject.toml requirements/dev.txt | $(BIN)/python
	@$(PIP) $(LOCKED) requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(VENV)/.ready ## make .venv with everything in it, from the lock

lock: | $(BIN)/python ## write requirements/*.txt after a change of pyproject.toml; UPGRADE=1 takes the newest releases
	@$(PIP) $(LOCKED) requirements/lock.txt
	@BIN=$(BIN) .ci/lock $(if $(UPGRADE),--upgrade)

demo: setup ## publish content/ to the embedded sandbox, twice, then plan an edit
	@rm -rf $(DEMO) && mkdir -p $(DEMO) && cp -r content publisher.yaml $(DEMO)/
	@printf '\n$$ publisher publish --sandbox\n'
	@$(BIN)/publisher -C $(DEMO) publish --sandbox --max-creates 20
	@printf '\n$$ publisher publish --sandbox    # again\n'
	@$(BIN)/publisher -C $(DEMO) publish --sandbox --max-creates 20
	@printf '\nOne more line.\n' >> $(DEMO)/content/$(DEMO_EDIT)
	@printf '\n$$ publisher publish --sandbox --dry-run    # after editing $(DEMO_EDIT)\n'
	@$(BIN)/publisher -C $(DEMO) publish --sandbox --dry-run

test: setup ## run all tests
	$(BIN)/python -m pytest -n 2 --dist worksteal --timeout 300

test-newest: $(BIN)/python ## run all tests with the newest releases of everything, in .venv-newest
	@$(PIP) $(LOCKED) requirements/lock.txt
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-newest
	@$(BIN)/uv pip install --quiet --python .venv-newest --upgrade --editable '.[$(EXTRAS)]' --group test pip
	.venv-newest/bin/python -m pytest -n 2 --dist worksteal --timeout 300 $(TESTS)

test-lowest: $(BIN)/python ## run all tests with the lowest versions that pyproject.toml allows, in .venv-lowest
	@$(PIP) $(LOCKED) requirements/lock.txt
	@mkdir -p build
	@$(BIN)/uv pip compile --quiet pyproject.toml --all-extras --python-version 3.11 --resolution lowest-direct \
		--only-binary :all: --output-file build/lowest.txt
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-lowest
	@$(BIN)/uv pip install --quiet --python .venv-lowest --constraint build/lowest.txt --editable '.[$(EXTRAS)]' \
		--group test pip
	.venv-lowest/bin/python -m pytest -n 2 --dist worksteal --timeout 300 $(TESTS)

mutants: setup ## change PACKAGE (planning, publishing, state, text) in small ways; list what its own tests miss
	$(BIN)/python -m tests.mutants $(PACKAGE)

audit: setup ## look the locked versions up in the database of known vulnerabilities
	$(BIN)/pip-audit --require-hashes --disable-pip --requirement requirements/dev.txt

docs: setup ## build the documentation site in build/site and check its links
	@$(BIN)/python -m docsite.build

lint: setup ## ruff, import layers, workflows
	$(BIN)/zizmor --offline --quiet --no-progress .github action.yml
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
	rm -rf $(VENV) .venv-newest .venv-lowest .venv-tools build dist artifacts .mypy_cache .ruff_cache .pytest_cache
