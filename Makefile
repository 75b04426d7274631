# Everything happens in .venv; nothing here needs root. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DEMO_READY := $(VENV)/demo.ready
DEV_READY := $(VENV)/dev.ready
FUZZ_SECONDS ?= 600
SEEDS ?= 1 2 3

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-install prove-crash prove-simulation prove-properties check format help-texts snapshots pictures fuzz mutants bench bench-beside bench-sending bench-nights bench-nightly lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | expand -t 18

demo: $(DEMO_READY)  ## run the main job on the sample workbook against the embedded API
	@$(BIN)/python sample_data/demo.py

test: $(DEV_READY)  ## run the tests, with branch coverage
	@$(BIN)/python -m pytest --numprocesses=3 --dist=worksteal --durations=10 --cov --cov-report=term:skip-covered

test-fast: $(DEV_READY)  ## run the everyday tests: all but the slow ones and the long proofs, without coverage
	@$(BIN)/python -m pytest --numprocesses=2 --dist=worksteal --durations=10 -m 'not proof and not slow'

test-install: $(DEV_READY)  ## install the wheel by pip, by uv and by pipx, each into a home of its own (two minutes)
	@PROVE=all $(BIN)/python -m pytest tests/test_wheel.py tests/test_older_python.py

prove-crash: $(DEV_READY)  ## kill the command at 2,000 points, and hold every report to the truth (about an hour)
	@PROVE=all CRASH_POINTS=2000 $(BIN)/python -m pytest --numprocesses=2 tests/crash tests/journal/test_dying.py

prove-simulation: $(DEV_READY)  ## play 20,000 stories of runs in simulated time (about 20 minutes)
	@SIMULATION_SEEDS=20000 $(BIN)/python -m pytest --numprocesses=2 tests/simulation

prove-properties: $(DEV_READY)  ## look for other examples of every property, from each of SEEDS (some minutes each)
	@for seed in $(SEEDS); do PROVE=all $(BIN)/python -m pytest --numprocesses=2 --dist=worksteal -m hypothesis \
		--hypothesis-profile=search --hypothesis-seed=$$seed || exit; done

check: $(DEV_READY)  ## lint, formatting, types, and who may import whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(DEV_READY)  ## put the code into its standard form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

help-texts: $(DEV_READY)  ## quote what `importer --help` says now in docs/operating.md, and in the pages for man
	@$(BIN)/python -m tests.help_texts

snapshots: $(DEV_READY)  ## write the screens anew that the tests compare with: read what has changed
	@SNAPSHOTS=write $(BIN)/python -m pytest --numprocesses=2 --quiet tests/cli/screen/test_snapshots.py

pictures: $(DEV_READY)  ## make the pictures in docs/ anew, from a real run (with Chromium and LibreOffice)
	@$(BIN)/python -m tests.pictures

fuzz: $(DEV_READY)  ## feed the readers what a fuzzer thinks up, guided by coverage, each for FUZZ_SECONDS
	@$(PIP) install 'atheris>=3.0'
	@$(BIN)/python -m tests.fuzz.text $(FUZZ_SECONDS)
	@$(BIN)/python -m tests.fuzz.workbooks $(FUZZ_SECONDS)

mutants: $(DEV_READY)  ## try the tests on mutants of what decides on rows, cells and replies, or of PARTS of it
	@$(PIP) install --no-deps --require-hashes -r requirements/mutants.txt
	@nice $(BIN)/python -m tests.mutation $(PARTS)

bench: $(DEV_READY)  ## measure start-up, throughput, memory and the journal against their limits
	@$(BIN)/python -m bench

bench-beside: $(DEV_READY)  ## the same in turns with a clone of another commit, OTHER=FOLDER, and show the ratios
	@$(BIN)/python -m bench.beside $(OTHER)

bench-nightly: $(DEV_READY)  ## measure a check and a run of a large export, in turns with a clone of another commit, OTHER=FOLDER
	@$(BIN)/python -m bench.nightly $(OTHER) $(if $(USER_PYTHON),--python $(USER_PYTHON)) $(if $(PLAIN_SCRIPT),--plain-script $(PLAIN_SCRIPT))

bench-nights: $(DEV_READY)  ## play 900 nights of the same export, and show how large the journal is
	@$(BIN)/python -m bench.nights

bench-sending: $(DEV_READY)  ## measure how rows are sent, in turns with the command of a clone of another commit, OTHER=FOLDER
	@$(BIN)/python -m bench.sending $(OTHER) $(if $(USER_PYTHON),--python $(USER_PYTHON)) $(if $(PLAIN_SCRIPT),--plain-script $(PLAIN_SCRIPT) --plain-python $(PLAIN_PYTHON))

PIN = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
LOCK = $(PIN) --extra sandbox --group build
lock: $(DEV_READY)  ## write the pinned versions anew from pyproject.toml
	@$(LOCK) pyproject.toml --upgrade -o requirements/run.txt
	@$(LOCK) --extra fast --extra keyring --group dev pyproject.toml -c requirements/run.txt -o requirements/dev.txt
	@$(PIN) --group pyproject.toml:mutants -c requirements/dev.txt --upgrade -o requirements/mutants.txt

clean:  ## remove the environment and what was made
	rm -rf $(VENV) demo-output dist build

# A stamp is newer than what it was made from, so a second call installs nothing.
$(DEMO_READY): pyproject.toml requirements/run.txt
	$(call install,requirements/run.txt)

$(DEV_READY): pyproject.toml requirements/dev.txt
	$(call install,requirements/dev.txt)

# The lock is whole: nothing is to be resolved, and a release that came after it must not get in the way.
define install
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "importer needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
@echo "Installing the pinned versions of $(1) into $(VENV) ..."
@$(PIP) install --no-deps --require-hashes -r $(1)
@$(PIP) install --no-deps --no-build-isolation --editable .
@touch $@
endef
