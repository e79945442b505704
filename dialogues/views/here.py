"""Where somebody stands: who asks, which edition is at hand, and what lies outside it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple, Self

from django.db.models import QuerySet
from django.urls import reverse

from dialogues.actions import RecordedBefore
from dialogues.models import Commitment
from recommendations.models import Benchmark, Edition
from tiptracker.accounts.models import Country, User
from tiptracker.refusals import Refused
from tiptracker.rules import spelt


class Head(NamedTuple):
    """What stands above a page about a commitment: no more of it reaches the page, whoever reads."""

    pk: int
    text: str
    maker: str

    @classmethod
    def of(cls, commitment: Commitment) -> Self:
        return cls(commitment.pk, commitment.text, commitment.maker)


def newest_edition(user: User, country: Country | None = None) -> Edition | None:
    """The newest edition with recommendations that this person sees, of `country` where one is given."""
    return editions_seen(user, country).first()


def editions_seen(user: User, country: Country | None = None) -> QuerySet[Edition]:
    """The editions with recommendations that this person sees, the newest first; of `country` where one is given."""
    editions = Edition.objects.visible_to(user).tracked().select_related("country")
    return editions if country is None else editions.filter(country=country)


def key_in(editions: Sequence[Edition], benchmark: Benchmark) -> str:
    """A benchmark's key; with the year, "4a of 2021", where that isn't the newest of these editions' (newest first).

    One of a recommendation that is retired says so, "9a (no longer asked)": another may have its number by now.
    """
    year = {edition.pk: edition.year for edition in editions}.get(benchmark.recommendation.edition_id)
    key = benchmark.key if year is None or year == editions[0].year else f"{benchmark.key} of {year}"
    return f"{key} (no longer asked)" if benchmark.recommendation.is_retired else key


def outside(editions: Iterable[Edition], first: date | None, last: date) -> str:
    """Why a span can't count for any of these editions (newest first), such as "before 1 April 2021"; nothing where it
    can. It is told by the newest.
    """
    editions = list(editions)
    if not editions or any(edition.covers(first, last) for edition in editions):
        return ""
    edition = editions[0]
    if last < edition.starts_on:
        return f"before {spelt(edition.starts_on)}"
    if first is not None and first < edition.starts_on:
        return f"it began before {spelt(edition.starts_on)}"
    return f"after {spelt(edition.ends_on)}"


def recorded_before(refusal: Refused, page: str) -> tuple[str, str] | None:
    """Address and name of what a refusal says is recorded already; `page` is the name of its page."""
    if not isinstance(refusal, RecordedBefore):
        return None
    return reverse(page, args=[refusal.row.pk]), str(refusal.row)
