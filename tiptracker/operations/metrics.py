"""Metrics for Prometheus.

The web processes share their counts through the files of PROMETHEUS_MULTIPROC_DIR, if that is set. Jobs, mails and
connections are read from the database. No label holds personal data: they are names of views, kinds and states.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from tiptracker.jobs.models import Job, State
from tiptracker.mail.models import Mail

_FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if _FOLDER:
    Path(_FOLDER).mkdir(parents=True, exist_ok=True)

REQUESTS = Counter("tiptracker_requests", "Answered requests, by view and status", ["view", "method", "status"])
SECONDS = Histogram("tiptracker_request_seconds", "Seconds until the answer, by view", ["view"])
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Count an answered request."""
    match = request.resolver_match
    view = (match.url_name if match else None) or "none"
    method = request.method if request.method in KNOWN_METHODS else "other"
    REQUESTS.labels(view, method, str(response.status_code)).inc()
    SECONDS.labels(view).observe(seconds)


def render_metrics(*, now: datetime) -> bytes:
    """Return the metrics in the text format of Prometheus. `now` is machine time."""
    counted: CollectorRegistry = REGISTRY
    if _FOLDER:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    figures = CollectorRegistry()
    figures.register(_DatabaseFigures(now))
    return generate_latest(counted) + generate_latest(figures)


class _DatabaseFigures(Collector):
    """Jobs, mails and connections, as the database has them now."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures."""
        jobs = GaugeMetricFamily("tiptracker_jobs", "Jobs, by kind and state", labels=["kind", "state"])
        for kind, state, count in Job.objects.values_list("kind", "state").order_by().annotate(Count("pk")):
            jobs.add_metric([kind, state], count)
        yield jobs
        oldest = Job.objects.filter(state=State.QUEUED, due_at__lte=self.now).order_by("due_at").first()
        waits = (self.now - oldest.due_at).total_seconds() if oldest else 0
        yield GaugeMetricFamily("tiptracker_queue_age_seconds", "How long the oldest due job waits", value=waits)
        mails = GaugeMetricFamily("tiptracker_mails", "Mails, by kind and state", labels=["kind", "state"])
        for kind, state, count in (
            Mail.objects.get_queryset().values_list("kind", "state").order_by().annotate(Count("pk"))
        ):
            mails.add_metric([kind, state], count)
        yield mails
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT sum(numbackends) FROM pg_stat_database")
                (used,) = cursor.fetchone()
            yield GaugeMetricFamily("tiptracker_database_connections", "Connections of the database server", value=used)
