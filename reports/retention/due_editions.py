"""Which editions of a country are due for disposal, since when, and what stands in the way."""

from datetime import date, timedelta
from typing import NamedTuple

from dialogues.models import Disposal, DisposalCertificate, RetentionHold, RetentionSchedule
from recommendations.models import Edition
from tiptracker.accounts.models import Country


class EditionRetention(NamedTuple):
    """What is known of the retention of an edition. `due_since` is None while it has to be kept."""

    edition: Edition
    schedule: RetentionSchedule | None
    due_since: date | None
    has_successor: bool
    holds: list[RetentionHold]
    proposal: Disposal | None
    certificate: DisposalCertificate | None

    @property
    def last_day_kept(self) -> date | None:
        """The last day on which the schedule keeps the edition; None without a schedule."""
        return self.schedule.last_day_kept(self.edition) if self.schedule else None

    @property
    def is_due(self) -> bool:
        """Whether the schedule says to dispose of it; a hold still prevents it."""
        return self.due_since is not None and self.has_successor and self.certificate is None


def list_retention(country: Country, today: date) -> list[EditionRetention]:
    """Return the retention of every edition of a country that has recommendations, oldest first."""
    editions = list(Edition.objects.filter(country=country).tracked().select_related("country").order_by("year"))
    schedule = RetentionSchedule.objects.in_force(country)
    holds: dict[int, list[RetentionHold]] = {}
    for hold in RetentionHold.objects.filter(edition__in=editions).in_force().select_related("recorded_by"):
        holds.setdefault(hold.edition_id, []).append(hold)
    proposals = Disposal.objects.filter(edition__in=editions).undecided().select_related("recorded_by", "schedule")
    proposed = {each.edition_id: each for each in proposals}
    certificates = DisposalCertificate.objects.filter(edition__in=editions).select_related("edition__country")
    certified = {each.edition_id: each for each in certificates}
    last_year = max((edition.year for edition in editions), default=0)
    return [
        EditionRetention(
            edition,
            schedule,
            find_due_date(edition, schedule, today),
            edition.year < last_year,
            holds.get(edition.pk, []),
            proposed.get(edition.pk),
            certified.get(edition.pk),
        )
        for edition in editions
    ]


def find_due_date(edition: Edition, schedule: RetentionSchedule | None, today: date) -> date | None:
    """Return since when an edition is due for disposal; None if it has to be kept, or nobody says for how long."""
    if schedule is None or schedule.last_day_kept(edition) >= today:
        return None
    return schedule.last_day_kept(edition) + timedelta(days=1)
