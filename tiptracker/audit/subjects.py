"""Describe the record that a log entry is about: its kind, its name and its page, as far as the user may see it.

Models of other apps are named by strings only, never imported.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, reduce
from operator import or_
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, ExpressionWrapper, F, Max, Min, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.urls import reverse

from tiptracker.accounts.models import AnyUser, User
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.audit.models import AuditEntry, ImportedEntry
from tiptracker.audit.verbs import VERBS_NAMING_COUNTRY, VerbGroup, describe_verb, list_verbs
from tiptracker.choices import Role
from tiptracker.former_names import all_labels, current_label
from tiptracker.localization import format_date, gettext, gettext_noop


class SubjectKind(NamedTuple):
    """A kind of record: its English noun, the path to its name, its page (if any), and the path to that page's key.

    `ministry_page` and `ministry_key` are page and key for people of a ministry, where these differ. `fallback_page`
    and `fallback_key` are those of rows that have no key by `key`, such as a file of a dialogue. `otherwise` is the
    kind of rows that have no name by this path, such as an update that answers a request and not a commitment.
    """

    noun: str
    name: str = ""
    page: str = ""
    key: str = "pk"
    ministry_page: str = ""
    ministry_key: str = ""
    fallback_page: str = ""
    fallback_key: str = "pk"
    otherwise: "SubjectKind | None" = None

    def for_ministry(self) -> "SubjectKind":
        """Return the kind with the page for people of a ministry."""
        other = self.otherwise.for_ministry() if self.otherwise else None
        if not self.ministry_page:
            return self._replace(otherwise=other)
        return self._replace(page=self.ministry_page, key=self.ministry_key, otherwise=other)

    @property
    def label(self) -> str:
        """The noun in the reader's language."""
        return gettext(self.noun)


SUBJECT_KINDS: Mapping[str, SubjectKind] = {
    "dialogues.assessment": SubjectKind(gettext_noop("Assessment"), "benchmark__recommendation__text"),
    "recommendations.benchmark": SubjectKind(
        gettext_noop("Benchmark"), "recommendation__text", "recommendation_detail", "recommendation__pk"
    ),
    "reports.briefing": SubjectKind(gettext_noop("Briefing"), "as_of", "briefing_detail"),
    "dialogues.commitment": SubjectKind(gettext_noop("Commitment"), "text", "commitment_detail"),
    "accounts.apitoken": SubjectKind(gettext_noop("API token"), "name"),
    "accounts.country": SubjectKind(gettext_noop("Country"), "name", "country_edit"),
    "dialogues.dialogue": SubjectKind(gettext_noop("Dialogue"), "place", "dialogue_detail"),
    "recommendations.edition": SubjectKind(gettext_noop("Edition"), "year"),
    "dialogues.evidence": SubjectKind(gettext_noop("Piece of evidence"), "title", "evidence_detail"),
    "dialogues.evidencefile": SubjectKind(
        gettext_noop("File"),
        "name",
        "evidence_detail",
        "evidence__pk",
        fallback_page="dialogue_detail",
        fallback_key="dialogues__dialogue__pk",
    ),
    "recommendations.indicator": SubjectKind(gettext_noop("Indicator"), "name"),
    "dialogues.internalnote": SubjectKind(gettext_noop("Internal note"), "text", "note_detail"),
    "recommendations.milestone": SubjectKind(gettext_noop("Milestone"), "due_on", "milestone_detail"),
    "accounts.ministry": SubjectKind(gettext_noop("Ministry"), "name", "ministry_edit"),
    "dialogues.lawentry": SubjectKind(gettext_noop("Entry on the law"), "citation"),
    "dialogues.partner": SubjectKind(gettext_noop("Partner"), "name"),
    "accounts.user": SubjectKind(gettext_noop("Person"), "name", "person_detail"),
    "reports.readinessrun": SubjectKind(gettext_noop("Readiness run"), "as_of", "run_detail"),
    "dialogues.nextstep": SubjectKind(gettext_noop("Next step"), "text", "dialogue_detail", "dialogue__pk"),
    "dialogues.reading": SubjectKind(gettext_noop("Figure"), "indicator__name", "evidence_detail", "evidence__pk"),
    "recommendations.question": SubjectKind(gettext_noop("Question"), "text", "question_detail"),
    "recommendations.questionset": SubjectKind(gettext_noop("Set of questions"), "name"),
    "recommendations.recommendation": SubjectKind(gettext_noop("Recommendation"), "text", "recommendation_detail"),
    "dialogues.redaction": SubjectKind(gettext_noop("Redaction"), "reason", "redaction_detail"),
    "dialogues.disposal": SubjectKind(gettext_noop("Disposal"), "edition__year", "edition_retention", "edition__pk"),
    "dialogues.disposalcertificate": SubjectKind(
        gettext_noop("Certificate of disposal"), "edition__year", "certificate_detail"
    ),
    "dialogues.updateversion": SubjectKind(
        gettext_noop("Update"),
        "update__commitment__text",
        "version_detail",
        ministry_page="commitment_detail",
        ministry_key="update__commitment__pk",
        otherwise=SubjectKind(
            gettext_noop("Answer"),
            "update__information_request__reason",
            "version_detail",
            ministry_page="information_request_detail",
            ministry_key="update__information_request__pk",
        ),
    ),
    "dialogues.informationrequest": SubjectKind(
        gettext_noop("Request for information"), "reason", "information_request_detail"
    ),
    "dialogues.duedateproposal": SubjectKind(
        gettext_noop("Proposed due date"), "commitment__text", "commitment_detail", "commitment__pk"
    ),
}
"""By model label: the kinds of record that the filter of the log offers."""
OTHER_NOUNS: Mapping[str, str] = {
    "audit.auditdetail": gettext_noop("Entry of the activity log"),
    "audit.importedentry": gettext_noop("Entry of an imported log"),
    "dialogues.agendaitem": gettext_noop("Agenda item"),
    "dialogues.answerevent": gettext_noop("Event of an answer"),
    "dialogues.answersentence": gettext_noop("Sentence of an answer"),
    "dialogues.nextstepdone": gettext_noop("Result of a next step"),
    "dialogues.participant": gettext_noop("Participant of a dialogue"),
    "dialogues.agreedproof": gettext_noop("Agreed proof"),
    "dialogues.agreedproofend": gettext_noop("End of an agreed proof"),
    "dialogues.chosenindicator": gettext_noop("Indicator of a dialogue"),
    "dialogues.chosenindicatorevent": gettext_noop("Event of an indicator of a dialogue"),
    "dialogues.commitmentcorrection": gettext_noop("Correction of a commitment"),
    "dialogues.commitmentevent": gettext_noop("Event of a commitment"),
    "dialogues.contribution": gettext_noop("Contribution"),
    "backups.postexport": gettext_noop("Archive of a country"),
    "dialogues.disposaldecline": gettext_noop("Declined disposal"),
    "dialogues.retentionhold": gettext_noop("Hold"),
    "dialogues.retentionholdrelease": gettext_noop("Release of a hold"),
    "dialogues.retentionschedule": gettext_noop("Retention schedule"),
    "dialogues.draft": gettext_noop("Draft"),
    "dialogues.duedateproposaldecision": gettext_noop("Decision on a proposed due date"),
    "dialogues.evidencereview": gettext_noop("Review of evidence"),
    "dialogues.indicatortarget": gettext_noop("Annual target"),
    "dialogues.lineanswer": gettext_noop("Answer to a line of a request"),
    "dialogues.requestevent": gettext_noop("Change of a request"),
    "dialogues.requestline": gettext_noop("Line of a request"),
    "dialogues.redactiondecision": gettext_noop("Decision on a redaction"),
    "dialogues.sustainment": gettext_noop("What will sustain the work"),
    "dialogues.updateversiondecision": gettext_noop("Decision on an update"),
    "languages.languagereview": gettext_noop("Language"),
    "recommendations.benchmarkterms": gettext_noop("Terms of a benchmark"),
    "recommendations.editionterms": gettext_noop("Terms of an edition"),
    "recommendations.milestonedatechange": gettext_noop("Changed date of a milestone"),
    "recommendations.milestonedone": gettext_noop("Date of a milestone"),
    "recommendations.recommendationterms": gettext_noop("Terms of a recommendation"),
}
"""By model label: other kinds of record in the log whose model has no name that is translated."""

ADMINISTRATOR_PAGES = frozenset({"country_edit", "ministry_edit", "person_detail"})
"""Pages that only administrators can open. Administrators can open no page of any other kind of record."""
MAX_HISTORY_ROWS = 10
"""How many lines of history a record's own page shows."""


class Subject(NamedTuple):
    """A record as the user sees it: "Commitment 12", its name and its URL.

    Name and URL are empty if the user may not see the record.
    """

    label: str
    name: str = ""
    url: str = ""


class HistoryRow(NamedTuple):
    """What one person did to a record, as one line: first time, last time, how many times, number of the last entry.

    `imported_entry` is the key of the last entry if it is one of an imported log, and else None.
    """

    action: str
    actor: str
    number: int
    first_at: datetime
    last_at: datetime
    times: int
    imported_entry: int | None = None


class OpeningCount(NamedTuple):
    """How many people opened a row, and when it was last opened."""

    people: int
    last_at: datetime


class LogEntryRow(NamedTuple):
    """An entry as a list shows it: what was done, and the record it was done to (None if that is not shown)."""

    entry: AuditEntry | ImportedEntry
    subject: Subject | None

    @property
    def table(self) -> str:
        """What the model of the record is called today, by which the log is filtered."""
        return current_label(self.entry.table)

    @property
    def action(self) -> str:
        """What was done, in words."""
        return describe_verb(self.entry.verb, self.entry.country.name if self.entry.country else "")

    @property
    def actor(self) -> str:
        """The person who did it."""
        return describe_actor(self.entry.by.name if self.entry.by else None, has_address=self.entry.address is not None)


def list_entry_rows(entries: Iterable[AuditEntry | ImportedEntry], user: AnyUser) -> list[LogEntryRow]:
    """Return the entries with the records that they are about."""
    listed = list(entries)
    subjects = _find_subjects(listed, user)
    return [LogEntryRow(entry, subjects.get((entry.table, entry.row_here))) for entry in listed]


def _find_subjects(entries: Iterable[AuditEntry | ImportedEntry], user: AnyUser) -> dict[tuple[str, str], Subject]:
    """Return, by table and row, the records that `entries` are about, if they are in this installation."""
    return find_subjects(((entry.table, entry.row_here) for entry in entries if entry.table and entry.row_here), user)


def find_kind(label: str) -> SubjectKind | None:
    """Return the kind of record of a model, by its label, or None if there is no such model."""
    if kind := SUBJECT_KINDS.get(label):
        return kind
    if noun := OTHER_NOUNS.get(label):
        return SubjectKind(noun)
    try:
        return SubjectKind(str(apps.get_model(label)._meta.verbose_name).capitalize())
    except (LookupError, ValueError):
        return None


def find_subjects(rows: Iterable[tuple[str, str]], user: AnyUser) -> dict[tuple[str, str], Subject]:
    """Return, by table and row, the records as the user may see them. Runs one query per kind of record.

    `rows` are pairs of table and row. Whoever may not see a record gets its kind and number only.
    """
    keys = defaultdict(set)
    for table, row in rows:
        keys[table].add(row)
    subjects: dict[tuple[str, str], Subject] = {}
    for table, numbers in keys.items():
        label = current_label(table)
        kind = find_kind(label) or SubjectKind(label)
        if getattr(user, "is_ministry", False):
            kind = kind.for_ministry()
        subjects |= {(table, row): Subject(_number_subject(kind, row)) for row in numbers}
        if kind.name:
            visible = apps.get_model(label)._default_manager.visible_to(user)
            other = kind.otherwise or kind
            paths = (kind.name, kind.key, kind.fallback_key, other.name, other.key)
            for pk, name, key, fallback, other_name, other_key in visible.filter(pk__in=numbers).values_list(
                "pk", *paths
            ):
                shown, named, target = (kind, name, key) if name is not None else (other, other_name, other_key)
                if not target and shown.fallback_page:
                    shown, target = shown._replace(page=shown.fallback_page), fallback
                text = format_date(named) if isinstance(named, date) else str(named)
                subjects[table, str(pk)] = Subject(_number_subject(kind, pk), text, _subject_url(shown, target, user))
    return subjects


def history(user: AnyUser, *rows: models.Model | None, without: VerbGroup | None = None) -> list[HistoryRow]:
    """Return who did what to any of `rows`, as far as the user may read it, newest first.

    None among `rows` is ignored. The same action by the same person is one line. Actions of the tracker and actions by
    nobody signed in are separate lines, and so are entries that name another country. Verbs of the group `without` are
    left out. What was done before the country was imported stands last.
    """
    return _summarize(user, rows, without, is_openings=False)


def list_openings(user: AnyUser, *rows: models.Model | None) -> list[HistoryRow]:
    """Return who opened or downloaded any of `rows`, the latest first; empty if the user may not read the log."""
    return _summarize(user, rows, None, is_openings=True)


def _summarize(
    user: AnyUser, rows: Iterable[models.Model | None], without: VerbGroup | None, *, is_openings: bool
) -> list[HistoryRow]:
    """Return a line for each verb and person, and for each place and kind of actor, as `history` tells them apart."""
    shown = [row for row in rows if row is not None]
    labels = tuple(row._meta.label_lower for row in shown)
    keys = {f"row_{number}": str(row.pk) for number, row in enumerate(shown)}
    return [
        HistoryRow(
            describe_verb(verb, place),
            describe_actor(name, has_address=has_address),
            newest,
            first_at,
            last_at,
            times,
            key if is_imported else None,
        )
        for verb, name, has_address, place, newest, key, first_at, last_at, times, is_imported in _summary_query(
            labels, without, is_openings
        ).find(user, **keys)
    ]


@cache
def _summary_query(
    labels: Sequence[str],
    without: VerbGroup | None,
    is_openings: bool,
) -> VisibleRows[tuple[Any, ...]]:
    """Return the query for the lines of a history, or of openings, of rows of these models: own log, then imported."""

    def lines(entries: Any, key: str, country: str, is_imported: int, keys: Mapping[str, str]) -> QuerySet[Any, Any]:
        on_one = (Q(("table__in", all_labels(label)), (key, keys[f"row_{n}"])) for n, label in enumerate(labels))
        entries = entries.filter(reduce(or_, on_one))
        if is_openings:
            entries = entries.filter(verb__in=list_verbs(VerbGroup.READ))
        elif without:
            entries = entries.exclude(verb__in=list_verbs(without))
        grouping: dict[str, Combinable] = {"has_address": Value(True), "place": Value("")}
        if not is_openings:
            grouping["has_address"] = ExpressionWrapper(Q(address__isnull=False), models.BooleanField())
            grouping["place"] = Case(When(verb__in=VERBS_NAMING_COUNTRY, then=F(country)), default=Value(""))
        counted = {
            "newest": Max("number"),
            "newest_key": Max("pk"),
            "first_at": Min("at"),
            "last_at": Max("at"),
            "times": Count("pk"),
        }
        grouped = entries.order_by().values("verb", "by", "by__name", **grouping).annotate(**counted)
        found: QuerySet[Any, Any] = grouped.annotate(is_imported=Value(is_imported)).values_list(
            "verb", "by__name", *grouping, *counted, "is_imported"
        )
        return found

    def build(reader: User, **keys: str) -> QuerySet[Any, tuple[Any, ...]]:
        own = lines(AuditEntry.objects.visible_to(reader), "row", "country__name", 0, keys)
        imported = lines(ImportedEntry.objects.visible_to(reader), "row_here", "log__country__name", 1, keys)
        return own.union(imported, all=True).order_by("is_imported", "-newest")[:MAX_HISTORY_ROWS]

    parameters: Any = {f"row_{number}": str for number in range(len(labels))}
    return VisibleRows(build, **parameters)


def count_openings(
    user: AnyUser, model: type[models.Model], keys: Iterable[int] | None = None
) -> dict[int, OpeningCount]:
    """Return, by id, how many people opened each row of `model`, and when last.

    `keys` limits the answer to these rows. It is empty if the user may not read the log. What was opened before the
    country was imported counts too.
    """
    wanted = None if keys is None else [str(key) for key in keys]
    is_opening = Q(table__in=all_labels(model._meta.label_lower), verb__in=list_verbs(VerbGroup.READ))

    def group(entries: Any, key: str) -> QuerySet[Any, Any]:
        found = entries.filter(is_opening).exclude((key, ""))
        found = found if wanted is None else found.filter((f"{key}__in", wanted))
        grouped: QuerySet[Any, Any] = found.order_by().values_list(key, "by").annotate(last_at=Max("at"))
        return grouped

    own, imported = AuditEntry.objects.visible_to(user), ImportedEntry.objects.visible_to(user)
    people: dict[int, dict[int | None, datetime]] = defaultdict(dict)
    for row, person, last_at in group(own, "row").union(group(imported, "row_here"), all=True).order_by():
        of_row = people[int(row)]
        of_row[person] = max(last_at, of_row.get(person, last_at))
    return {row: OpeningCount(len(of_row.keys() - {None}), max(of_row.values())) for row, of_row in people.items()}


def describe_actor(name: str | None, *, has_address: bool) -> str:
    """Return who did something: a name, "Somebody not signed in" if there is only an address, or TIP Tracker itself."""
    return name or (gettext("Somebody not signed in") if has_address else gettext("TIP Tracker (automatic)"))


def _number_subject(kind: SubjectKind, pk: object) -> str:
    """Return "Commitment 12"."""
    return gettext("%(kind)s %(number)s") % {"kind": kind.label, "number": pk}


def _subject_url(kind: SubjectKind, key: object, user: AnyUser) -> str:
    is_administrator = getattr(user, "role", "") == Role.ADMINISTRATOR
    is_open = (kind.page in ADMINISTRATOR_PAGES) == is_administrator
    return reverse(kind.page, args=[key]) if kind.page and key and is_open else ""
