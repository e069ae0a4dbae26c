# The commands of the portal. `make` alone lists them.
# Needs Python 3.11 or newer and make; everything else is installed into .venv from the hashed lock files.

PYTHON ?= python3
PORT ?= 8000
PEOPLE ?= 100000
POSTS ?= 20000
VENV := .venv
PY := $(VENV)/bin/python
# Paths that are checked; a new app is added here and to the contract in pyproject.toml.
CODE := portal search reports knowledge trainings trainers notifications members mail audit common bench tests conftest.py manage.py
# Byte code is kept whatever the surroundings say: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test test-all drill-access drill-attacks drill-faults lint format messages bench lock clean venv installed installed-dev

help:  ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

run: installed  ## Start the portal at http://localhost:8000 (PORT= changes it); a demo unless DATABASE_URL is set
	@if [ -z "$$DATABASE_URL" ] && ! grep -Eqs '^ *(export +)?DATABASE_URL=.' .env; then export DEMO="$${DEMO:-1}"; fi; \
	exec $(PY) manage.py serve --port $(PORT) --end-with-parent

test: installed-dev  ## Run the tests (PostgreSQL, what can differ on SQLite, the main jobs in Chromium)
	@exec $(PY) tests/run.py

test-all: installed-dev  ## Run every test but the drills, and every page in Chromium
	@exec $(PY) tests/run.py --all

drill-access: installed-dev  ## Take away each scope and check in turn: the access suite must notice each
	@exec env DATABASE_URL=sqlite://:memory: $(PY) -m pytest -q -p no:cacheprovider -o faulthandler_timeout=0 tests/drill/drill_access.py

drill-attacks: installed-dev  ## Try every hostile word, every foreign number and every address everywhere, and 300 random inputs a form
	@exec $(PY) tests/run.py --attacks

drill-faults: installed-dev  ## Kill workers, freeze the database, damage files and rosters, count large networks
	@exec $(PY) tests/run.py --faults

lint: installed-dev  ## Check style, types, the import contract, names, migrations and templates
	@failed=; check() { echo "-- $$1"; shift; env TESTING=1 DATABASE_URL=sqlite://:memory: "$$@" || failed=1; }; \
	check "style" $(PY) -m ruff check $(CODE); \
	check "format" $(PY) -m ruff format --check --output-format=concise $(CODE); \
	check "types" $(PY) -m mypy; \
	check "import contract" $(VENV)/bin/lint-imports --no-logo; \
	check "missing migrations" $(PY) manage.py makemigrations --check --dry-run; \
	check "names" $(PY) tests/lint_names.py; \
	check "risky migrations" $(PY) tests/lint_migrations.py; \
	check "templates" $(PY) -m djlint --lint --quiet templates; \
	if [ -n "$$failed" ]; then echo "lint: something above is to be mended" >&2; exit 1; fi; echo "lint: all is well"

format: installed-dev  ## Let ruff mend and format the code
	@$(PY) -m ruff check --fix $(CODE); $(PY) -m ruff format $(CODE)

messages: installed-dev  ## Compile the catalogues of translations (locale/*/LC_MESSAGES/django.po)
	@$(PY) -c 'import pathlib, polib; [polib.pofile(str(po)).save_as_mofile(str(po.with_suffix(".mo"))) for po in pathlib.Path("locale").rglob("*.po")]'

bench: installed  ## Measure the pages on PostgreSQL with 100,000 people and 20,000 posts (PEOPLE=, POSTS= change it)
	@$(PY) bench/run.py --people $(PEOPLE) && exec $(PY) bench/search.py --posts $(POSTS)

lock: venv  ## Pin requirements*.txt with hashes (UPGRADE=1 takes newer versions)
	@command -v uv >/dev/null || $(PY) -m uv --version >/dev/null 2>&1 || $(PY) -m pip install --quiet --disable-pip-version-check uv
	@uv=$$(command -v uv || echo "$(PY) -m uv"); for name in requirements requirements-dev; do \
	  $$uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    $${UPGRADE:+--upgrade} $$name.txt -o $$name.lock && echo "$$name.lock is written" || exit 1; done

clean:  ## Remove what can be made again (.venv, caches); var/ with the data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# `made` is written last, so an environment whose making was interrupted, or whose Python is gone, is made anew.
venv:
	@if ! [ -e $(VENV)/made ] || ! $(PY) -c '' 2>/dev/null; then \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "Mreža needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true)." >&2; \
	    echo "Install one, or name it: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }; \
	  echo "Making $(VENV) with $$($(PYTHON) --version)"; \
	  $(PYTHON) -m venv --clear $(VENV) && touch $(VENV)/made || { \
	    echo "Python could not make a virtual environment (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }; \
	fi

# Installs the lock file $(1) only when its content has changed since it was last installed here.
define install
	@wanted=$$(cksum < $(1)); \
	if [ "$$wanted" != "$$(cat $(VENV)/$(1).stamp 2>/dev/null)" ]; then \
	  echo "Installing $(1) into $(VENV) (once; under a minute on most lines)"; \
	  $(PY) -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r $(1) || { \
	    echo "The installation failed; the lines above say why. Run the same command again to go on." >&2; exit 1; }; \
	  echo "$$wanted" > $(VENV)/$(1).stamp; \
	fi
endef

installed: venv
	$(call install,requirements.lock)

installed-dev: venv
	$(call install,requirements-dev.lock)
