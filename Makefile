# A thin front for CMake presets, pip and the test runner. Each target installs what it needs and the machine lacks.
#
#   make demo      the main job, on the built-in sandbox gateway
#   make test      every test of every surface whose tool chain is there
#   make test-python3.13   the Python and sandbox tests under another interpreter, in an environment of its own
#   make test-wide the same, and the C++ tests under AddressSanitizer, UBSan and ThreadSanitizer
#   make bench     benchmarks beside their peers: a table, and build/bench.json
#   make check     generated files, format, lint, exported symbols, layering
#   make fuzz      the parsers under libFuzzer, for FUZZ_SECONDS (60)
#   make tidy      a build with clang, and clang-tidy
#   make docs      the pages of python/docs, into build/docs
#   make wheel     a wheel that needs no library of the system's but glibc, into dist/
#   make generate  rewrite the generated files from capi/apimall.yaml
#   make format    put every file into the project's format

SHELL := /bin/bash
PYTHON ?= $(shell command -v python3)
venv := build/venv
jobs := $(shell nproc)

# What is needed to build, to test and to check.
apt_build := build-essential cmake ninja-build pkg-config ca-certificates libcurl4-openssl-dev libsimdjson-dev \
             python3 python3-dev python3-venv
apt_test := $(apt_build) doctest-dev libssl-dev nlohmann-json3-dev luajit lua-cjson openssl zsh fish
apt_bench := $(apt_test) curl nghttp2-client nginx-light wrk
apt_check := $(apt_test) clang-19 clang-format-19 clang-tidy-19 g++-mingw-w64-x86-64-posix
apt_fuzz := $(apt_test) clang-19 libclang-rt-19-dev

FUZZ_SECONDS ?= 60

.PHONY: demo test test-wide bench check fuzz tidy docs wheel generate format clean
.DEFAULT_GOAL := test

demo: packages-build $(venv)/wheel
	$(venv)/bin/apimall demo

test: packages-test $(venv)/wheel build/release/library
	$(venv)/bin/python tests/run.py

test-wide: packages-test $(venv)/wheel build/release/library
	$(venv)/bin/python tests/run.py --wide

test-python%: packages-test
	python$* -m venv build/python$*
	build/python$*/bin/pip install --quiet --upgrade pip
	build/python$*/bin/pip install --quiet '.[test,cli]'
	build/python$*/bin/pip install --quiet --force-reinstall --no-deps .
	build/python$*/bin/python -m pytest -q -m "not wide" tests/python tests/sandbox

bench: packages-bench $(venv)/bench $(venv)/wheel
	cmake --preset release
	cmake --build --preset release --target benchmarks -j $(jobs)
	$(venv)/bin/python tests/bench/run.py

check: packages-check $(venv)/wheel build/release/library
	$(venv)/bin/python tests/check.py

fuzz: packages-fuzz
	cmake --preset fuzz
	cmake --build --preset fuzz -j $(jobs)
	mkdir -p build/fuzz/corpus
	build/fuzz/bin/parse_fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 -dict=tests/fuzz/parse.dict \
	  -artifact_prefix=build/fuzz/ build/fuzz/corpus tests/wire/bodies

tidy: packages-check $(venv)/tools
	$(venv)/bin/python tests/check.py "clang and clang-tidy"

docs: packages-build $(venv)/wheel
	cd python && ../$(venv)/bin/mkdocs build --strict

wheel: packages-build $(venv)/tools
	$(venv)/bin/python tests/repaired_wheel.py dist

generate: packages-build $(venv)/tools
	$(venv)/bin/python capi/generator/generate.py

format: packages-check $(venv)/tools
	$(venv)/bin/python tests/check.py --fix-format

clean:
	rm -rf build dist

# Debian packages, installed only where they are missing, so that a second run needs neither network nor root.
packages-%:
	@missing=$$(for p in $(apt_$*); do dpkg -s $$p 2>/dev/null | grep -q '^Status: install ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  echo "installing:" $$missing; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing; \
	fi

build/release/library: FORCE
	cmake --preset release
	cmake --build --preset release -j $(jobs)

# The virtual environment that demo and tests run in, with the wheel built from this tree.
$(venv)/bin/python:
	$(PYTHON) -m venv $(venv)
	$(venv)/bin/pip install --quiet --upgrade pip

$(venv)/tools: $(venv)/bin/python pyproject.toml
	$(venv)/bin/pip install --quiet $$($(venv)/bin/python tests/requirements.py dev)
	@touch $@

$(venv)/bench: $(venv)/bin/python pyproject.toml
	$(venv)/bin/pip install --quiet $$($(venv)/bin/python tests/requirements.py bench)
	@touch $@

wheel_sources := $(shell find core capi bindings/cpp python cmake CMakeLists.txt pyproject.toml -type f -not -path '*/__pycache__/*')

$(venv)/wheel: $(venv)/tools $(wheel_sources)
	$(venv)/bin/pip install --quiet --force-reinstall --no-deps .
	@touch $@

FORCE:
