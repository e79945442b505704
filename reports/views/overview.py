"""Overview of the countries that a user follows, each with its status today."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q
from django.http import HttpResponse

from dialogues.choices import CommitmentStatus
from dialogues.models import Commitment, UpdateVersion
from dialogues.models.updates import subject_value
from recommendations.choices import Tier
from recommendations.edition_context import default_edition_of_country, edition_url
from recommendations.models import Edition
from recommendations.navigation import describe_phase
from reports.readiness.explanation import score_display
from reports.readiness.explanation.changes_display import format_signed
from reports.readiness.explanation.trend import RecentChange, recent_change
from reports.views.access import embassy_page
from reports.views.current_readiness import current_readiness
from tiptracker import clock
from tiptracker.accounts.models import Country
from tiptracker.web.pages import SignedInRequest, render_page


class CountryOverview(NamedTuple):
    """A country with its current edition, if it has a tracked one.

    `readiness` is the verified score of 100; None if nothing has been reviewed. `change` is how it moved in the last
    weeks. `days_left` is negative after the deadline.
    """

    country: Country
    edition: Edition | None
    url: str = ""
    phase: str = ""
    tier: str = ""
    target_tier: str = ""
    readiness: Decimal | None = None
    change: RecentChange | None = None
    target: Decimal | None = None
    deadline_on: date | None = None
    days_left: int | None = None
    overdue: int = 0
    waiting: int = 0

    @property
    def points(self) -> str:
        """The change in points, with its sign; empty if there is none."""
        return format_signed(self.change.points) if self.change and self.change.points else ""

    @property
    def points_by_dates(self) -> str:
        """The change with later information, with its sign; empty if it is no different."""
        points = self.change.points_by_dates if self.change else None
        return "" if points is None else format_signed(points)

    @property
    def days_past(self) -> int:
        """The number of days since the deadline; 0 if it is still ahead."""
        return max(-(self.days_left or 0), 0)


@embassy_page
def overview(request: SignedInRequest) -> HttpResponse:
    """Show one line per country.

    Per country this takes one query more than its facts do, and one query for the updates of all countries.
    """
    countries = list(Country.objects.visible_to(request.user).order_by("name"))
    waiting = dict(
        UpdateVersion.objects.visible_to(request.user)
        .undecided()
        .order_by()
        .values_list(subject_value("country"))
        .annotate(number=Count("pk"))
    )
    context = {"lines": [_build_overview(request, country, waiting) for country in countries]}
    return render_page(request, "reports/overview.html", context)


def _build_overview(request: SignedInRequest, country: Country, waiting: Mapping[int, int]) -> CountryOverview:
    edition = default_edition_of_country(request, country)
    if edition is None:
        return CountryOverview(country, None)
    today = clock.today(country.time_zone)
    result = current_readiness(request, edition, today)
    bar = score_display.readiness_bar_figures(result)
    return CountryOverview(
        country=country,
        edition=edition,
        url=edition_url(edition, "dashboard"),
        phase=describe_phase(edition),
        tier=Tier(edition.tier).label,
        target_tier=Tier(edition.target_tier).label if edition.target_tier else "",
        readiness=bar.verified,
        change=recent_change(result.known_facts, today),
        target=bar.mark,
        deadline_on=result.deadline_on,
        days_left=(result.deadline_on - today).days if result.deadline_on else None,
        overdue=_count_overdue(request, country, today),
        waiting=waiting.get(country.pk, 0),
    )


def _count_overdue(request: SignedInRequest, country: Country, today: date) -> int:
    """Return the number of overdue commitments of a country."""
    rows = Commitment.objects.visible_to(request.user).filter(country=country).with_status(today)
    return rows.filter(Q(status=CommitmentStatus.OVERDUE)).count()
