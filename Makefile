# make demo    install into .demo/ and run the main job on a made-up library
# make test    all tests
# make check   formatting, lint, types, tests
# make bench   the speed table; DATA=library.tsv.gz WEIGHTS=folder (bench/README.md)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check -c constraints.txt
SOURCES := beetsplug melscribe_core trainer bench demo

.PHONY: demo test check lint types format bench clean

demo: $(DEMO)/venv/bin/python
	$(DEMO)/venv/bin/python $(PIP_INSTALL) .
	$(DEMO)/venv/bin/python demo/run.py

$(DEMO)/venv/bin/python:
	$(PYTHON) -m venv $(DEMO)/venv

test: $(VENV)/.ready
	$(BIN)/python -m pytest $(ARGS)

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
	$(BIN)/python -m bench.run $(if $(DATA),--data $(DATA)) $(if $(WEIGHTS),--weights $(WEIGHTS)) $(ARGS)

# torch first and by its exact version: the extras below then find it and pull nothing larger.
$(VENV)/.ready: setup.py constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP_INSTALL) torch
	$(BIN)/python $(PIP_INSTALL) -e '.[train,dev]'
	touch $@

clean:
	rm -rf $(VENV) $(DEMO) build dist *.egg-info
