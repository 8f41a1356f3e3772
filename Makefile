# Two commands: `make run` and `make test`. Both need Python 3.11+, make and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
LOCALE := translations/ar/LC_MESSAGES/messages.po
DEMO := ACCREDIT_MODE=demo ACCREDIT_DATA_DIR=instance

.PHONY: run test coverage test-postgresql programme accessibility journeys coverage-engine lint bench format messages check-messages lock inventory screenshots browser clean help

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

run: $(RUN_STAMP) ## Install, load the demonstration once, serve on http://127.0.0.1:8000
	@$(DEMO) $(BIN)/accredit demo
	@$(DEMO) $(BIN)/accredit serve

# Files with few tests in them are the long ones; given out last, they would keep one core waiting.
SPREAD := -n 2 --dist loadfile --no-loadscope-reorder

test: $(DEV_STAMP) browser ## Install and run every test
	@$(BIN)/python -m pytest $(SPREAD)

coverage: $(DEV_STAMP) browser ## The same tests, and the lines and branches that none of them takes
	@$(BIN)/python -m pytest $(SPREAD) --cov --cov-report=term:skip-covered

test-postgresql: $(DEV_STAMP) browser ## The same tests on a real PostgreSQL, which needs nothing installed
	@ACCREDIT_TEST_DATABASE=postgresql $(BIN)/python -m pytest $(SPREAD)

programme: $(DEV_STAMP) ## The long programmes, of which `make test` runs a bounded part (about six hours)
	$(BIN)/python -m tests.standard.naive_run --count 10000
	$(BIN)/python -m tests.standard.mutate_run --count 100000
	$(BIN)/python -m tests.standard.one_off_run
	$(BIN)/python -m tests.backup.under_load --count 30
	$(BIN)/python -m tests.concurrency.rounds --count 200
	$(BIN)/python -m tests.faults.kills --count 1000

accessibility: $(DEV_STAMP) browser ## Every page in both languages and three themes, of which `make test` takes turns
	@$(BIN)/python -m tests.accessibility.every_page_run

journeys: $(DEV_STAMP) browser ## The whole journey in both languages: mouse, keyboard, telephone, zoomed, without scripts
	@$(BIN)/python -m tests.browser.journeys_run

coverage-engine: $(DEV_STAMP) ## Fail unless tests take every branch of the scoring engine
	@$(BIN)/python -m tests.standard.coverage_run

lint: $(DEV_STAMP) ## Style, types, architecture, templates, catalogue
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/deptry .
	@$(MAKE) --no-print-directory check-messages

bench: $(DEV_STAMP) ## Measure speed and memory against floors of the same run
	@$(BIN)/python -m bench

format: $(DEV_STAMP) ## Put the code into its one shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(DEV_STAMP) ## Bring the Arabic catalogue up to the texts of the code
	$(BIN)/pybabel -q extract -F pyproject.toml -k N_ --sort-output --no-location -o translations/messages.pot .
	$(BIN)/pybabel -q update -i translations/messages.pot -d translations -l ar -N -w 100 --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/python scripts/compile_messages.py

check-messages: $(DEV_STAMP)
	@$(BIN)/python -m pytest -q tests/test_translations.py -p no:cacheprovider

lock: $(DEV_STAMP) ## Renew the hashed requirement files
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-header --group dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

inventory: $(DEV_STAMP) ## Print every part of an installation as CycloneDX: version, hashes, licence
	@$(BIN)/python scripts/inventory.py

screenshots: $(DEV_STAMP) browser ## Picture every page and PDF of the demonstration into screenshots/ (about ten minutes)
	@$(BIN)/python -m tests.pictures

browser: ## With CI=true, make sure there is a Chromium
	@sh tests/browser/ensure_chromium.sh

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements/run.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(MAKE) --no-print-directory link
	@touch $@

$(DEV_STAMP): requirements/dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(MAKE) --no-print-directory link
	@touch $@ $(RUN_STAMP)

# The checkout itself is the installation: no build step, no copy that grows stale.
.PHONY: link
link:
	@$(BIN)/python scripts/link_checkout.py

clean: ## Remove what the commands made, the demonstration included
	rm -rf $(VENV) instance .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage*
