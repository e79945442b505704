# One image for web, worker and beat. The front end is built in a stage of its own; Node is not in what runs.

FROM node:22-trixie-slim AS frontend
WORKDIR /build
COPY tiptracker/web/frontend/package.json tiptracker/web/frontend/package-lock.json tiptracker/web/frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY tiptracker/web/frontend/ ./
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

# What stands in front: TLS, slow lines, sizes. See deploy/proxy/nginx.conf.
FROM debian:trixie-slim AS proxy
RUN apt-get update \
    && apt-get install -y --no-install-recommends nginx-light \
    && rm -rf /var/lib/apt/lists/*
COPY deploy/proxy /etc/tiptracker
RUN chmod -R a+rX /etc/tiptracker
USER www-data
EXPOSE 8080 8443
CMD ["nginx", "-c", "/etc/tiptracker/nginx.conf", "-e", "/dev/stderr"]

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
    STATIC_ROOT=/opt/static \
    PROMETHEUS_MULTIPROC_DIR=/tmp/metrics \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000

WORKDIR /app
COPY --from=packages /opt/tiptracker /opt/tiptracker
COPY manage.py ./
COPY tiptracker ./tiptracker
COPY recommendations ./recommendations
COPY dialogues ./dialogues
COPY reports ./reports
COPY templates ./templates
COPY --from=frontend /build/dist ./tiptracker/web/frontend/dist
# The key is for these commands alone and is kept nowhere. Whoever runs the image may read all of it, whatever the
# modes of the checkout.
RUN SECRET_KEY=unused python manage.py collectstatic --noinput --verbosity 0 \
    && SECRET_KEY=unused python manage.py compilemessages \
    && python -m compileall -q /app \
    && chmod -R a+rX /app

USER tiptracker
EXPOSE 8000
CMD ["python", "tiptracker/infrastructure/watchdog.py", "--url", "http://127.0.0.1:8000/health/", "--", \
     "granian", "--interface", "asginl", "--http", "1", "--no-ws", "--workers", "2", "--respawn-failed-workers", \
     "--workers-kill-timeout", "10", "--http1-header-read-timeout", "15000", \
     "tiptracker.asgi:application"]
