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
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-11s %s\n", $$1, $$2 }'

.PHONY: setup
setup: .venv/.complete ## instala todo en .venv/, sin arrancar nada

.venv/.complete: pyproject.toml uv.lock
	@$(find_python); \
	echo "Preparando .venv con $$python"; \
	[ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || "$$python" -m venv --clear .venv; \
	[ -x .venv/.uv/bin/uv ] || { "$$python" -m venv --clear .venv/.uv && .venv/.uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"; }; \
	UV_PYTHON="$$PWD/.venv/bin/python" UV_PROJECT_ENVIRONMENT=.venv .venv/.uv/bin/uv sync --frozen --no-progress
	@touch $@

.PHONY: up
up: setup ## la demostración completa en http://127.0.0.1:8000/ (PORT=…), hasta Ctrl-C
	@exec $(BIN)/seguripago up

# The stand-in for Stripe is GPL: a process that the browser tests start, installed by nothing else.
.venv/.stand-in: .venv/.complete
	@UV_PYTHON="$$PWD/.venv/bin/python" UV_PROJECT_ENVIRONMENT=.venv .venv/.uv/bin/uv sync \
	  --frozen --no-progress --quiet --inexact --only-group stripe_stand_in
	@touch $@

.PHONY: test
test: setup .venv/.stand-in ## todas las pruebas, también las del navegador
	@.ci/system-packages
	@exec $(BIN)/pytest --numprocesses=2 --dist=loadscope --no-loadscope-reorder

# Values that let Django load where nothing is stored or served.
CHECK_ENVIRONMENT := SEGURIPAGO_DEMO=1 SEGURIPAGO_SECRET_KEY=only-for-make-check-only-for-make-check-0123456789 \
  DATABASE_URL=postgres://nobody@127.0.0.1:1/none SEGURIPAGO_DATA_DIR=.data/check DJANGO_SETTINGS_MODULE=seguripago.config.settings

.PHONY: check
check: setup ## estilo, tipos, contratos de importación y plantillas
	@$(BIN)/ruff check src tests bench
	@$(BIN)/ruff format --check --quiet src tests bench || { echo "Falta formato: make format" >&2; exit 1; }
	@$(CHECK_ENVIRONMENT) $(BIN)/mypy
	@$(BIN)/lint-imports
	@$(CHECK_ENVIRONMENT) $(BIN)/django-admin check --fail-level WARNING
	@$(BIN)/pytest tests/architecture --quiet

.PHONY: format
format: setup ## da formato al código
	@$(BIN)/ruff check --quiet --fix src tests bench || true
	@$(BIN)/ruff format src tests bench

.PHONY: bench
bench: setup ## todas las medidas, en bench/results/latest.json
	@exec $(BIN)/python -m bench

.PHONY: bench-fast
bench-fast: setup ## las medidas de cada día (menos de 5 minutos)
	@exec $(BIN)/python -m bench --fast

.PHONY: prove
prove: setup ## `make up` en una copia limpia, y cincuenta kill -9 bajo carga sin perder ni duplicar un aviso
	@exec .ci/prove
