# Everything that a person types. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
BIN := .venv/bin
UV_VERSION := 0.13.9
export PORT
export UV_PYTHON_DOWNLOADS := never
export PYTHONDONTWRITEBYTECODE :=

# The first Python that really starts: pyenv leaves names on the PATH that do not.
define find_python
for name in "$${SEGURIPAGO_PYTHON:-}" python3.13 python3.14 python3.12 \
    "$$HOME"/.pyenv/versions/3.13*/bin/python3 "$$HOME"/.pyenv/versions/3.14*/bin/python3 \
    "$$HOME"/.pyenv/versions/3.12*/bin/python3 python3; do \
  [ -n "$$name" ] || continue; \
  python=$$("$$name" -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 12); print(sys.executable)' 2>/dev/null) && break || python=; \
done; \
if [ -z "$$python" ]; then \
  echo "SeguriPago necesita Python 3.12 o posterior con venv (Debian: apt-get install python3-venv)." >&2; exit 1; \
fi
endef

.PHONY: help
help: ## esta lista
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

.PHONY: setup
setup: .venv/.complete ## instala todo en .venv/, sin arrancar nada

.venv/.complete: pyproject.toml uv.lock
	@$(find_python); \
	echo "Preparando .venv con $$python"; \
	[ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || "$$python" -m venv --clear .venv; \
	[ -x .venv/.uv/bin/uv ] || { "$$python" -m venv --clear .venv/.uv && .venv/.uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"; }; \
	UV_PYTHON="$$PWD/.venv/bin/python" UV_PROJECT_ENVIRONMENT=.venv .venv/.uv/bin/uv sync --frozen --no-progress
	@touch $@
