# `make demo` and `make test` need Python 3.11+ with venv and pip, nothing else. Both use the same .venv.

PYTHON ?= python3
BIN := $(if $(filter Windows_NT,$(OS)),.venv/Scripts,.venv/bin)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
REPORT := sample_docs/harbour-report.pdf

.PHONY: demo test lint types imports check format docs keys screenshots screens bench fuzz soak lock audit clean

# Installed again only if one of these files is newer.
.venv/installed: pyproject.toml requirements.lock requirements-torch.txt
	@$(PYTHON) -c 'import sys; sys.exit("docqa needs Python 3.11 or newer; name one: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --no-deps --require-hashes --requirement requirements.lock
	$(PIP) --requirement requirements-torch.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv/installed
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/docqa open $(REPORT); \
	else $(BIN)/docqa ask 'Who retired as Harbour Master?' $(REPORT) --top 1; fi

# Several processes, each taking whole files; with more threads they would only wait for each other.
test: .venv/installed
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile -m 'not alone'
	$(BIN)/python -m pytest -m alone

lint: .venv/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/installed
	$(BIN)/mypy

imports: .venv/installed
	$(BIN)/lint-imports

check: lint types imports test

format: .venv/installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The versions and hashes of all dependencies, from pyproject.toml. Those in the file stay unless they must change:
# `make lock UPGRADE=--upgrade`. Needs uv.
lock:
	uv pip compile --quiet $(UPGRADE) pyproject.toml --constraint requirements-torch.txt --output-file requirements.lock

# Known vulnerabilities of what is locked, and the licences of what is installed. Needs the network, and pip-audit and
# pip-licenses.
audit: .venv/installed
	pip-audit --require-hashes --disable-pip --requirement requirements.lock
	pip-audit --disable-pip --no-deps --requirement requirements-torch.txt
	pip-licenses --python $(BIN)/python --order license

screenshots: .venv/installed
	$(BIN)/python docs/screenshots.py

# Each screen and state of the app as text, for the tests, and as pictures, to be looked at.
screens: .venv/installed
	mkdir -p build/screens
	DOCQA_PICTURES=$(CURDIR)/build/screens $(BIN)/python -m pytest tests/tui -k "looks_as_before"

bench: .venv/installed
	$(BIN)/python -m benchmarks

# Half an hour of questions, opened and closed documents: memory, files, threads and processes stay as they are.
soak: .venv/installed
	$(BIN)/python -m benchmarks.soak

# Damaged files: minutes with the default, longer by hand: make fuzz FUZZ='--mutations 10000 --seed 3 sample_docs ~/pdfs'.
fuzz: .venv/installed
	$(BIN)/python -m benchmarks.fuzz $(or $(FUZZ),--mutations 2000 $(wildcard sample_docs ../shared/pdfs ../shared/bugs ../shared/realdocs/pdfs))

# The pages of the documentation that are made from the code.
docs: keys
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/man_pages.py

keys: .venv/installed
	$(BIN)/python -m docqa.tui.key_reference > docs/keys.md

clean:
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
