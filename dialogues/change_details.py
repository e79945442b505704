"""Say what the embassy changed of a commitment or of a request on a day, for the list of notices.

`tiptracker.notifications.change_details` calls these functions by their names.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from dialogues.choices import CommitmentEventKind, RequestEventKind
from dialogues.models import (
    AgreedProof,
    AgreedProofEnd,
    Commitment,
    CommitmentBenchmark,
    CommitmentCorrection,
    CommitmentEvent,
    InformationRequest,
    RequestEvent,
    RequestLine,
)
from tiptracker.accounts.models import User
from tiptracker.localization import format_date, gettext, gettext_noop

_EVENTS = {
    CommitmentEventKind.RESCHEDULED: gettext_noop("Due date moved to %(date)s."),
    CommitmentEventKind.WITHDRAWN: gettext_noop("Withdrawn."),
    CommitmentEventKind.REOPENED: gettext_noop("Reopened."),
}
_REQUEST_EVENTS = {
    RequestEventKind.MOVED: gettext_noop("Due date moved to %(date)s."),
    RequestEventKind.WITHDRAWN: gettext_noop("Withdrawn."),
}

type _Change = tuple[int, datetime, str]
"""The key of a record, when it was changed, and what was changed, in words."""


def describe_commitment_changes(reader: User, keys: Collection[str]) -> dict[tuple[str, date], str]:
    """Return what was changed of these commitments, by key and day in the country. Six queries."""
    own = dict(Commitment.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", "country__time_zone"))
    changes: list[_Change] = [
        *_describe_events(CommitmentEvent.objects.filter(commitment__in=own), "commitment", _EVENTS),
        *_describe_corrections(reader, own),
    ]
    for rows, of, words in (
        (AgreedProof.objects.filter(commitment__in=own), "commitment", gettext("Proof agreed.")),
        (AgreedProofEnd.objects.filter(proof__commitment__in=own), "proof__commitment", gettext("Agreed proof ended.")),
    ):
        changes += [(pk, at, words) for pk, at in rows.values_list(of, "recorded_at")]
    return _by_day(changes, own)


def describe_request_changes(reader: User, keys: Collection[str]) -> dict[tuple[str, date], str]:
    """Return what was changed of these requests for information, by key and day in the country. Three queries."""
    requests = InformationRequest.objects.visible_to(reader).filter(pk__in=keys)
    own = dict(requests.values_list("pk", "country__time_zone"))
    events = RequestEvent.objects.filter(information_request__in=own)
    lines = RequestLine.objects.filter(Q(added_in=OuterRef("pk")) | Q(removed_in=OuterRef("pk")))
    changes = _describe_events(events, "information_request", _REQUEST_EVENTS)
    for event in events.filter(kind=RequestEventKind.CORRECTED).annotate(has_lines=Exists(lines)):
        if event.replaced_reason:
            changes.append((event.information_request_id, event.recorded_at, gettext("Reason for asking corrected.")))
        if event.has_lines:
            changes.append((event.information_request_id, event.recorded_at, gettext("Lines corrected.")))
    return _by_day(changes, own)


def _describe_events(events: Any, of: str, sentences: dict[Any, str]) -> list[_Change]:
    rows = events.filter(kind__in=sentences).values_list(of, "recorded_at", "kind", "due_on")
    return [
        (pk, at, gettext(sentences[kind]) % {"date": format_date(due_on) if due_on else ""})
        for pk, at, kind, due_on in rows
    ]


def _describe_corrections(reader: User, commitments: Iterable[int]) -> list[_Change]:
    """Return what corrections changed. That it would meet a benchmark further or less is no change to tell here."""
    rows = list(CommitmentCorrection.objects.visible_to(reader).filter(commitment__in=commitments))
    links = CommitmentBenchmark.objects.filter(commitment__in=[row.commitment_id for row in rows])
    added, removed = defaultdict(set), defaultdict(set)
    for benchmark, added_in, removed_in in links.values_list("benchmark", "added_in", "removed_in"):
        added[added_in].add(benchmark)
        removed[removed_in].add(benchmark)
    changes = []
    for row in rows:
        if row.replaced_text:
            changes.append((row.commitment_id, row.recorded_at, gettext("Wording corrected.")))
        if added[row.pk] != removed[row.pk]:
            changes.append((row.commitment_id, row.recorded_at, gettext("Benchmarks corrected.")))
    return changes


def _by_day(changes: Iterable[_Change], zones: dict[int, str]) -> dict[tuple[str, date], str]:
    """Join what was changed of each record on each day, in its order, each once."""
    told: dict[tuple[str, date], dict[str, None]] = defaultdict(dict)
    for pk, at, words in sorted(changes, key=lambda change: change[1]):
        told[str(pk), at.astimezone(ZoneInfo(zones[pk])).date()][words] = None
    return {key: " ".join(words) for key, words in told.items()}
