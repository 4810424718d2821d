# `make setup` needs Python 3.11 or newer and nothing else; uv is used when it is on PATH.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

.PHONY: setup lock check test test-parts test-servers test-wholes soak bench docs demo clean

setup: $(VENV)/.installed

# Everything installed is in the lock with its hash. The one package published without a wheel is built by the locked setuptools:
# left to itself, a build would fetch tools that are not in the lock.
LOCKED := --require-hashes --no-build-isolation --only-binary :all: --no-binary django-tastypie
ifdef UV
CREATE := $(UV) venv --quiet --no-project --no-python-downloads --clear --python $(PYTHON)
INSTALL := $(UV) pip install --quiet --python $(BIN)/python
else
CREATE := $(PYTHON) -m venv --clear
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

$(VENV)/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Holdfast needs Python 3.11 or newer. Name one: make setup PYTHON=python3.12")'
	$(CREATE) $(VENV)
	@sed -n '/^setuptools==/,/[^\\]$$/p' $< > $(VENV)/build.lock
	$(INSTALL) $(LOCKED) --requirement $(VENV)/build.lock
	$(INSTALL) $(LOCKED) --requirement $<
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# Pins that are still allowed are kept; `make lock LOCK_FLAGS=--upgrade` takes the newest of everything.
# The second is what a user's machine needs: the libraries alone, and what builds the wheel.
COMPILE = $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet
lock:
	@test -n "$(UV)" || { echo "make lock needs uv on PATH" >&2; exit 1; }
	$(COMPILE) --extra demo --group dev $(LOCK_FLAGS) --output-file requirements.lock
	echo hatchling | $(COMPILE) - --constraint requirements.lock --output-file recipes/runtime.lock
	@! grep -n '://' requirements.lock recipes/runtime.lock || { echo "a lock names an address" >&2; exit 1; }

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy harness suites tests benchmarks

# Three at a time, about as long as each other: most of what they do is to wait for answers.
test: check
	@$(MAKE) --no-print-directory -j3 test-parts test-servers test-wholes

test-parts: setup
	$(BIN)/python -m pytest -q -o cache_dir=.pytest_cache/parts tests/unit tests/bench tests/contract/[a-z]*/

test-servers: setup
	$(BIN)/python -m pytest -q -o cache_dir=.pytest_cache/servers tests/contract/test_*.py

test-wholes: setup
	$(BIN)/python -m pytest -q -o cache_dir=.pytest_cache/wholes tests/e2e

soak: setup
	$(BIN)/python -m pytest -m soak

bench: setup
	$(BIN)/python -m benchmarks

# Pages that are made from the code; a test tells when one of them is old.
docs: setup
	$(BIN)/holdfast explain --all > docs/families.md
	$(BIN)/holdfast demo --page > docs/history.md

demo: setup
	$(BIN)/holdfast demo

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find $(wildcard *.py harness suites tests benchmarks) -name __pycache__ -prune -exec rm -rf {} +
