"""What pages say of rows: the head of a commitment, the key of a benchmark, what lies outside an edition."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple, Self

from django.urls import reverse

from dialogues.actions.duplicates import DuplicateRecord
from dialogues.models import Commitment
from recommendations.edition_context import set_page_country
from recommendations.models import Benchmark, Edition
from tiptracker.errors import Refused
from tiptracker.validation import format_date
from tiptracker.web.pages import SignedInRequest


class CommitmentHeading(NamedTuple):
    """What stands above a page about a commitment: no more of it reaches the page, whoever reads."""

    pk: int
    text: str
    maker: str

    @classmethod
    def of(cls, commitment: Commitment) -> Self:
        return cls(commitment.pk, commitment.text, commitment.maker)


def set_page_edition_for_commitment(request: SignedInRequest, commitment: Commitment) -> None:
    """Let a page about a commitment stand at the newest edition that has begun of those it works towards."""
    towards = commitment.benchmarks.values_list("recommendation__edition", flat=True)
    set_page_country(request, commitment.country, among=list(towards))


def format_benchmark_key(editions: Sequence[Edition], benchmark: Benchmark) -> str:
    """A benchmark's key; with the year, "4a of 2021", where that isn't the first of these editions'.

    One of a recommendation that is retired says so, "9a (no longer asked)": another may have its number by now.
    """
    year = {edition.pk: edition.year for edition in editions}.get(benchmark.recommendation.edition_id)
    key = benchmark.key if year is None or year == editions[0].year else f"{benchmark.key} of {year}"
    return f"{key} (no longer asked)" if benchmark.recommendation.is_retired else key


def describe_outside_period(editions: Iterable[Edition], first: date | None, last: date) -> str:
    """Why a span can't count for any of these editions, such as "before 1 April 2021"; nothing where it can.

    It is told by the first of them.
    """
    editions = list(editions)
    if not editions or any(edition.covers(first, last) for edition in editions):
        return ""
    edition = editions[0]
    if last < edition.starts_on:
        return f"before {format_date(edition.starts_on)}"
    if first is not None and first < edition.starts_on:
        return f"it began before {format_date(edition.starts_on)}"
    return f"after {format_date(edition.ends_on)}"


def duplicate_link(refusal: Refused, page: str) -> tuple[str, str] | None:
    """Address and name of what a refusal says is recorded already; `page` is the name of its page."""
    if not isinstance(refusal, DuplicateRecord):
        return None
    return reverse(page, args=[refusal.row.pk]), str(refusal.row)
