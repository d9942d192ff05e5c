# Everything a developer does here, `make help` lists it. What it builds goes to build/ (and npm's node_modules).

PYTHON ?= python3
ARCH ?= x64
PORT ?=
ARGS ?=
WORKERS ?= auto

VENV := build/venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq

VENV_LOCKED := $(VENV)/.locked
VENV_READY := $(VENV)/.ready
UNITTEST := build/micropython/unittest.py
UMQTT := build/micropython/umqtt/simple.py
INTEROP := host_tests/interop
NODE_READY := $(INTEROP)/node_modules/.ready
PLOTS := tools/uwish_host/web/static/uplot
PLOTS_READY := $(PLOTS)/uPlot.iife.min.js

export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(VENV_READY) $(UNITTEST) $(NODE_READY) $(PLOTS_READY) ## install everything into build/ and node_modules (once; needs the network)

.PHONY: demo
demo: setup ## run a gateway and a virtual device, show sensor frames live, end with a summary
	@$(PY) -m uwish_host.demo $(ARGS)

.PHONY: test
test: setup lint ## lint, then all tests, cut off from every network; ARGS="-k bson" picks some
	@echo "test: pytest in network namespaces that have loopback only, WORKERS=$(WORKERS)"
	@$(PY) host_tests/loopback.py $(PY) -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

.PHONY: lint
lint: $(VENV_READY) ## check style and formatting (ruff)
	@echo "lint: ruff"
	@$(PY) -m ruff check -q .
	@$(PY) -m ruff format -q --check . || { echo "lint: the files above are not formatted: make format"; exit 1; }

.PHONY: format
format: $(VENV_READY) ## format every file and sort its imports (ruff)
	@$(PY) -m ruff check -q --select I --fix .
	@$(PY) -m ruff format -q .

.PHONY: mpy
mpy: $(VENV_READY) ## compile lib/uwish to build/mpy/ARCH (ARCH=x64, xtensawin, rv32imc …)
	@$(PY) host_tests/mpy.py --arch $(ARCH) build/mpy/$(ARCH)

.PHONY: budgets
budgets: setup ## show what the library costs in bytes against its budgets and goals
	@$(PY) host_tests/loopback.py $(PY) host_tests/budget_probe_table.py --search $(ARGS)

.PHONY: bench
bench: setup $(UMQTT) ## count instructions (valgrind), race umqtt.simple (Mosquitto); ARGS="--only speed"
	@$(PY) host_tests/bench/bench.py $(ARGS)

.PHONY: bench-gateway
bench-gateway: setup ## measure a gateway against its goals, a stock core beside it; ARGS="--only stored"
	@$(PY) host_tests/loopback.py $(PY) host_tests/fleet/bench_gateway.py $(ARGS)

.PHONY: bench-mqtt
bench-mqtt: setup ## publish at a Mosquitto on this machine: messages a second, latency, CPU
	@$(PY) host_tests/loopback.py $(PY) host_tests/mqtt/bench_mqtt.py $(ARGS)

.PHONY: board-test
board-test: setup ## run the portable tests on the board at PORT=/dev/ttyUSB0, through mpremote
	@$(PY) host_tests/board_test.py --port "$(PORT)" $(ARGS)

.PHONY: package
package: $(VENV_READY) ## bring lib/package.json (mip's list of files) up to date
	@$(PY) tools/mip_package.py

.PHONY: lock
lock: ## renew requirements.lock from pyproject.toml with the newest versions
	@echo "lock: resolving in a fresh environment"
	@$(PYTHON) -m venv --clear build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check -qq install -e '.[dev]'
	@{ echo "# Made by \`make lock\`: every package of build/venv, exactly."; \
	  build/lock/bin/python -m pip freeze --all --exclude pip --exclude uwish; } > requirements.lock
	@rm -rf build/lock

.PHONY: clean
clean: ## remove everything the other targets made
	@rm -rf build $(INTEROP)/node_modules tools/web/node_modules $(PLOTS) *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made anew whenever the lock changes: never a mix of old and new packages.
$(VENV_LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("uwish needs Python 3.11 or newer, this is %d.%d (make PYTHON=python3.x picks another)" % v[:2])'
	@echo "setup: Python environment in $(VENV) (about half a minute)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install -r requirements.lock
	@touch $@

$(VENV_READY): pyproject.toml $(VENV_LOCKED)
	@echo "setup: uwish itself, editable"
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(UNITTEST): tools/fetch_unittest.py | $(VENV_READY)
	@echo "setup: unittest for MicroPython"
	@$(PY) tools/fetch_unittest.py $@

$(UMQTT): tools/fetch_umqtt.py | $(VENV_READY)
	@echo "bench: umqtt.simple for MicroPython"
	@$(PY) tools/fetch_umqtt.py $@

$(NODE_READY): $(INTEROP)/package-lock.json
	@echo "setup: the stock wish-core and its Node SDK"
	@cd $(INTEROP) && npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# The chart library of the gateway's page: git has only its name and version, a wheel has the files.
$(PLOTS_READY): tools/web/package-lock.json
	@cd tools/web && npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@mkdir -p $(PLOTS)
	@cp tools/web/node_modules/uplot/dist/uPlot.min.css tools/web/node_modules/uplot/LICENSE $(PLOTS)
	@cp tools/web/node_modules/uplot/dist/uPlot.iife.min.js $@
