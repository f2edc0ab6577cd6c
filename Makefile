PYTHON ?= python3
VENV ?= .venv
ARCHIVE ?= examples/archive
# Not every shell knows ~ behind an equals sign.
FOLDER = $(patsubst ~/%,$(HOME)/%,$(ARCHIVE))
# One index for each archive: the same index would go on remembering the archive before.
INDEX ?= .searcher/$(shell printf %s "$(FOLDER)" | cksum | cut -d ' ' -f 1)
PORT ?= 8000
SIZE ?= 100000
BIN = $(VENV)/bin

.PHONY: serve test bench relevance lint browser screenshots clean

serve: $(VENV)/installed
	$(BIN)/searcher index "$(FOLDER)" --index "$(INDEX)" || \
	  { test $$? = 3 && $(BIN)/searcher index "$(FOLDER)" --index "$(INDEX)" --rebuild; }
	$(BIN)/searcher serve --index "$(INDEX)" --port $(PORT)

test: $(VENV)/tested-with browser
	$(BIN)/pytest -n auto

bench: $(VENV)/compared-with
	$(BIN)/python -m tests.bench $(SIZE)

relevance: $(VENV)/compared-with
	$(BIN)/python -m tests.relevance

lint: $(VENV)/tested-with
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The pictures of the README, of the example archive.
screenshots: $(VENV)/tested-with browser
	$(BIN)/python -m tests.web.screenshots docs

# The tests drive a real browser; Debian and its kin have it as a package.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  echo "Installing Chromium for the browser tests"; \
	  as_root=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$as_root apt-get update -qq && $$as_root apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	} || { echo "The browser tests need Chromium: install it and run make test again." >&2; exit 1; }

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.11 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo "Installing python3-venv, which Debian keeps apart from Python"; \
	  as_root=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$as_root apt-get update -qq && $$as_root apt-get install -y -qq python3-venv >/dev/null; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/tested-with: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(VENV)/compared-with: $(VENV)/tested-with
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@touch $@

clean:
	rm -rf .venv .venv-* .searcher build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
