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
WRITER := $(if $(SANAD_LLM_BASE_URL),endpoint,local)
COMPOSERS ?= qwen2.5-coder-0.5b-instruct-q4_k_m qwen2.5-coder-1.5b-instruct-q4_k_m
# As many tests at once as there are processors; each file stays in one process, with what it opens.
SPREAD ?= -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder
export SANAD_LLM ?= $(or $(LLM),auto)

.PHONY: run test install bench bench-ask bench-start bench-ingest bench-growth bench-load bench-crowd bench-answers bench-composers bench-stream bench-peers bench-page pictures format openapi clean

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
	$(BIN)/pytest $(SPREAD)

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(INSTALLED)

bench: install ## the working times as a share of the bare work
	$(BIN)/sanad doctor --bench

bench-ask: install ## an answer step by step, as a share of encoding and FAISS; INDEX="--index A --index B" for others
	$(BIN)/sanad eval ask $(INDEX)

bench-start: install ## how soon `sanad ask` and `sanad serve` answer, and in how much memory: docs/start.md; INDEX="--index A --index B" for others
	$(BIN)/sanad eval start $(INDEX) --out docs/start.md

bench-load: install ## answers a second for USERS=50 people at once, as a share of bare encoding; SECONDS=20, ROUNDS=3
	$(BIN)/sanad eval load $(USERS:%=--users %) $(SECONDS:%=--seconds %) $(ROUNDS:%=--rounds %)

bench-crowd: install ## 200 people for five minutes, then again while PostgreSQL is stopped twice: docs/load.md
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[load,postgresql]'
	$(BIN)/sanad eval crowd $(USERS:%=--users %) $(SECONDS:%=--seconds %) \
		$(if $(NOTE),--note "$(NOTE)") $(if $(USERS)$(SECONDS),,--out docs/load.md)

bench-ingest: install ## pages and tokens a second by stage, and embedding against the bare model; FOLDER=… for others
	$(BIN)/sanad models pull sanad-e5-small
	$(BIN)/sanad eval ingest $(FOLDER)

bench-growth: install ## vectors, words and look-ups from 1,000 to 1,000,000 rows; SIZES="1000 10000" for others
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/sanad eval growth $(SIZES) \
		$(if $(SIZES),,--plot docs/growth.svg)

bench-answers: install ## sanad and its baselines over the dev questions; MODEL=1 also with a language model
	SANAD_LLM=$(if $(MODEL),$(WRITER),none) $(BIN)/sanad models pull
	$(BIN)/sanad ingest
	for system in $(ANSWERING); do SANAD_LLM=none $(BIN)/sanad eval run --system $$system \
		--day $(DAY) --out $(BENCH)/$$system || exit; done
	for system in $(WRITING); do SANAD_LLM=$(WRITER) SANAD_LLM_TIMEOUT=300 SANAD_LLM_FIRST=300 \
		SANAD_LLM_STALL=300 $(BIN)/sanad eval run --system $$system \
		--day $(DAY) --sample 60 --out $(BENCH)/$$system-written || exit; done
	$(BIN)/sanad eval tables $(ANSWERING:%=$(BENCH)/%) $(WRITING:%=$(BENCH)/%-written) \
		--out docs/benchmarks.md --readme README.md

bench-composers: install ## the quotes against drafts of local models on 60 dev questions, and of an endpoint that is set; ADR 0027
	$(BIN)/sanad models pull sanad-e5-small $(COMPOSERS)
	$(BIN)/sanad ingest
	SANAD_LLM=none $(BIN)/sanad eval run --day $(DAY) --sample 60 --out $(BENCH)/composer-extractive
	for model in $(COMPOSERS); do SANAD_LLM=local SANAD_LLM_MODEL=$$model $(BIN)/sanad eval run \
		--day $(DAY) --sample 60 --out $(BENCH)/composer-$$model || exit; done
	$(if $(SANAD_LLM_BASE_URL),SANAD_LLM=endpoint $(BIN)/sanad eval run \
		--day $(DAY) --sample 60 --out $(BENCH)/composer-endpoint)
	$(BIN)/sanad eval composers $(addprefix $(BENCH)/composer-,extractive $(COMPOSERS) \
		$(if $(SANAD_LLM_BASE_URL),endpoint))

bench-stream: install ## citations and sentences while a local model writes, cold and warm: docs/stream.md; QUESTIONS=2, MODEL=ID
	$(BIN)/sanad models pull sanad-e5-small $(or $(MODEL),$(firstword $(COMPOSERS)))
	$(BIN)/sanad eval stream $(or $(MODEL),$(firstword $(COMPOSERS))) $(QUESTIONS:%=--questions %) \
		$(if $(QUESTIONS)$(MODEL),,--out docs/stream.md)

bench-peers: install ## sanad and other people's ways to find passages; PEERS="a b", PEERS_ROUNDS=1, PEERS_SHEETS=20
	$(BIN)/sanad models pull sanad-e5-small
	$(BIN)/sanad eval peers $(PEERS) $(PEERS_ROUNDS:%=--rounds %) $(PEERS_SHEETS:%=--sheets %) \
		$(PEERS_ROOT:%=--root %) $(PEERS_OUT:%=--out %)

bench-page: install ## the chat in Chromium over slow 3G: docs/page.md; FORMER=http://… visits another version by turns
	$(BIN)/sanad eval page $(ROUNDS:%=--rounds %) $(FORMER:%=--former %) $(if $(ROUNDS),,--out docs/page.md)

pictures: install ## the two pictures of the README, taken anew from the index of the corpus
	$(BIN)/python -m tests.browser.readmepictures

format: install ## rewrite the code the way `make test` wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: install ## describe the HTTP interface anew, in docs/openapi.json
	$(BIN)/sanad openapi --out docs/openapi.json

clean: ## remove what was built; models and index stay in var/
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
