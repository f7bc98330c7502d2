PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: run talk test check fix bench clean lock

run: $(READY)  ## set up and start: all configured messengers, or a conversation in the terminal
	@$(BIN)/lotse run

talk: $(READY)  ## the assistant in the terminal
	@$(BIN)/lotse talk

test: $(READY)  ## the whole test suite
	$(BIN)/python -m pytest

check: $(READY)  ## everything that must hold; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	LOTSE_DATA_DIR=.pytest_cache/lotse $(BIN)/lotse check
	$(MAKE) test

fix: $(READY)  ## repair what can be repaired by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## the figures of docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks

clean:  ## remove what was built here
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .tools

lock:  ## renew the lock files from pyproject.toml (needs uv and npm)
	uv lock --upgrade
	uv export --frozen --no-emit-project --no-dev --no-header --format requirements-txt -o requirements.lock
	uv export --frozen --no-emit-project --no-header --only-group build --format requirements-txt -o requirements-build.lock
	uv export --frozen --no-emit-project --no-header --format requirements-txt -o requirements-dev.lock
	for tool in synapse node; do uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header tests/homeserver/requirements-$$tool.in -o tests/homeserver/requirements-$$tool.lock || exit 1; done
	cd tests/homeserver/strict && npm install --package-lock-only --ignore-scripts

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lotse needs Python 3.11 or newer")'
	@test -d .venv || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
