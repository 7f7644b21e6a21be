# qifu: one command for each thing. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
export UV

.PHONY: help setup serve chat test check bench evaluate train seed lists

help: ## lists the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(if $(findstring .uv/,$(UV)),$(UV),.uv-not-needed):
	python3 -m venv .uv && .uv/bin/pip install --quiet uv

setup: $(if $(findstring .uv/,$(UV)),$(UV)) ## installs both environments from their locks
	@$(UV) sync --frozen --quiet
	@$(UV) --directory nlu sync --frozen --quiet

serve: setup ## starts everything and prints the addresses
	@$(UV) run --frozen qifu serve

chat: setup ## a conversation in the terminal
	@$(UV) run --frozen qifu chat

seed: setup ## loads the seeds into the database
	@$(UV) run --frozen qifu seed

train: setup ## trains a model for the training data as it is
	@$(UV) run --frozen qifu train

test: setup ## every test, with real Rasa, browser and PostgreSQL
	@bash scripts/test-tools.sh
	@$(UV) run --frozen qifu train >/dev/null
	@$(UV) --directory nlu run --frozen pytest -q
	@$(UV) run --frozen pytest -q

check: setup ## format, lint, types, seeds, tests
	@$(UV) run --frozen ruff format --check .
	@$(UV) run --frozen ruff check .
	@$(UV) run --frozen mypy
	@$(UV) run --frozen qifu check
	@$(MAKE) --no-print-directory test

evaluate: setup ## held-out questions and conversations, pipelines side by side: results/
	@mkdir -p results
	@$(UV) --directory nlu run --frozen python compare.py --share 0.2 --held-out ../tests/nlu --pipelines ours,svc_points,svc,logistic | tee results/pipelines.md
	@$(UV) run --frozen qifu evaluate

lists: setup ## speed of the console's lists over a million turns, on SQLite and PostgreSQL: results/review.md
	@$(UV) run --frozen python -m bench.review

bench: setup ## speed and memory beside a stock Rasa set-up
	@$(UV) run --frozen python -m bench
