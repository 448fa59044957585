# `make` lists what there is. Works with GNU make 3.81 (macOS) and later and any POSIX sh.

.DEFAULT_GOAL := help

ROOT := $(CURDIR)
VENV := .venv/bin

# One place for everything that is written; a folder that is set already is kept, made absolute.
ifeq ($(COUPANG_DATA_DIR),)
override COUPANG_DATA_DIR := $(ROOT)/data
else ifeq ($(filter /%,$(firstword $(COUPANG_DATA_DIR))),)
override COUPANG_DATA_DIR := $(ROOT)/$(COUPANG_DATA_DIR)
endif
export COUPANG_DATA_DIR
export DBT_PROJECT_DIR := $(ROOT)/dbt_project
export DBT_PROFILES_DIR := $(ROOT)

# Nobody is told that you use this.
export DO_NOT_TRACK := 1
export RUNTIME__DLTHUB_TELEMETRY := false
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export MARIMO_SKIP_UPDATE_CHECK := 1

# Names reach the commands through the environment, never as text that a shell would read again.
export PYTHON ACCOUNT SHARD GROUP FROM TO OUT PORT PART KILLS BACKUP TARGET
EXTRACT = $(VENV)/python -m extract run \
	$${ACCOUNT:+--account "$$ACCOUNT"} $${SHARD:+--shard "$$SHARD"} \
	$${FROM:+--from "$$FROM"} $${TO:+--to "$$TO"}

SELECTION = $${ACCOUNT:+--account "$$ACCOUNT"} $${GROUP:+--group "$$GROUP"} \
	$${FROM:+--from "$$FROM"} $${TO:+--to "$$TO"} $${OUT:+--out "$$OUT"}

.PHONY: help
help: ## This list
	@echo 'usage: make TARGET [NAME=value ...]'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

# --- the environment: made by any target that needs it, again when its lock changes ------------

.PHONY: users developers
users:
	@sh scripts/environment.sh users
developers:
	@sh scripts/environment.sh developers

.PHONY: spark
spark: ## Install Spark beside the rest, for TARGET=spark or cluster (docs/scale.md)
	@sh scripts/environment.sh spark

# --- what users run ------------------------------------------------------------------------------

.PHONY: demo
demo: users ## The whole way on a sandbox API of this machine; nothing to configure
	@$(VENV)/python -m extract.demo

.PHONY: extract
extract: users ## Collect all linked accounts [ACCOUNT=name] [SHARD=i/n] [FROM=yyyy-mm-dd TO=yyyy-mm-dd]
	@$(EXTRACT)

.PHONY: build
build: users $(if $(TARGET),spark) ## dbt build, then (if everything passed) the published file [TARGET=spark]
	@$(VENV)/python -m publish build $${TARGET:+--target "$$TARGET"}

# One moment counts as now for all steps. A failed account (1) does not keep the others from being
# built, and is the end's status; where nothing could be done (2 and up) nothing is built. Whether
# the summary could be told changes nothing.
.PHONY: run
run: users $(if $(TARGET),spark) ## Extract, build, publish: the line for cron [TARGET=spark]
	@COUPANG_AS_OF=$${COUPANG_AS_OF:-$$(date -u +%Y-%m-%dT%H:%M:%S+00:00)} && export COUPANG_AS_OF; \
	$(EXTRACT); collected=$$?; \
	[ $$collected -le 1 ] || exit $$collected; \
	$(VENV)/python -m publish build $${TARGET:+--target "$$TARGET"} || exit; \
	$(VENV)/python -m publish summary; \
	exit $$collected

.PHONY: backup
backup: users ## Keep raw and ledger, which nobody can rebuild [OUT=folder]
	@$(VENV)/python -m extract backup $${OUT:+--out "$$OUT"}

# Only a YES that was typed counts, none that a shell happens to have.
.PHONY: restore
restore: users ## Put a backup in the warehouse's place [BACKUP=folder; else the newest] [YES=1]
	@$(VENV)/python -m extract restore $${BACKUP:+--from "$$BACKUP"} \
		$(if $(findstring command,$(origin YES)),$(if $(YES),--yes))

# --- what analysts open --------------------------------------------------------------------------

.PHONY: notebook
notebook: users ## The analyst's notebook over the published file
	@$(VENV)/python -m marimo edit notebooks/revenue.py

.PHONY: dashboard
dashboard: users ## The same served read-only to this machine [PORT=2718]
	@$(VENV)/python -m publish dashboard $${PORT:+--port "$$PORT"}

.PHONY: report
report: users ## One HTML page for mail or a static host [ACCOUNT= GROUP= FROM= TO= OUT=file]
	@$(VENV)/python -m publish report $(SELECTION)

.PHONY: export
export: users ## xlsx, CSV and Parquet [ACCOUNT= GROUP= FROM= TO= OUT=folder]
	@$(VENV)/python -m publish export $(SELECTION)

# --- to play with and to read --------------------------------------------------------------------

.PHONY: sandbox
sandbox: users ## Serve a sandbox Coupang API to play with, until Ctrl-C
	@$(VENV)/python -m extract.sandbox

.PHONY: docs
docs: users ## dbt's docs as one HTML page, in docs/ of the data folder
	@$(VENV)/python -m publish docs

# --- what developers run -------------------------------------------------------------------------

.PHONY: test
test: developers ## Every test, Python and dbt, offline [ARGS="tests/publish -x"]
	@sh scripts/duckdb_environments.sh
	@$(VENV)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder $(ARGS)

.PHONY: test-spark
test-spark: developers spark ## The same marts on Spark, to the row; unit and data tests there
	@$(VENV)/python -m pytest -m spark tests/spark $(ARGS)

.PHONY: test-cluster
test-cluster: developers spark ## The same on a cluster of this machine: master, two workers, Thrift server
	@$(VENV)/python -m pytest -m cluster tests/spark $(ARGS)

.PHONY: mutants
mutants: developers ## The mutation drill: wrong SQL that a unit test must notice [ARGS="--model fct_orders"]
	@$(VENV)/python -m tests.mutation $(ARGS)

.PHONY: worlds
worlds: developers ## Thousands of random worlds, models against plain Python [ARGS="--worlds 5000 --seed 1"]
	@$(VENV)/python -m tests.reference.drill $(ARGS)

.PHONY: lint
lint: developers ## ruff, sqlfluff, dbt's YAML check, the house rules
	@status=0; \
	$(VENV)/ruff check . || status=1; \
	$(VENV)/ruff format --check . || status=1; \
	$(VENV)/python -m scripts.lint_dbt || status=1; \
	exit $$status

.PHONY: kills
kills: developers ## Kill runs and builds at random moments, again and again [KILLS=100]
	@$(VENV)/python -m pytest -s --kills $${KILLS:-100} \
		tests/extract/test_extract_kills.py tests/pipeline/test_build_kills.py

.PHONY: bench
bench: developers $(if $(filter-out engines,$(PART)),,spark) ## Measure, print against the floors, keep in bench/FIGURES.md [PART=name]
	@$(VENV)/python -m bench $${PART:+"$$PART"}

# One environment can serve users and developers only where both locks hold the same versions: those
# that the larger set agrees on.
LOCK = $(VENV)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-emit-index-url --custom-compile-command 'make lock' \
	$(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: developers ## Write the locks of exact versions anew from pyproject.toml [UPGRADE=1]
	$(LOCK) --group dev -o requirements-dev.lock
	$(LOCK) --constraint requirements-dev.lock -o requirements.lock
	$(LOCK) --constraint requirements-dev.lock --extra spark -o requirements-spark.lock

.PHONY: clean
clean: ## Remove what make makes again: .venv, dbt's folders, caches; never the data
	rm -rf .venv dbt_project/target dbt_project/logs logs .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
