# Needs Python 3.11 or newer and a C++ compiler; everything else goes into .venv.

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt
# A file on one core: what its tests share is made once.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile
BENCHMARKS := $(filter-out benchmarks/_%,$(wildcard benchmarks/*.py))

.PHONY: help chat test check bench chromium

help:
	@echo "make chat    talk with the starter library: http://127.0.0.1:7860"
	@echo "make test    run all tests"
	@echo "make check   lint, types and the fast tests"
	@echo "make bench   run all benchmarks"

# Adding what is already there changes nothing, and finishes what was broken off.
chat: .venv/.installed
	@library="$$($(BIN)/python -c \
	    'from assistant.settings import data_folder; print(data_folder() / "starter")')" && \
	$(BIN)/assistant add --library "$$library" seeds/pages && \
	$(BIN)/assistant serve --library "$$library"

test: .venv/.installed-dev chromium
	$(PYTEST)

check: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict assistant/
	$(PYTEST) -m "not real and not browser and not slow"

bench: .venv/.installed-dev
	@for benchmark in $(BENCHMARKS); do \
	    echo "== $$benchmark"; $(BIN)/python -m benchmarks.$$(basename $$benchmark .py) || exit 1; \
	done

chromium:
	@if ! { command -v chromium || command -v chromium-browser || command -v google-chrome; } \
	    > /dev/null; then \
	    if [ -n "$$CI" ]; then \
	        apt-get update && \
	        DEBIAN_FRONTEND=noninteractive apt-get install -y chromium chromium-driver; \
	    else \
	        echo "There is no Chromium, so the tests of the page in a browser are skipped;"; \
	        echo "their names stand at the end. To run them, on Debian:"; \
	        echo "    sudo apt-get install chromium chromium-driver"; \
	    fi; \
	fi

.venv/bin/python:
	@for python in python3 python3.11 python3.12 python3.13 python3.14; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then \
	        $$python -m venv .venv && exit 0; \
	        rm -rf .venv; exit 1; \
	    fi; \
	done; \
	echo "Article Assistant needs Python 3.11 or newer, and found none." >&2; exit 1

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	$(call install,.)
	@touch $@

.venv/.installed-dev: pyproject.toml constraints.txt | .venv/bin/python
	$(call install,.[dev])
	@touch .venv/.installed $@

define install
	@if ! { command -v c++ || command -v g++ || command -v clang++; } > /dev/null; then \
	    echo "llama-cpp-python is compiled here, which needs a C++ compiler." >&2; \
	    echo "On Debian: sudo apt-get install g++" >&2; exit 1; \
	fi
	@echo "Installing. The first time, llama-cpp-python is compiled: some minutes of silence."
	$(PIP) --editable '$(1)'
endef
