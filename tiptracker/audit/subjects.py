"""What an entry was done to, as somebody may read it: the kind of row, its name, and its page. Apps by string alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, ExpressionWrapper, F, Max, Min, Q, Value, When
from django.urls import reverse
from django.utils.formats import date_format

from tiptracker.accounts.models import AnyUser
from tiptracker.audit.models import AuditEntry
from tiptracker.audit.verbs import NAMES_COUNTRY, VerbGroup, describe_verb, list_verbs
from tiptracker.choices import Role


class SubjectKind(NamedTuple):
    """A kind of row: its noun; where its name stands; its page, if it has one, and where the key of that stands."""

    noun: str
    name: str = ""
    page: str = ""
    key: str = "pk"


SUBJECT_KINDS: Mapping[str, SubjectKind] = {
    "dialogues.assessment": SubjectKind("Assessment", "benchmark__recommendation__text"),
    "recommendations.benchmark": SubjectKind(
        "Benchmark", "recommendation__text", "recommendation_detail", "recommendation__pk"
    ),
    "reports.briefing": SubjectKind("Briefing", "as_of", "briefing_detail"),
    "dialogues.commitment": SubjectKind("Commitment", "text", "commitment_detail"),
    "accounts.apitoken": SubjectKind("API token", "name"),
    "accounts.country": SubjectKind("Country", "name", "country_edit"),
    "dialogues.dialogue": SubjectKind("Dialogue", "place", "dialogue_detail"),
    "recommendations.edition": SubjectKind("Edition", "year"),
    "dialogues.evidence": SubjectKind("Evidence", "title", "evidence_detail"),
    "dialogues.evidencefile": SubjectKind("File", "name", "evidence_detail", "evidence__pk"),
    "recommendations.indicator": SubjectKind("Indicator", "name"),
    "recommendations.milestone": SubjectKind("Milestone", "due_on"),
    "accounts.ministry": SubjectKind("Ministry", "name", "ministry_edit"),
    "accounts.user": SubjectKind("Person", "name", "person_detail"),
    "reports.readinessrun": SubjectKind("Readiness run", "as_of", "run_detail"),
    "dialogues.nextstep": SubjectKind("Next step", "text", "dialogue_detail", "dialogue__pk"),
    "dialogues.reading": SubjectKind("Figure", "indicator__name", "evidence_detail", "evidence__pk"),
    "recommendations.recommendation": SubjectKind("Recommendation", "text", "recommendation_detail"),
    "dialogues.redaction": SubjectKind("Redaction", "reason", "redaction_detail"),
    "dialogues.updateround": SubjectKind("Update", "update__commitment__text", "round_detail"),
}
"""By label of the model: what may be looked for in the log."""


ADMINISTRATOR_PAGES = frozenset({"country_edit", "ministry_edit", "person_detail"})
"""Pages that administrators open and nobody else does; administrators open no other row's."""
MAX_HISTORY_ROWS = 10
"""How many lines of its history a record's own page shows."""


class Subject(NamedTuple):
    """A row as it is read: "Evidence 12", its name and the address of its page; without those where it isn't seen."""

    label: str
    name: str = ""
    url: str = ""


class HistoryRow(NamedTuple):
    """What somebody did to a record, in one line however often: the newest entry of it, when that was, how many."""

    did: str
    who: str
    number: int
    at: datetime
    times: int


class RecordOpening(NamedTuple):
    """Somebody who opened a record, or took its file: when first, when last (with that entry's number), how often."""

    who: str
    did: str
    first_at: datetime
    number: int
    last_at: datetime
    times: int


class OpeningCount(NamedTuple):
    """How many people opened a row, and when the last of them did."""

    people: int
    last_at: datetime


class LogEntryRow(NamedTuple):
    """An entry as it is read: what was done, and what it was done to, where that is to be said."""

    entry: AuditEntry
    did: str
    thing: Subject | None

    @property
    def who(self) -> str:
        """Who did it."""
        return describe_actor(self.entry.by.name if self.entry.by else None, has_address=self.entry.address is not None)


def find_subjects(entries: Iterable[AuditEntry], user: AnyUser) -> dict[tuple[str, str], Subject]:
    """By table and row, what `entries` were done to; one query a kind of row, however many there are."""
    keys = defaultdict(set)
    for entry in entries:
        if entry.table:
            keys[entry.table].add(entry.row)
    found: dict[tuple[str, str], Subject] = {}
    for table, rows in keys.items():
        kind = SUBJECT_KINDS.get(table, SubjectKind(_table_noun(table)))
        found |= {(table, row): Subject(f"{kind.noun} {row}") for row in rows}
        if kind.name:
            seen = apps.get_model(table)._default_manager.visible_to(user)
            for pk, name, key in seen.filter(pk__in=rows).values_list("pk", kind.name, kind.key):
                named = date_format(name, "j F Y") if isinstance(name, date) else str(name)
                found[table, str(pk)] = Subject(f"{kind.noun} {pk}", named, _subject_url(kind, key, user))
    return found


def history(user: AnyUser, *rows: models.Model | None, without: VerbGroup | None = None) -> list[HistoryRow]:
    """Who did what to any of `rows` (None among them is nothing), as far as this person reads it, newest first.

    The same by the same is one line; what the tracker did and what was done by nobody signed in are two, and so is
    what names another country. Verbs of the group `without` are left out.
    """
    kept = [row for row in rows if row is not None]
    entries = AuditEntry.objects.visible_to(user).on(*kept).order_by()
    if without:
        entries = entries.exclude(verb__in=list_verbs(without))
    has_address = ExpressionWrapper(Q(address__isnull=False), models.BooleanField())
    place = Case(When(verb__in=NAMES_COUNTRY, then=F("country__name")), default=Value(""))
    told = (
        entries.values("verb", "by", "by__name", has_address=has_address, place=place)
        .annotate(newest=Max("number"), newest_at=Max("at"), times=Count("pk"))
        .order_by("-newest")
    )
    return [
        HistoryRow(
            describe_verb(each["verb"], each["place"]),
            describe_actor(each["by__name"], has_address=each["has_address"]),
            each["newest"],
            each["newest_at"],
            each["times"],
        )
        for each in told[:MAX_HISTORY_ROWS]
    ]


def list_openings(user: AnyUser, *rows: models.Model | None) -> list[RecordOpening]:
    """Who opened or took any of `rows`, whoever did so last first; nothing for whom the log isn't open."""
    kept = [row for row in rows if row is not None]
    entries = AuditEntry.objects.visible_to(user).on(*kept).filter(verb__in=list_verbs(VerbGroup.READ)).order_by()
    told = entries.values("verb", "by", "by__name").annotate(
        first_at=Min("at"), newest=Max("number"), last_at=Max("at"), times=Count("pk")
    )
    return [
        RecordOpening(
            describe_actor(each["by__name"], has_address=True),
            describe_verb(each["verb"]),
            each["first_at"],
            each["newest"],
            each["last_at"],
            each["times"],
        )
        for each in told.order_by("-newest")[:MAX_HISTORY_ROWS]
    ]


def count_openings(
    user: AnyUser, model: type[models.Model], keys: Iterable[int] | None = None
) -> dict[int, OpeningCount]:
    """By key, who opened rows of `model`: of those named, or of all. Nothing for whom the log isn't open."""
    entries = AuditEntry.objects.visible_to(user).filter(
        table=model._meta.label_lower, verb__in=list_verbs(VerbGroup.READ)
    )
    if keys is not None:
        entries = entries.filter(row__in=[str(key) for key in keys])
    told = entries.order_by().values("row").annotate(people=Count("by", distinct=True), last_at=Max("at"))
    return {int(each["row"]): OpeningCount(each["people"], each["last_at"]) for each in told}


def describe_actor(name: str | None, *, has_address: bool) -> str:
    """Who did something: by name; nobody of whom there is one, from an address; or the tracker itself."""
    return name or ("Nobody signed in" if has_address else "The tracker itself")


def _table_noun(table: str) -> str:
    try:
        return str(apps.get_model(table)._meta.verbose_name).capitalize()
    except LookupError:  # a model that is there no longer
        return table


def _subject_url(kind: SubjectKind, key: object, user: AnyUser) -> str:
    is_administrator = getattr(user, "role", "") == Role.ADMINISTRATOR
    is_open = (kind.page in ADMINISTRATOR_PAGES) == is_administrator
    return reverse(kind.page, args=[key]) if kind.page and key and is_open else ""
