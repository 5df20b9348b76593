# make demo    install into .demo/ and run the main jobs on a made-up library
# make check   formatting, lint, types, tests: what has to pass before a change is merged
# make quick   under a minute: the tests of parsers and core, and one real round trip of `beet`
# make test    all tests; ARGS='-k words' and other options of pytest
# make test-beets   the tests of the plugin with the oldest supported beets and with the newest
# make test-oldest-python   the same with the oldest supported Python, where it is installed
# make soak    the tests of faults, damage and hostile input with thousands of cases, and fuzzing: hours
# make bench   the main speed table; DATA=library.tsv.gz WEIGHTS=folder (benchmarks/speed/README.md)
# make bench-scale   speed from 1,000 to 1,000,000 tracks; DATA=library.tsv.gz
# make bench-peers   speed and recall beside other systems; DATA=library.tsv.gz WEIGHTS=folder

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check -c constraints.txt
OLDEST_PYTHON := $(shell sed -n 's/^requires-python = ">=\([0-9.]*\)".*/python\1/p' pyproject.toml)
OLDEST_BEETS := $(shell sed -n 's/.*"beets>=\([0-9.]*\),.*/\1/p' pyproject.toml)
PINNED_BEETS := $(shell sed -n 's/^beets==//p' constraints.txt)
BENCH_DATA = $(if $(DATA),--data $(DATA))
BENCH_WEIGHTS = $(if $(WEIGHTS),--weights $(WEIGHTS))
# A file's tests stay together, since they share what it set up.
ON_ALL_CORES := --numprocesses auto --dist loadscope
SOURCES := beetsplug melscribe_core trainer benchmarks demo tests

.PHONY: demo quick test soak test-beets test-oldest-python check lint types format bench bench-scale bench-peers clean

demo: $(DEMO)/venv/bin/python
	$(DEMO)/venv/bin/python $(PIP_INSTALL) '.[hnsw,listen]' \
		|| { echo 'Once more without hnswlib, which needs a C++ compiler and which a demo can do without:'; \
		$(DEMO)/venv/bin/python $(PIP_INSTALL) '.[listen]'; } \
		|| { echo 'Once more without soundfile and soxr, so that the demo listens to nothing:'; \
		$(DEMO)/venv/bin/python $(PIP_INSTALL) .; }
	$(DEMO)/venv/bin/python demo/run.py

$(DEMO)/venv/bin/python:
	$(PYTHON) -m venv $(DEMO)/venv

test: $(VENV)/.ready
	$(BIN)/python -m pytest $(ON_ALL_CORES) $(ARGS)

# The parsers and the core, most of which needs no process, and one round trip of the real command.
QUICK_TESTS := tests/core tests/repository/test_structure.py tests/plugin/test_settings.py \
	tests/plugin/test_round_trip.py

quick: $(VENV)/.ready
	$(BIN)/python -m pytest $(ON_ALL_CORES) -m 'not slow' $(QUICK_TESTS) $(ARGS)

# Those that depend on beets: the plugin's, without how a map looks, how words are understood, and
# what is never overwritten.
BEETS_TESTS = tests/plugin $(addprefix --ignore=tests/plugin/test_, \
	map_in_browser.py negations.py overwriting.py what_people_type.py)

test-beets: test-beets-oldest test-beets-newest

test-beets-oldest: .beets/oldest/.ready
	.beets/oldest/bin/python -m pytest $(ON_ALL_CORES) $(BEETS_TESTS) $(ARGS)

# `make test` runs with the pinned beets: when that is the newest, there is nothing more to try.
test-beets-newest: $(VENV)/.ready
	@if $(BIN)/python -m pip index versions beets 2>/dev/null | grep -qxF 'beets ($(PINNED_BEETS))'; then \
		echo 'beets $(PINNED_BEETS) is the newest, and `make test` runs with it.'; \
	else \
		$(MAKE) .beets/newest/.ready \
		&& .beets/newest/bin/python -m pytest $(ON_ALL_CORES) $(BEETS_TESTS) $(ARGS); \
	fi

# With the packages that pip finds for that Python: those of constraints.txt need a later one.
test-oldest-python:
	@if $(OLDEST_PYTHON) --version 2>/dev/null; then \
		$(MAKE) .beets/python/.ready \
		&& .beets/python/bin/python -m pytest $(ON_ALL_CORES) $(BEETS_TESTS) $(ARGS); \
	else \
		echo "There is no $(OLDEST_PYTHON) here: the oldest supported Python is not tried."; \
	fi

TEST_TOOLS := pytest pytest-xdist hypothesis flask

.beets/python/.ready: pyproject.toml setup.py Makefile
	test -x .beets/python/bin/python || $(OLDEST_PYTHON) -m venv .beets/python
	.beets/python/bin/python -m pip install --quiet --disable-pip-version-check --upgrade \
		-e '.[hnsw,listen]' $(TEST_TOOLS)
	touch $@

.beets/oldest/.ready: WANTED = beets==$(OLDEST_BEETS)
.beets/newest/.ready: WANTED = beets
.beets/%/.ready: pyproject.toml setup.py constraints.txt Makefile
	test -x .beets/$*/bin/python || $(PYTHON) -m venv .beets/$*
	grep -v '^beets==' constraints.txt > .beets/$*/constraints.txt
	.beets/$*/bin/python -m pip install --quiet --disable-pip-version-check --upgrade \
		-c .beets/$*/constraints.txt -e '.[hnsw,listen]' '$(WANTED)' $(TEST_TOOLS)
	.beets/$*/bin/python -c 'import beets; print("beets", beets.__version__)'
	touch $@

FUZZED := request playlist descriptors words stamps
FUZZ_SECONDS ?= 300

soak: $(VENV)/.ready
	-$(BIN)/python $(PIP_INSTALL) -e '.[soak]'
	SOAK=1 $(BIN)/python -m pytest tests/faults $(ARGS)
	for target in $(FUZZED); do \
		$(BIN)/python -m tests.faults.fuzz $$target --seconds $(FUZZ_SECONDS) || exit 1; \
	done

check: lint types test

lint: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.ready
	$(BIN)/mypy $(SOURCES)

format: $(VENV)/.ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.ready
	$(BIN)/python -m benchmarks.speed.run $(BENCH_DATA) $(BENCH_WEIGHTS) $(ARGS)

bench-scale: $(VENV)/.ready
	$(BIN)/python -m benchmarks.speed.scale $(BENCH_DATA) $(ARGS)

bench-peers: $(VENV)/.ready
	$(BIN)/python -m benchmarks.speed.comparison $(BENCH_DATA) $(BENCH_WEIGHTS) $(ARGS)

# torch first and by its exact version: the extras below then find it and pull nothing larger.
$(VENV)/.ready: pyproject.toml setup.py constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP_INSTALL) torch
	$(BIN)/python $(PIP_INSTALL) -e '.[train,dev]'
	touch $@

clean:
	rm -rf $(VENV) $(DEMO) .beets build dist *.egg-info
