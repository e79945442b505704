"""The panel for a person's first days: three first steps of their role, until they are done."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dialogues.models import Commitment, Evidence, EvidenceReview, UpdateVersion
from recommendations.edition_context import edition_url
from recommendations.models import Edition
from reports.models import Briefing
from reports.views.links import PageLink
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.localization import gettext


class FirstStep(NamedTuple):
    """A first step: the page where it is done, what it is for, and whether it is done.

    `is_done` is None for a step that leaves no trace in the record: reading a page. `done_text` says what the person
    has done, because other tasks may still wait on the same page.
    """

    link: PageLink
    purpose: str
    is_done: bool | None = None
    done_text: str = ""


FIRST_DAYS = timedelta(days=30)
"""The panel goes after so many days in a role, even if some steps are not done."""


class FirstSteps(NamedTuple):
    """The first steps of a role, and the last day on which the panel shows them."""

    steps: Sequence[FirstStep]
    last_day: date

    @property
    def goes_when_done(self) -> bool:
        """Whether each step leaves a trace when it is done."""
        return all(step.is_done is not None for step in self.steps)


def build_first_day(user: User, edition: Edition, today: date) -> FirstSteps | None:
    """Return the first steps of the user's role; None once all are done, or after `FIRST_DAYS`.

    Steps that leave no trace do not count as done, so they stay for all of these days.
    """
    if not is_in_first_days(user, edition, today):
        return None
    steps = {Role.OFFICER: _officers_steps, Role.AMBASSADOR: _ambassadors_steps, Role.OBSERVER: _observers_steps}[
        Role(user.role)
    ](user, edition)
    return None if all(step.is_done for step in steps) else FirstSteps(steps, _last_day(user, edition))


def is_in_first_days(user: User, edition: Edition, today: date) -> bool:
    """Return whether the user has had the role for `FIRST_DAYS` at most."""
    return today <= _last_day(user, edition)


def has_downloaded_first(user: User, edition: Edition, today: date) -> bool:
    """Return whether the panel shows a first download as done: the one step that leaves no entry of a change."""
    if user.role == Role.OFFICER or not is_in_first_days(user, edition, today):
        return False
    return _has_downloaded(user)


def _last_day(user: User, edition: Edition) -> date:
    given_at = user.role_given_at or clock.to_domain_time(user.created_at)
    return given_at.astimezone(ZoneInfo(edition.country.time_zone)).date() + FIRST_DAYS


def _officers_steps(user: User, edition: Edition) -> list[FirstStep]:
    return [
        FirstStep(
            PageLink(edition_url(edition, "evidence_log"), gettext("Log progress")),
            gettext("Record one event: what happened, when, who did it, and the proof."),
            is_done=Evidence.objects.visible_to(user).filter(recorded_by=user).exists(),
            done_text=gettext("You logged progress."),
        ),
        FirstStep(
            PageLink(edition_url(edition, "commitment_add"), gettext("Record a commitment")),
            gettext("Record what a ministry promised, with its due date."),
            is_done=Commitment.objects.visible_to(user).filter(recorded_by=user).exists(),
            done_text=gettext("You recorded a commitment."),
        ),
        FirstStep(
            PageLink(edition_url(edition, "my_tasks"), gettext("My tasks")),
            gettext("Review what ministries sent and what colleagues logged."),
            is_done=_has_reviewed(user)
            or UpdateVersion.objects.visible_to(user).filter(decision__recorded_by=user).exists(),
            done_text=gettext("You gave your first review."),
        ),
    ]


def _ambassadors_steps(user: User, edition: Edition) -> list[FirstStep]:
    decided = ""
    if _has_reviewed(user):
        decided = gettext("You reviewed evidence.")
    elif Briefing.objects.visible_to(user).filter(cleared_by=user).exists():
        decided = gettext("You cleared a document.")
    elif not Evidence.objects.visible_to(user).for_review_by(user).exists():
        decided = gettext("No evidence waits for you.")
    return [
        _download_step(user, edition),
        FirstStep(
            PageLink(edition_url(edition, "my_tasks"), gettext("My tasks")),
            gettext("Verify evidence, and clear the documents that officers prepared."),
            is_done=bool(decided),
            done_text=decided,
        ),
        _explanation_step(edition),
    ]


def _observers_steps(user: User, edition: Edition) -> list[FirstStep]:
    return [
        _download_step(user, edition),
        _explanation_step(edition),
        FirstStep(
            PageLink(edition_url(edition, "recommendation_list"), gettext("Recommendations")),
            gettext("See how far the record shows each benchmark."),
        ),
    ]


def _download_step(user: User, edition: Edition) -> FirstStep:
    return FirstStep(
        PageLink(edition_url(edition, "briefing_list"), gettext("Briefings")),
        gettext("Download a briefing. Today’s is above."),
        is_done=_has_downloaded(user),
        done_text=gettext("You downloaded a briefing."),
    )


def _explanation_step(edition: Edition) -> FirstStep:
    return FirstStep(
        PageLink(edition_url(edition, "readiness_explanation"), gettext("Explanation")),
        gettext("Read what readiness consists of, and why it is where it is."),
    )


def _has_reviewed(user: User) -> bool:
    return EvidenceReview.objects.visible_to(user).filter(recorded_by=user).exists()


def _has_downloaded(user: User) -> bool:
    return Briefing.objects.visible_to(user).filter(downloads__by=user).exists()
