"""Texts that pages share: headings of commitments, keys of benchmarks, and why dates don't count."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, Self

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from dialogues import permissions
from dialogues.actions.duplicates import DuplicateRecord
from dialogues.models import Commitment, Dialogue, InformationRequest
from dialogues.models.updates import UpdateSubject
from recommendations.edition_context import set_page_country
from recommendations.models import Benchmark, Edition
from tiptracker.errors import Refused
from tiptracker.infrastructure.prepared_query import PreparedQuery
from tiptracker.localization import format_date, gettext
from tiptracker.web.pages import SignedInRequest


class CommitmentHeading(NamedTuple):
    """The heading of a page about a commitment. No reader's page gets more of the commitment."""

    pk: int
    text: str
    maker: str

    @classmethod
    def of(cls, commitment: Commitment) -> Self:
        return cls(commitment.pk, commitment.text, commitment.maker)

    @property
    def is_request(self) -> bool:
        return False

    @property
    def url(self) -> str:
        """The page of the commitment."""
        return reverse("commitment_detail", args=[self.pk])


def set_page_edition_for_commitment(request: SignedInRequest, commitment: Commitment) -> None:
    """Set the edition of a page about a commitment to the newest begun one that the commitment works towards."""
    towards = [edition for (edition,) in _EDITIONS_OF_COMMITMENT.rows(commitment=commitment.pk)]
    set_page_country(request, commitment.country, among=towards)


def _editions_of_commitment(commitment: int) -> QuerySet[Benchmark, Any]:
    return Commitment(pk=commitment).benchmarks.values_list("recommendation__edition")


_EDITIONS_OF_COMMITMENT = PreparedQuery(_editions_of_commitment, commitment=int)


class UpdateSubjectHeading(NamedTuple):
    """What an update is about, as pages name it. No reader's page gets more of it."""

    pk: int
    text: str
    maker: str
    url: str
    label: str
    is_request: bool

    @classmethod
    def of(cls, subject: UpdateSubject) -> Self:
        is_request = isinstance(subject, InformationRequest)
        label = gettext("Request:") if is_request else gettext("Commitment:")
        return cls(subject.pk, subject.text, subject.maker, subject_url(subject), label, is_request)


def subject_url(subject: UpdateSubject) -> str:
    """Return the URL of the page of what an update is about."""
    is_request = isinstance(subject, InformationRequest)
    return reverse("information_request_detail" if is_request else "commitment_detail", args=[subject.pk])


def set_page_edition_for_subject(request: SignedInRequest, subject: UpdateSubject) -> None:
    """Set the edition of a page about an update: that of its request, or one that its commitment works towards."""
    if isinstance(subject, InformationRequest):
        set_page_country(request, subject.country, among=[subject.edition_id])
    else:
        set_page_edition_for_commitment(request, subject)


def format_benchmark_key(editions: Sequence[Edition], benchmark: Benchmark) -> str:
    """Return the key of a benchmark, with the year ("4a of 2021") if it is not of the first edition given.

    If its recommendation is retired, the key says so, "9a (no longer asked)": another one may have its number by now.
    """
    year = {edition.pk: edition.year for edition in editions}.get(benchmark.recommendation.edition_id)
    key = benchmark.key
    if year is not None and year != editions[0].year:
        key = gettext("%(benchmark)s of %(year)s") % {"benchmark": key, "year": year}
    return (
        gettext("%(benchmark)s (no longer asked)") % {"benchmark": key} if benchmark.recommendation.is_retired else key
    )


def describe_outside_period(editions: Iterable[Edition], first: date | None, last: date) -> str:
    """Return why a period can't count for any of these editions, such as "before 1 April 2021"; empty if it can.

    The reason refers to the first edition.
    """
    editions = list(editions)
    if not editions or any(edition.covers(first, last) for edition in editions):
        return ""
    edition = editions[0]
    if last < edition.starts_on:
        return gettext("before %(date)s") % {"date": format_date(edition.starts_on)}
    if first is not None and first < edition.starts_on:
        return gettext("it began before %(date)s") % {"date": format_date(edition.starts_on)}
    return gettext("after %(date)s") % {"date": format_date(edition.ends_on)}


def get_managed_dialogue(request: SignedInRequest, pk: int) -> Dialogue:
    """Return the dialogue of a page for those who manage dialogues, and set the country of the page.

    Raises:
        PermissionDenied: the user can see the dialogue, but may not change it.
    """
    rows = Dialogue.objects.visible_to(request.user).select_related("country")
    dialogue = get_object_or_404(rows, pk=pk)
    set_page_country(request, dialogue.country)
    if not permissions.can_manage_dialogues(request.user, dialogue.country):
        raise PermissionDenied
    return dialogue


def duplicate_link(refusal: Refused | None, page: str) -> tuple[str, str] | None:
    """Return the URL and label of the existing record, if the input was refused as a duplicate.

    `page` is the URL name of the record's page.
    """
    if not isinstance(refusal, DuplicateRecord):
        return None
    return reverse(page, args=[refusal.row.pk]), str(refusal.row)
