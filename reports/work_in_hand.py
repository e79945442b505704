"""What a person has in hand on the record: tasks or commitments, drafts, requested briefings, logged evidence.

None of it belongs to the person alone. A successor with the same role and scope sees all of it.
"""

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dialogues.choices import CommitmentStatus
from dialogues.models import Commitment, Draft, Evidence, InformationRequest
from recommendations.models import Edition
from recommendations.tracking_period import pick_default_edition
from recommendations.waiting_tasks import count_waiting_tasks
from reports.models import Briefing
from tiptracker.accounts.account_requests import countries_of
from tiptracker.accounts.models import User
from tiptracker.handovers.choices import HandoverItemKind

UNSETTLED_STATUSES = (
    CommitmentStatus.OPEN,
    CommitmentStatus.OVERDUE,
    CommitmentStatus.WITH_EMBASSY,
    CommitmentStatus.REPORTED,
)


class WorkInHand(NamedTuple):
    """The rows that a person began and others continue: drafts, requested briefings, and evidence to verify."""

    drafts: Any
    briefings: Any
    evidence: Any

    def counts(self) -> dict[HandoverItemKind, int]:
        """Return how many rows the person began of each kind."""
        rows = {
            HandoverItemKind.DRAFTS: self.drafts,
            HandoverItemKind.BRIEFINGS: self.briefings,
            HandoverItemKind.EVIDENCE: self.evidence,
        }
        return {kind: found.count() for kind, found in rows.items()}


def find_work_in_hand(person: User, *, reader: User) -> WorkInHand:
    """Return what `person` began, as far as `reader` may see it: the person, or the successor."""
    reader = _as_if_open(reader)
    logged = (
        Evidence.objects.visible_to(reader).current().unreviewed() if reader.is_embassy else Evidence.objects.none()
    )
    return WorkInHand(
        drafts=Draft.objects.visible_to(reader).filter(saved_by=person),
        briefings=Briefing.objects.visible_to(reader).filter(requested_by=person).awaiting_clearance(),
        evidence=logged.filter(recorded_by=person),
    )


def _as_if_open(person: User) -> User:
    """Return the person as a reader whose account is open, because what a closed account left is asked for too."""
    reader = copy(person)
    reader.is_active = True
    return reader


def count_tasks_of_post(person: User, now: datetime) -> int:
    """Return how many tasks “My tasks” lists for an officer or an ambassador, in all their countries."""
    reader = _as_if_open(person)
    return sum(count_waiting_tasks(reader, edition) for edition in _editions_at_hand(reader, now))


def _editions_at_hand(reader: User, now: datetime) -> Iterable[Edition]:
    """Yield the edition of each country that its pages show today."""
    for country in countries_of(reader):
        editions = list(Edition.objects.visible_to(reader).tracked().filter(country=country).select_related("country"))
        edition = pick_default_edition(editions, now.astimezone(ZoneInfo(country.time_zone)).date())
        if edition is not None:
            yield edition


def count_open_commitments(person: User, now: datetime) -> int:
    """Return how many commitments of a focal point's ministry are not settled."""
    commitments: Any = Commitment.objects.visible_to(_as_if_open(person)).with_status(now.date())
    number: int = commitments.filter(status__in=UNSETTLED_STATUSES).count()
    return number


def count_open_requests(person: User, now: datetime) -> int:
    """Return how many requests for information that the person may see are not settled."""
    rows = InformationRequest.objects.visible_to(_as_if_open(person)).with_history()
    standings = (row.standing_on(now.astimezone(ZoneInfo(row.country.time_zone)).date()) for row in rows)
    return sum(standing is not None and not standing.is_settled for standing in standings)
