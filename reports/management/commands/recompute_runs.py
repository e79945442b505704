"""`manage.py recompute_runs`: recompute every stored run of the current method from its stored facts."""

from typing import Any

from django.core.management.base import BaseCommand

from reports.choices import RecomputeOutcome
from reports.models import ReadinessRun
from reports.readiness import stored_runs
from reports.readiness.readiness import METHOD_VERSION
from tiptracker.localization import format_date, join_with_and


class Command(BaseCommand):
    help = (
        "Compute each stored run of the current version of the method again from its own facts, and compare numbers, "
        "answers, codes and references with the stored ones. It changes nothing. Exits with 1, and names the runs, if "
        "one differs. Example: manage.py recompute_runs"
    )

    def handle(self, **options: Any) -> None:
        current = (
            ReadinessRun.objects.filter(methodology=METHOD_VERSION).select_related("edition__country").order_by("pk")
        )
        count, differing = 0, 0
        for run in current.iterator(chunk_size=20):
            count += 1
            found = stored_runs.compare_run(run)
            if found.outcome is RecomputeOutcome.DIFFERS:
                differing += 1
                self.stderr.write(
                    f"Run {run.pk} ({run.edition.country.code} {run.edition.year}, "
                    f"as of {format_date(run.as_of)}) differs: {join_with_and(found.differing)}."
                )
        older = ReadinessRun.objects.exclude(methodology=METHOD_VERSION).count()
        self.stdout.write(
            f"{count} of method {METHOD_VERSION} recomputed, {differing} of them different; {older} of others kept."
        )
        if differing:
            raise SystemExit(1)
