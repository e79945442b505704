# What people do with a checkout. `make demo` and `make test` do all of their own set-up.

PYTHON_ = .venv/bin/python
.DEFAULT_GOAL = help
# Most targets start several processes: what the first has compiled serves the others.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test quick briefings bench faults format check lint types contracts migrations \
	pages messages compose lock audit

help: ## What can be made here
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## Everything the others stand on; costs nothing when nothing changed
	@./setup.sh

demo: setup ## The demonstration on http://127.0.0.1:8000 (PORT=, HOST=, DAY=, RESET=1, DEMO_PASSWORD=, DATABASE_URL=, REDIS_URL=)
	@exec $(PYTHON_) manage.py demo

test: ## The whole suite, embedded (TEST= a path or pytest's options)
	@./setup.sh browser
	@$(PYTHON_) -m pytest -n auto --maxprocesses 6 --dist worksteal --durations 15 $(TEST)

quick: setup ## The tests of rules, actions and the API, in about a minute: no pages, browser, processes or documents (TEST=)
	@HYPOTHESIS=quick $(PYTHON_) -m pytest -n auto --maxprocesses 6 --dist worksteal --durations 15 -m "not slow" $(TEST)

briefings: setup ## Every document of the exercise's record, with pictures of its pages, in var/briefings (DAY=)
	@rm -rf var/briefings && mkdir -p var/briefings
	@export DATABASE_URL=sqlite:///var/briefings/record.sqlite3 DEMONSTRATION=true \
		DEMO_CLOCK="$${DAY:-2022-01-28}T09:00:00+02:00 $$(date -u +%FT%T+00:00)" \
		&& $(PYTHON_) manage.py migrate --verbosity 0 && $(PYTHON_) manage.py load_lesotho --exercise \
		&& $(PYTHON_) manage.py write_briefings LSO 2021 --as-of $${DAY:-2022-01-28} --folder var/briefings

bench: setup ## What readiness, a long list and a briefing cost, each beside what does alike (DATABASE_URL=, ONLY_JUDGED=1)
	@$(PYTHON_) -m tests.performance.bench

faults: setup ## What people are answered while a part is down, hung, full or read-only (ONLY= part of a fault's name)
	@ONLY="$(ONLY)" $(PYTHON_) -m tests.performance.faults

format: setup ## Lay the code out as the checks want it
	@$(PYTHON_) -m ruff format .
	@$(PYTHON_) -m ruff check --fix .

# At the same time, each with its output in one piece, and to the end: one run names everything that is wrong.
check: setup ## lint, types, contracts and migrations at once, in seconds
	@$(MAKE) --no-print-directory --keep-going --jobs=4 --output-sync=target lint types contracts migrations \
		|| { echo "check: FAILED. The lines above with *** name the checks; make format lays code out." >&2; exit 1; }
	@echo "check: passed (layout, lint, types, import contracts, migrations)."

lint: setup ## Layout and lint
	@$(PYTHON_) -m ruff format --check .
	@$(PYTHON_) -m ruff check .

types: setup ## mypy, strict
	@$(PYTHON_) -m mypy

contracts: setup ## Who may import whom
	@.venv/bin/lint-imports

migrations: setup ## No model without its migration
	@$(PYTHON_) manage.py makemigrations --check --dry-run

pages: setup ## Write the pages that are made from the code: docs/access.md, docs/settings.md, docs/glossary.md
	@$(PYTHON_) -m tests.security.page
	@$(PYTHON_) -m tests.settings_page
	@$(PYTHON_) -m tests.glossary_page

messages: setup ## Write, check and compile the catalogue of a language (LANGUAGE=fr); wants GNU gettext
	@test -n "$(LANGUAGE)" || { echo "messages: name the language, such as make messages LANGUAGE=fr" >&2; exit 1; }
	@$(PYTHON_) manage.py makemessages --locale $(LANGUAGE) --no-location --ignore .venv --ignore var --ignore '*/node_modules/*' --ignore 'tests/*'
	@$(PYTHON_) manage.py compilemessages --locale $(LANGUAGE)

compose: ## The compose file, as Debian's docker-compose reads it
	@SECRET_KEY=x DATABASE_PASSWORD=x DATABASE_OWNER_PASSWORD=x REDIS_PASSWORD=x ALLOWED_HOSTS=x TLS_CERTIFICATE=/x TLS_KEY=/x \
		docker-compose --file docker-compose.yml config --quiet

lock: setup ## Resolve pyproject.toml anew into requirements.lock
	@.venv/bin/uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header --universal \
		--group dev pyproject.toml -o requirements.lock

audit: setup ## Known weaknesses of the locked packages; asks PyPI and npm, so it wants a connected machine
	@.venv/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock \
		|| { echo "audit: Python's packages are weak, or could not all be asked about; it stands above." >&2; exit 1; }
	@npm audit --prefix tiptracker/web/frontend --audit-level low \
		|| { echo "audit: the front end's packages are weak, or could not be asked about; it stands above." >&2; exit 1; }
