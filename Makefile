# Everything a newcomer needs: `make run` and `make test`. Both install what is missing, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PORT ?= 8000
DAY ?= $(shell date +%F)
BENCH ?= var/evals/$(DAY)-$(shell git describe --always --dirty)
ANSWERING := sanad bm25 dense langchain-extractive
WRITING := $(if $(MODEL),sanad unverified langchain closed-book)
export SANAD_LLM ?= $(or $(LLM),auto)

.PHONY: run test install bench bench-ask bench-ingest bench-answers format clean

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
	$(BIN)/sanad models pull sanad-e5-small qwen2.5-coder-0.5b-instruct-q4_k_m
	$(BIN)/sanad ingest
	$(BIN)/sanad eval gold check
	$(BIN)/sanad eval gate
	$(BIN)/pytest

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(INSTALLED)

bench: install ## the working times as a share of the bare work
	$(BIN)/sanad doctor --bench

bench-ask: install ## an answer step by step, as a share of encoding and FAISS; INDEX="--index A --index B" for others
	$(BIN)/sanad eval ask $(INDEX)

bench-ingest: install ## pages and tokens a second by stage, and embedding against the bare model; FOLDER=… for others
	$(BIN)/sanad models pull sanad-e5-small
	$(BIN)/sanad eval ingest $(FOLDER)

bench-answers: install ## sanad and its baselines over the dev questions; MODEL=1 also with a language model
	$(BIN)/sanad models pull $(if $(MODEL),,sanad-e5-small)
	$(BIN)/sanad ingest
	for system in $(ANSWERING); do SANAD_LLM=none $(BIN)/sanad eval run --system $$system \
		--day $(DAY) --out $(BENCH)/$$system || exit; done
	for system in $(WRITING); do SANAD_LLM_TIMEOUT=300 $(BIN)/sanad eval run --system $$system \
		--day $(DAY) --sample 60 --out $(BENCH)/$$system-written || exit; done
	$(BIN)/sanad eval tables $(ANSWERING:%=$(BENCH)/%) $(WRITING:%=$(BENCH)/%-written) \
		--out docs/benchmarks.md --readme README.md

format: install ## rewrite the code the way `make test` wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what was built; models and index stay in var/
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
