# make demo | demo-stream | test | check | bench | soak; the environment comes from uv.lock
SHELL := /bin/bash
PYTHON ?= python3
RUN := .venv/bin/
unexport PYTHONDONTWRITEBYTECODE   # without compiled files every command starts seconds later

.PHONY: demo demo-stream test check bench soak environment chromium kafka

environment: .venv/.ready

.venv/.ready: uv.lock pyproject.toml
	@command -v uv >/dev/null 2>&1 || $(PYTHON) -m pip install --quiet uv || $(PYTHON) -m pip install --quiet --user --break-system-packages uv
	@PATH="$$PATH:$$HOME/.local/bin" $$(command -v uv || echo $(PYTHON) -m uv) sync --frozen --compile-bytecode
	@touch $@

demo: environment
	@$(RUN)yujing demo

# ARGS: options of `yujing demo-stream`. ClickHouse: YUJING_CLICKHOUSE, else a stand-in from the tests.
demo-stream: environment
	@$(RUN)python -m tests.support.stream_demo $(ARGS)

# In CI a browser that is missing is installed; elsewhere its tests skip and say how to get it.
chromium:
	@if [ -n "$$CI" ] && ! command -v chromium >/dev/null 2>&1; then \
	  apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; fi

# Kafka runs on Java and comes by Maven; elsewhere than in CI its tests skip without them.
kafka:
	@if [ -n "$$CI" ] && ! (command -v java && command -v mvn) >/dev/null 2>&1; then \
	  apt-get update -qq && apt-get install -y -qq openjdk-17-jre-headless maven >/dev/null; fi

test: environment chromium kafka
	$(RUN)pytest -n 2 --dist loadfile -m "not soak"

check: environment chromium kafka
	$(RUN)ruff check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)pytest -n 2 --dist loadfile -m "not soak" --cov --cov-report=term:skip-covered

# Quix Streams, which nothing else needs, is a contestant.
bench: environment kafka
	@PATH="$$PATH:$$HOME/.local/bin" $$(command -v uv || echo $(PYTHON) -m uv) sync --quiet --frozen --inexact --group bench
	@$(RUN)python -m benchmarks

soak: environment
	$(RUN)pytest -m soak
