# Two commands are enough: `make demo` runs Dinghuo, `make test` tests it. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: demo test check quick bench lint web types dev requirements clean

demo: web  ## a company to play with: embedded database, demo data, the server
	$(BIN)/dinghuo demo

test: lint  ## everything: style, types, layers, all tests, the web clients
	$(BIN)/python -m tools.clients check
	$(BIN)/python -m tools.browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(INSTALLED)  ## the fast loop, under a minute: style, types, layers, quick tests
	@$(MAKE) --no-print-directory -j 2 lint quick

quick: $(INSTALLED)  ## the tests that are not marked slow
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow"

web: $(INSTALLED)  ## the web clients, built where their sources changed
	@$(BIN)/python -m tools.clients build

types: $(INSTALLED)  ## the clients' types, made anew from the routes
	$(BIN)/python -m tools.clients types

dev: $(INSTALLED)  ## the console while one works on it, against the server at DINGHUO_URL
	$(BIN)/python -m tools.clients dev

bench: $(INSTALLED)  ## performance, as ratios to limits measured in the same run
	$(BIN)/dinghuo bench all

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry src

$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Dinghuo needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)

requirements:  ## compile the pinned dependencies after a change of pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra dev --extra build \
	  --output-file requirements.txt pyproject.toml

clean:
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis src/dinghuo/entry/web \
	  web/node_modules web/console/dist web/portal/node_modules web/portal/dist
