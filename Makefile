# Everything a newcomer needs: `make run` and `make test`. Both install what is missing, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PORT ?= 8000
export SANAD_LLM ?= $(or $(LLM),auto)

.PHONY: run test install bench format clean

run: install ## install, fetch models, index the corpus, serve on 127.0.0.1:8000
	$(BIN)/sanad models pull
	$(BIN)/sanad ingest
	$(BIN)/sanad serve --port $(PORT)

test: install ## every check that CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sanad corpus check
	$(BIN)/sanad models pull multilingual-e5-small qwen2.5-coder-0.5b-instruct-q4_k_m
	$(BIN)/pytest

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(INSTALLED)

bench: install ## the working times as a share of the bare work
	$(BIN)/sanad doctor --bench

format: install ## rewrite the code the way `make test` wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what was built; models and index stay in var/
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
