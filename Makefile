# `make run` starts Lectern, `make test` checks it; both set up what is missing first.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
UNREAD := --ignore .venv --ignore .vendor --ignore .lectern --ignore node_modules --ignore tests
SOURCES := courses dashboard inference setup tests benchmarks manage.py

.DEFAULT_GOAL := help
.PHONY: help setup run test check format lock messages clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo '  make run LECTURE=path/to/file.mp4   also analyses that recording'

setup: ## install everything that is pinned, into this folder; does nothing when it is there
	@$(PYTHON) -m setup

run: setup ## start Lectern with its demo; Ctrl-C stops all of it
	@exec $(PY) manage.py up $(if $(LECTURE),"$(LECTURE)")

test: browser check ## set up, check, then run every test
	$(BIN)/pytest -n 2

.PHONY: browser
browser:
	@$(PYTHON) -m setup --chromium

check: setup ## linters, types, import contracts, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(wildcard $(SOURCES))
	$(BIN)/lint-imports
	$(BIN)/djlint dashboard/templates --lint --quiet
	$(BIN)/djlint dashboard/templates --check --quiet

format: setup ## put code and templates into their one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint dashboard/templates --reformat --quiet

lock: setup ## write the lock files anew from requirements/*.in and package.json
	@$(PYTHON) -m setup.lock

messages: setup ## collect translatable text of every language in dashboard/locale; needs the gettext programs
	$(PY) manage.py makemessages --all --no-obsolete $(UNREAD)
	$(PY) manage.py makemessages --all --no-obsolete --domain djangojs $(UNREAD)

clean: ## remove what the set-up installed; data in .lectern stays
	rm -rf .venv node_modules .vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
