"""Background jobs: each is a row, so that nothing depends on a broker's memory."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop


class State(ChoiceEnum):
    """The state of a job."""

    QUEUED = "queued", gettext_noop("Queued")
    RUNNING = "running", gettext_noop("Running")
    READY = "ready", gettext_noop("Ready")
    FAILED = "failed", gettext_noop("Failed")


OPEN_STATES = (State.QUEUED, State.RUNNING)
LONG_WAIT = timedelta(minutes=3)
"""An open job without a sign of a worker for so long takes longer than usual: mostly, the worker has stopped."""


class Job(models.Model):
    """One piece of work: its kind, its subject (`key`) and its progress. Times are machine time.

    At most one job is open per kind and key.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State.choices(), default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Per cent done.")
    step = models.CharField(max_length=100, blank=True, help_text="What is being done now, in words.")
    is_wanted_again = models.BooleanField(default=False, help_text="Asked for anew while it was running.")
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(blank=True, help_text="Why it failed, for a person.")
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="It isn't started before.")
    messaged_at = models.DateTimeField(null=True, help_text="When the worker was last told of it; null: not yet.")
    heartbeat_at = models.DateTimeField()
    missed_heartbeats = models.PositiveSmallIntegerField(
        default=0, help_text="How often it was looked for while it ran, since its last heartbeat."
    )
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                "kind", "key", condition=Q(state__in=OPEN_STATES), name="one_open_job_a_kind_and_key"
            ),
            models.CheckConstraint(name="progress_is_a_percentage", condition=Q(progress__lte=100)),
            models.CheckConstraint(name="failed_jobs_have_a_reason", condition=~Q(state=State.FAILED) | ~Q(reason="")),
        ]
        indexes: ClassVar = [
            # An idle worker runs this query every second.
            models.Index("due_at", condition=Q(state=State.QUEUED), name="queued_jobs_by_due_moment"),
            models.Index("finished_at", name="jobs_by_end"),
            models.Index("kind", "key", name="jobs_by_kind_and_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.state}"

    def takes_long(self, at: datetime) -> bool:
        """Return whether the job is due and no worker has shown a sign of life on it for LONG_WAIT.

        Args:
            at: the present, in machine time.
        """
        return self.state in OPEN_STATES and at - max(self.due_at, self.heartbeat_at) >= LONG_WAIT
