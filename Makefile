# `make demo` and `make test` need Python >= 3.11 and a network; everything else they bring along.
# One environment (.venv) serves both; stamps in .make keep a second run short.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m
JOBS ?= 2

JS_SOURCES := $(shell find js/src js/style -type f 2>/dev/null) js/package.json js/build.mjs js/tsconfig.json
LABEXTENSION := jupyter_mvt/labextension/package.json
LINK := $(VENV)/share/jupyter/labextensions/jupyter-mvt

# One thing after the other, but for what is named after ABREAST_MAKE: more than there are cores, for
# each waits part of its time for the network or for processes of its own.
ABREAST_MAKE = $(MAKE) --no-print-directory -j4 --output-sync=target ABREAST=1

# What one process has compiled, the hundreds that the tests start need not compile again.
unexport PYTHONDONTWRITEBYTECODE

ifndef ABREAST
.NOTPARALLEL:
endif
.DELETE_ON_ERROR:
.PHONY: soak setup demo lab test lint types floors test-py test-js test-ui test-wheel test-frameworks test-tensorflow chromium gallery bench bench-ui bench-store js clean

setup:
	+$(ABREAST_MAKE) .make/test-env

demo: .make/demo-env
	$(BIN)/python examples/run.py examples/quickstart.ipynb --into build/demo

lab: .make/demo-env
	mkdir -p build/lab && cp -n examples/*.ipynb build/lab/
	$(BIN)/jupyter lab --notebook-dir=build/lab build/lab/quickstart.ipynb

# What is fetched is fetched at once; the two that bring their own workers come one after the other.
test:
	+$(ABREAST_MAKE) .make/test-env chromium test-js
	+$(ABREAST_MAKE) lint types floors test-wheel
	$(MAKE) --no-print-directory test-ui test-py

lint: .make/test-env
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	cd js && npm run --silent lint

types: .make/test-env
	$(RUN) mypy
	cd js && npm run --silent typecheck

floors: .make/test-env
	$(BIN)/lint-imports

test-py: .make/test-env
	$(RUN) pytest -n $(JOBS) -q

test-js: .make/node
	cd js && npm test --silent

test-ui: .make/test-env chromium
	$(RUN) pytest -m "ui and not bench" -n $(JOBS) --dist=worksteal tests/ui -q

# The pictures of the README, taken by the browser test.
gallery: .make/test-env chromium
	MVT_GALLERY=1 MVT_AUTHOR=ana $(RUN) pytest -m ui tests/ui/test_journey.py -q -k lab

# Everyday costs with their peers beside them; writes tests/benchmarks/RESULTS.md and the README's table.
bench: .make/test-env
	$(RUN) pip install -q "mlflow-skinny>=3,<4" joblib
	$(RUN) tests.benchmarks.everyday

# First paints, frames and the panel's refresh at 10,000 versions, in the browser against their budgets.
bench-ui: .make/test-env chromium
	$(RUN) pytest -m "ui and bench" tests/ui -q

# Time and space of the store, with its peers beside it; it needs 15 GB of disk. Programs that are not
# installed (git-lfs, restic, borg) are left out; DVC gets an environment of its own.
bench-store: .make/test-env .make/peers/bin/dvc
	$(RUN) pip install -q "mlflow-skinny>=3,<4" joblib safetensors transformers peft
	$(RUN) tests.benchmarks.store --tools .make/peers

.make/peers/bin/dvc:
	$(PYTHON) -m venv .make/peers
	.make/peers/bin/pip install -q "dvc>=3,<4"

# Keras, Hugging Face, JAX, Lightning, the boosters, ONNX and statsmodels: a step of its own, for they
# are large.
test-frameworks: .make/frameworks-env
	$(RUN) pytest -m frameworks -n $(JOBS) -q tests

# Keras on TensorFlow, in an environment of its own, where there is no PyTorch.
ON_TENSORFLOW := $(addprefix tests/capture/, data/test_tensorflow_kind.py $(addprefix adapters/test_keras, \
	.py _backends.py _large.py _resume.py))

test-tensorflow: .make/tensorflow/bin/pytest
	KERAS_BACKEND=tensorflow .make/tensorflow/bin/python -m pytest -m frameworks -q $(ON_TENSORFLOW)

.make/tensorflow/bin/pytest: $(BIN)/python pyproject.toml | js
	$(PYTHON) -m venv .make/tensorflow
	.make/tensorflow/bin/pip install -q tensorflow-cpu "keras>=3.8" scikit-learn hypothesis pytest pytest-timeout -e .

# The large figures of what we promise, in at most fifteen minutes on two quiet cores. It writes
# tests/soak/RESULTS.md; MVT_SOAK=4 MVT_SOAK_MINUTES=60 does four times as much.
SOAKED := tests/crash tests/history tests/soak tests/stateful tests/system/test_memory.py

soak: .make/test-env
	$(RUN) pip install -q "mfusepy>=3,<4"
	MVT_RESULTS=tests/soak/RESULTS.md $(RUN) pytest -m soak -n $(JOBS) -q --dist=worksteal $(SOAKED)

test-wheel: .make/test-env
	$(RUN) pytest -m wheel tests/packaging -q

# --- what the targets above stand on ---------------------------------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11; name another: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The front end is built by npm where there is one; elsewhere the build hook brings its own node.
ifneq ($(shell command -v npm),)
js: $(LABEXTENSION)

.make/node: js/package.json js/package-lock.json
	cd js && npm ci --no-audit --no-fund --loglevel=error
	@mkdir -p .make && touch $@

$(LABEXTENSION): .make/node $(JS_SOURCES)
	cd js && npm run --silent build
	@touch $@
else
.PHONY: .make/node
.make/node:
	@echo "Node.js >= 20 with npm is missing; the JavaScript tests need it."; exit 1

js:
endif

# An editable install copies the extension; a link in its place keeps every later build live.
define install
	rm -rf $(LINK)
	$(RUN) pip install -q --upgrade-strategy only-if-needed -e ".[$(1)]"
	rm -rf $(LINK) && ln -s $(CURDIR)/jupyter_mvt/labextension $(LINK)
	@mkdir -p .make && touch $@
endef

.make/demo-env: $(BIN)/python pyproject.toml js/hatch_build.py js/config/install.json js/config/jupyter_mvt.json | js
	$(call install,demo)

.make/test-env: $(BIN)/python pyproject.toml js/hatch_build.py js/config/install.json js/config/jupyter_mvt.json | .make/torch js
	$(call install,demo$(comma)test)
	@touch .make/demo-env

.make/torch: $(BIN)/python
	$(RUN) pip install -q torch==2.13.0
	@mkdir -p .make && touch $@

.make/frameworks-env: .make/test-env pyproject.toml
	$(RUN) pip install -q torch==2.13.0 -e ".[frameworks]"
	rm -rf $(LINK) && ln -s $(CURDIR)/jupyter_mvt/labextension $(LINK)
	@touch $@

comma := ,

# Only where it may: as root, or where sudo asks nothing. Elsewhere it says what is missing.
chromium:
	@if [ -n "$$MVT_CHROMIUM" ] || command -v chromium chromium-browser google-chrome >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root=none; fi; \
	if [ "$$as_root" = none ] || ! command -v apt-get >/dev/null; then \
	  echo "Chromium is missing and cannot be installed from here. Install it, or name one: MVT_CHROMIUM=/path/to/chromium"; exit 1; fi; \
	$$as_root apt-get update -q && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core

clean:
	rm -rf $(VENV) .make build dist js/node_modules js/lib js/lib-test jupyter_mvt/labextension jupyter_mvt/widgets/static
