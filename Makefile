# 迁云 qianyun. `make help` lists the targets; PYTHON=... chooses the interpreter for .venv, PYTEST_ARGS=... adds to pytest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
EXAMPLE := examples/shanxi
UV_COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet

.PHONY: help base install tools demo test lab-migrate lab-ipv6 soak check bench lock changelog clean distclean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

base: ## base install into .venv: inventory, planning, command line, terminal UI
	@bash tools/install.sh base

install: ## everything into .venv: all extras and the development tools; the Pulumi engine; as root also Debian packages for tests
	@bash tools/system_packages.sh
	@bash tools/install.sh all
	@bash tools/go_tools.sh optional

tools: ## build the Pulumi engine of cloud stacks from its pinned module (Go; about 4 minutes, once), where it is not on PATH
	@bash tools/go_tools.sh required

demo: base ## plan the example province: findings, waves, report (build/shanxi.html)
	@bash tools/demo.sh $(EXAMPLE)

test: install ## all tests that this user may run here; PYTEST_ARGS="-k graph" narrows
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(PYTEST_ARGS)

lab-migrate: install ## migrate two real systems in the lab and print what it has cost (Linux, root; docs/lab-migrate.md)
	@$(BIN)/python -m tools.lab_migrate

lab-ipv6: install ## retrofit a network of 24 FRR routers with IPv6 in the lab, through a run and net push (Linux, root; docs/lab.md)
	@$(BIN)/python -m tools.lab_ipv6

soak: install ## the long tests: fifty hits on runs of a hundred systems; a migration killed at every step; pushes and stacks killed
	@$(BIN)/python -m tools.soak
	@$(BIN)/python -m tools.lab_migrate --kill all --record
	@$(BIN)/python -m tools.lab_migrate --kill outage --record
	@$(BIN)/python -m tools.push_kills --count 20 --record
	@$(BIN)/python -m tools.push_kills --lab --count 20 --record
	@$(BIN)/python -m tools.stack_kills --count 30 --own-bed --record

check: install ## style, types, borders, locks, changelog
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python tools/requirement_files.py
	$(BIN)/python tools/changelog.py check

bench: install ## every benchmark, one after the other, results in build/benchmarks/ and docs/benchmarks.md
	@$(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --require-hashes --no-deps \
		--only-binary :all: -r requirements/peers.txt
	@mkdir -p build/benchmarks
	@for file in benchmarks/[a-z]*.py; do \
		name=$$(basename $$file .py); echo "benchmark $$name" >&2; \
		$(BIN)/python -m benchmarks.$$name --json > build/benchmarks/$$name.part; \
		mv build/benchmarks/$$name.part build/benchmarks/$$name.json; \
	done
	@$(BIN)/python -m benchmarks._table

lock: install ## new exact versions in requirements/ (keeps what still fits; UPGRADE=1 takes the newest)
	$(UV_COMPILE) $(if $(UPGRADE),--upgrade) --all-extras --group dev -o requirements/all.txt
	$(UV_COMPILE) --group build --constraint requirements/all.txt --no-annotate -o requirements/base.txt
	$(UV_COMPILE) $(if $(UPGRADE),--upgrade) --all-extras --group peers --constraint requirements/all.txt -o requirements/peers.txt

changelog: ## the next release's section of CHANGELOG.md from the fragments in changelog.d/
	@python3 tools/changelog.py show

clean: ## remove what builds and tests left, keep .venv
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o -type d -name __pycache__ -print0 | xargs -0 -r rm -rf

distclean: clean ## clean, and remove .venv
	rm -rf $(VENV)
