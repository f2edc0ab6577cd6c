PYTHON ?= python3
VENV ?= .venv
ARCHIVE ?= examples/archive
# Not every shell knows ~ behind an equals sign.
FOLDER = $(patsubst ~/%,$(HOME)/%,$(ARCHIVE))
# One index for each archive: the same index would go on remembering the archive before.
INDEX ?= .searcher/$(shell printf %s "$(FOLDER)" | cksum | cut -d ' ' -f 1)
PORT ?= 8000
SIZE ?= 100000
MINUTES ?= 10
SECONDS ?= 600
BIN = $(VENV)/bin

.PHONY: serve test test-all test-thorough test-whoosh3 test-opensearch bench-opensearch java bench bench-http wrk worst substrings endure soak fuzz relevance lint
.PHONY: browser shells proxies screenshots clean

serve: $(VENV)/installed
	$(BIN)/searcher index "$(FOLDER)" --index "$(INDEX)" || \
	  { test $$? = 3 && $(BIN)/searcher index "$(FOLDER)" --index "$(INDEX)" --rebuild; }
	$(BIN)/searcher serve --index "$(INDEX)" --port $(PORT)

# Before each commit: what takes minutes is left to test-all.
test: $(VENV)/tested-with browser
	$(BIN)/pytest -n auto -m "not thorough"

# Before each release, and on every change in CI.
test-all: test test-thorough test-whoosh3 test-opensearch

# Endurance, fuzz corpora, every page in the browser, shells, proxies, and the real archive where there is one.
test-thorough: $(VENV)/tested-with browser shells proxies
	$(BIN)/pytest -n auto -m thorough

# The successor of Whoosh goes by the same name: found before it, it takes its place.
test-whoosh3: $(VENV)/tested-with .whoosh3
	PYTHONPATH=.whoosh3 $(BIN)/pytest -q -n auto tests/index/whoosh tests/index/store/test_writer.py tests/searcher/test_oracle.py

# Three real nodes on 127.0.0.1, 127.0.0.2 and 127.0.0.3, from Maven Central, for as long as the tests take.
test-opensearch: $(VENV)/tested-with java
	$(BIN)/python -m tests.opensearch.cluster $(BIN)/pytest --ignore tests/web/browser -k "opensearch and not embedded"

# How fast posts go into a cluster, and what a query costs through this project beside the bare client.
bench-opensearch: $(VENV)/tested-with java
	$(BIN)/python -m tests.opensearch.cluster $(BIN)/python -m tests.opensearch.bench

bench: $(VENV)/compared-with
	$(BIN)/python -m tests.bench $(SIZE)

bench-http: $(VENV)/compared-with wrk
	$(BIN)/python -m tests.bench.serving $(SIZE)

worst: $(VENV)/tested-with
	$(BIN)/python -m tests.bench.worst $(SIZE)

substrings: $(VENV)/tested-with
	SEARCHER_TEST_SUBSTRINGS=2000 $(BIN)/pytest -q -s tests/real -k random_substrings

endure: $(VENV)/tested-with
	$(BIN)/python -m tests.endure

# A server under a mixed load for so many minutes, while its archive is indexed again and again; ten or more are written
# down in tests/endure/RESULTS.md.
soak: $(VENV)/tested-with
	$(BIN)/python -m tests.endure.soak $(MINUTES)

# Each of the readers of what strangers write, for so many seconds, by inputs that reach more and more of its code; what
# fails lies in .fuzz, and what reaches the most becomes tests/fuzz/corpus.
fuzz: $(VENV)/fuzzed-with
	for target in files markup queries requests index; do \
	  $(BIN)/python -m tests.fuzz $$target $(SECONDS) || exit 1; done
	$(BIN)/python -m tests.fuzz keep

relevance: $(VENV)/compared-with
	$(BIN)/python -m tests.relevance

lint: $(VENV)/tested-with
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The pictures of the README, of the example archive.
screenshots: $(VENV)/tested-with browser
	$(BIN)/python -m tests.web.screenshots docs

wrk:
	@command -v wrk >/dev/null || { \
	  echo "Installing wrk, which asks for pages as fast as they come"; \
	  as_root=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$as_root apt-get update -qq && $$as_root apt-get install -y -qq wrk >/dev/null; \
	} || { echo "The benchmark needs wrk: install it and run make bench-http again." >&2; exit 1; }

# The tests type into the shells that commands are completed in.
shells:
	@command -v zsh >/dev/null && command -v fish >/dev/null || { \
	  echo "Installing zsh and fish for the tests of completion"; \
	  as_root=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$as_root apt-get update -qq && $$as_root apt-get install -y -qq zsh fish >/dev/null; \
	} || echo "There is no zsh or no fish: their tests are skipped." >&2

# The tests stand behind the proxies that deploy/ has examples for; they are installed without being started.
proxies:
	@{ command -v nginx || test -x /usr/sbin/nginx; } >/dev/null && command -v caddy >/dev/null || { \
	  echo "Installing nginx and Caddy for the tests of deploy/"; \
	  as_root=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$as_root apt-get update -qq && $$as_root env RUNLEVEL=1 apt-get install -y -qq nginx-light caddy >/dev/null; \
	} || echo "There is no nginx or no Caddy: their tests are skipped." >&2

# The tests drive a real browser; Debian and its kin have it as a package.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  echo "Installing Chromium for the browser tests"; \
	  as_root=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$as_root apt-get update -qq && $$as_root apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	} || { echo "The browser tests need Chromium: install it and run make test again." >&2; exit 1; }

# OpenSearch runs on Java 21 or later, and Maven fetches it.
java:
	@{ command -v mvn >/dev/null && $(BIN)/python -m tests.opensearch.cluster --find-java; } || { \
	  echo "Installing Java and Maven for OpenSearch"; \
	  as_root=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$as_root apt-get update -qq && $$as_root apt-get install -y -qq maven >/dev/null && \
	  { $(BIN)/python -m tests.opensearch.cluster --find-java || \
	    $$as_root apt-get install -y -qq openjdk-25-jre-headless >/dev/null || \
	    $$as_root apt-get install -y -qq openjdk-21-jre-headless >/dev/null; }; \
	} || { echo "The tests on a cluster need Maven and Java 21 or later: install them and try again." >&2; exit 1; }

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

.whoosh3: | $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target $@ whoosh3==3.54.0

$(VENV)/compared-with: $(VENV)/tested-with
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@touch $@

$(VENV)/fuzzed-with: $(VENV)/tested-with
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[fuzz]'
	@touch $@

clean:
	rm -rf .fuzz .opensearch .whoosh3 .venv .venv-* .searcher build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
