# Commands for a checkout. Each target sets up what it needs.

PYTHON_ = .venv/bin/python
.DEFAULT_GOAL = help
# Most targets start several processes. They share the compiled bytecode.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test quick briefings first-briefings bench bench-large load faults format check lint types contracts migrations \
	pages papers messages compose image-check lock audit

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## Install everything that the other targets need; takes no time if nothing changed
	@./setup.sh

demo: setup ## Start the demonstration on http://127.0.0.1:8000 (PORT=, HOST=, DAY=, RESET=1, DEMO_PASSWORD=, DATABASE_URL=, REDIS_URL=)
	@exec $(PYTHON_) manage.py demo

test: ## Run the whole suite on SQLite (TEST= a path or pytest's options, RESULTS= a file for make papers)
	@./setup.sh browser
	@RESULTS="$(RESULTS)" $(PYTHON_) -m pytest -n auto --dist loadfile --durations 15 $(TEST)

quick: setup ## Run the tests of rules, actions and the API in about a minute, without pages, browser and documents (TEST=)
	@HYPOTHESIS=quick $(PYTHON_) -m pytest -n auto --dist worksteal --durations 15 -m "not slow" $(TEST)

briefings: setup ## Write every document of the exercise, with pictures of its pages, to var/briefings (DAY=)
	@rm -rf var/briefings && mkdir -p var/briefings
	@export DATABASE_URL=sqlite:///var/briefings/record.sqlite3 DEMONSTRATION=true \
		DEMO_CLOCK="$${DAY:-2022-01-28}T09:00:00+02:00 $$(date -u +%FT%T+00:00)" \
		&& $(PYTHON_) manage.py migrate --verbosity 0 && $(PYTHON_) manage.py load_lesotho --exercise \
		&& $(PYTHON_) manage.py write_briefings LSO 2021 --as-of $${DAY:-2022-01-28} --folder var/briefings

first-briefings: setup ## Set up some 30 countries in a browser, each to a first issued briefing, and write docs/first_briefings.md (COUNTRY=)
	@./setup.sh browser
	@mkdir -p var/first_briefings
	@FIRST_BRIEFINGS=var/first_briefings JOURNEYS=required $(PYTHON_) -m pytest -n $(or $(PROCESSES),2) -q tests/journeys/test_first_briefing.py
	@$(PYTHON_) -m tests.first_briefings.table var/first_briefings

bench: setup ## Measure readiness, lists and briefings, and compare each with a simple equivalent (DATABASE_URL=, ONLY_JUDGED=1)
	@$(PYTHON_) -m tests.performance.bench

bench-large: setup ## Show the plans of all lists with 188 posts and 3 million pieces of evidence (DATABASE_URL= of PostgreSQL, ONLY=, SHOW_SQL=1)
	@ONLY="$(ONLY)" $(PYTHON_) -m tests.performance.large

load: setup ## Let 200 people of one post work for ten minutes, and show how long they wait (SECONDS=, PEOPLE=)
	@SECONDS="$(SECONDS)" PEOPLE="$(PEOPLE)" $(PYTHON_) -m tests.performance.load

faults: setup ## Show what people see while a part is down, hanging, full or read-only (ONLY= part of a fault's name)
	@ONLY="$(ONLY)" $(PYTHON_) -m tests.performance.faults

format: setup ## Lay out the code, and correct simple mistakes
	@$(PYTHON_) -m ruff format .
	@$(PYTHON_) -m ruff check --fix .

# All four run to the end at the same time, so one run shows every mistake.
check: setup ## Run lint, types, contracts and migrations together, in seconds
	@$(MAKE) --no-print-directory --keep-going --jobs=4 --output-sync=target lint types contracts migrations \
		|| { echo "check: FAILED. The lines above with *** name the failed checks. make format corrects the layout." >&2; exit 1; }
	@echo "check: passed (layout, lint, types, import contracts, migrations)."

lint: setup ## Check layout and mistakes (ruff)
	@$(PYTHON_) -m ruff format --check .
	@$(PYTHON_) -m ruff check .

types: setup ## Check types (mypy, strict)
	@$(PYTHON_) -m mypy

contracts: setup ## Check the direction of imports
	@.venv/bin/lint-imports

migrations: setup ## Check that every model has its migration
	@$(PYTHON_) manage.py makemigrations --check --dry-run

pages: setup ## Write docs/access.md, docs/settings.md and docs/glossary.md from the code
	@$(PYTHON_) -m tests.security.access_page
	@$(PYTHON_) -m tests.settings_page
	@$(PYTHON_) -m tests.glossary_page

papers: setup ## Write the papers for an authorizing official to var/papers (RESULTS= of make test RESULTS=, CONTACT=)
	@$(PYTHON_) -m tests.papers.write $(if $(RESULTS),--results "$(RESULTS)") $(if $(CONTACT),--contact "$(CONTACT)")

messages: setup ## Write, compile and check the catalogue of a language (LANGUAGE=fr); needs GNU gettext
	@test -n "$(LANGUAGE)" || { echo "messages: name the language, such as make messages LANGUAGE=fr" >&2; exit 1; }
	@$(PYTHON_) manage.py makemessages --locale $(LANGUAGE) --no-location
	@$(PYTHON_) manage.py compilemessages
	@$(PYTHON_) -m pytest -q -n0 -k "$(LANGUAGE)" tests/test_catalogues.py

compose: ## Check docker-compose.yml with docker-compose
	@SECRET_KEY=x DATABASE_PASSWORD=x DATABASE_OWNER_PASSWORD=x REDIS_PASSWORD=x ALLOWED_HOSTS=x TLS_CERTIFICATE=/x TLS_KEY=/x \
		docker-compose --file docker-compose.yml config --quiet

image-check: setup ## Build the image in empty Debian trees by the Dockerfile's own steps, and start it; needs root and some minutes
	@$(PYTHON_) -m tests.deployment.image_check

lock: setup ## Choose the newest packages that pyproject.toml allows, and write requirements.lock
	@.venv/bin/uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header --universal \
		--group dev pyproject.toml -o requirements.lock

ifdef OSV
audit: setup ## Find known weaknesses of the locked packages; asks PyPI and npm, or reads exports of OSV (OSV="PyPI.zip npm.zip", OSV_DAYS=)
	@$(PYTHON_) -m tests.known_weaknesses --days $(or $(OSV_DAYS),14) $(OSV)
else
audit: setup
	@.venv/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock \
		|| { echo "audit: FAILED. The lines above name Python packages with a known weakness, or the package that could not be checked." >&2; exit 1; }
	@npm audit --prefix tiptracker/web/frontend --audit-level low \
		|| { echo "audit: FAILED. The lines above name packages of the front end with a known weakness, or why npm could not check them." >&2; exit 1; }
endif
