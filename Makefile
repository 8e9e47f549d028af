# Everything here needs only Python >= 3.11 (with venv and pip), make and a C compiler.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
STUB_TOOLS := .venv-stubs/.installed
PROTOS := $(wildcard proto/quotewright/v1/*.proto)
SERVICES := $(wildcard proto/quotewright/v1/*_service.proto)
# Tests over real channels that say nothing of their server's transport; others start servers of both.
OVER_NATIVE := $(patsubst %,tests/e2e/test_%.py,contract pricing reading lifecycle)
IN_PROCESS := $(filter-out benchmarks/bench_server.py benchmarks/bench_activation.py,$(wildcard benchmarks/bench_*.py))

.PHONY: help run test lint types stubs stubs-check bench bench-compare compiled interpreted clean
.DEFAULT_GOAL := help

help:  ## This list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The virtual environment is made again when pyproject.toml changes.
$(INSTALLED): pyproject.toml
	@echo "== Setting up .venv (once, about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; choose one with: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@echo "== Adding durable-rules for approvals (it is built from source)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[approvals]' >.venv/approvals.log 2>&1 \
		|| echo "   Notice: durable-rules could not be built here (it needs a C compiler and Python before 3.13; see" \
		        ".venv/approvals.log). Everything works without it: approvals use the engine's own forward chainer."
	@touch $@

run: $(INSTALLED)  ## Set up, start the server on the samples, price a sample quote, serve until Ctrl-C.
	@$(BIN)/python -m engine.commands demo

test: $(INSTALLED)  ## Set up and run all tests.
	@echo "== Tests"
	@$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile
	@echo "== The same over the other transport"
	@QUOTEWRIGHT_TRANSPORT=native $(BIN)/python -m pytest -q --numprocesses auto --dist loadfile $(OVER_NATIVE)

lint: $(INSTALLED)  ## Check style and formatting.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(INSTALLED)  ## Check types.
	@$(BIN)/mypy

# The oldest supported generator: generated code demands at least the versions it was made with.
$(STUB_TOOLS): Makefile
	@echo "== Setting up the stub generator in .venv-stubs"
	@$(PYTHON) -m venv .venv-stubs
	@.venv-stubs/bin/python -m pip install --quiet --disable-pip-version-check grpcio-tools==1.76.0 googleapis-common-protos==1.70.0
	@touch $@

stubs: $(STUB_TOOLS)  ## Generate the Python stubs from the .proto files.
	@rm -f proto/quotewright/v1/*_pb2*.py*
	@include=$$(.venv-stubs/bin/python -c 'import google.rpc.status_pb2 as m, pathlib; print(pathlib.Path(m.__file__).parents[2])'); \
	.venv-stubs/bin/python -m grpc_tools.protoc -Iproto -I"$$include" --python_out=proto --pyi_out=proto $(PROTOS) && \
	.venv-stubs/bin/python -m grpc_tools.protoc -Iproto -I"$$include" --grpc_python_out=proto $(SERVICES)

stubs-check: stubs  ## Check that the committed stubs are those that the .proto files give.
	@git diff --exit-code --stat -- proto && test -z "$$(git ls-files --others --exclude-standard proto)" \
		|| { echo "The stubs differ from the .proto files: run 'make stubs' and commit the result."; exit 1; }

bench: $(INSTALLED)  ## Measure in process and round trips; writes var/bench/ with report.html.
	@mkdir -p var/bench
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@echo "== Round trips beside a bare echo"
	@$(BIN)/python benchmarks/bench_server.py --out var/bench/server.json
	@echo "== In process"
	@$(BIN)/python -m pytest $(IN_PROCESS) --benchmark-only --benchmark-json=var/bench/in_process.json -q -p no:cacheprovider
	@$(BIN)/python benchmarks/report.py var/bench

bench-compare:  ## Compare what `make bench` wrote with the saved baseline, in ratios.
	@for name in server in_process; do \
		if [ -f benchmarks/baseline/$$name.json ] && [ -f var/bench/$$name.json ]; then \
			$(BIN)/python benchmarks/compare.py benchmarks/baseline/$$name.json var/bench/$$name.json; fi; done

# Optional: everything runs without it, and the same.
compiled: $(INSTALLED) interpreted  ## Compile the hot path to machine code, in place; decisions then take about 0.6 of the time.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,compiled]'
	@PYTHONPATH=. $(BIN)/python tools/compile_hot_path.py

interpreted:  ## Remove what `make compiled` built, so that the source files run.
	@find engine -name '*.so' -delete
	@rm -rf quotewright__mypyc*.so engine/native_build.txt var/native

clean: interpreted  ## Remove what the targets above made.
	@rm -rf .venv .venv-stubs .pytest_cache .mypy_cache .ruff_cache .hypothesis var
