# One image for web, worker and beat. The front end is built in a stage of its own; Node is not in what runs.

FROM node:22-trixie-slim AS frontend
WORKDIR /build
COPY tiptracker/frontend/package.json tiptracker/frontend/package-lock.json tiptracker/frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY tiptracker/frontend/ ./
RUN npm run build

FROM python:3.13-slim-trixie AS packages
WORKDIR /build
COPY pyproject.toml requirements.lock ./
# Only what runs, in the versions and with the hashes of the lock, which names what tests and checks need as well.
RUN sed -n '/^uv==/,/[^\\]$/p' requirements.lock > uv.lock \
    && pip install --no-cache-dir --require-hashes --no-deps -r uv.lock \
    && python -m venv --without-pip /opt/tiptracker \
    && uv pip install --no-cache --compile-bytecode --python /opt/tiptracker/bin/python --require-hashes \
        -r pyproject.toml --constraint requirements.lock

FROM python:3.13-slim-trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1t64 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/tiptracker --create-home tiptracker

ENV PATH=/opt/tiptracker/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/var/lib/tiptracker \
    STATIC_ROOT=/opt/static

WORKDIR /app
COPY --from=packages /opt/tiptracker /opt/tiptracker
COPY manage.py ./
COPY tiptracker ./tiptracker
COPY recommendations ./recommendations
COPY dialogues ./dialogues
COPY reports ./reports
COPY templates ./templates
COPY --from=frontend /build/dist ./tiptracker/frontend/dist
# The key is for this one command alone and is kept nowhere.
RUN SECRET_KEY=unused python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q /app

USER tiptracker
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "tiptracker.wsgi:application"]
