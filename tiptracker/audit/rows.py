"""What an entry was done to, as somebody may read it: the kind of row, its name, and its page. Apps by string alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils.formats import date_format

from tiptracker.accounts.models import Reader
from tiptracker.audit.models import AuditEntry
from tiptracker.audit.verbs import words_of
from tiptracker.words import Role


class Kind(NamedTuple):
    """A kind of row: its noun; where its name stands; its page, if it has one, and where the key of that stands."""

    noun: str
    name: str = ""
    page: str = ""
    key: str = "pk"


KINDS: Mapping[str, Kind] = {
    "dialogues.assessment": Kind("Assessment", "benchmark__recommendation__text"),
    "recommendations.benchmark": Kind(
        "Benchmark", "recommendation__text", "recommendation_detail", "recommendation__pk"
    ),
    "reports.briefing": Kind("Briefing", "as_of", "briefing_detail"),
    "dialogues.commitment": Kind("Commitment", "text", "commitment_detail"),
    "accounts.apitoken": Kind("API token", "name"),
    "accounts.country": Kind("Country", "name", "admin:accounts_country_change"),
    "dialogues.dialogue": Kind("Dialogue", "place", "dialogue_detail"),
    "recommendations.edition": Kind("Edition", "year"),
    "dialogues.evidence": Kind("Evidence", "title", "evidence_detail"),
    "dialogues.evidencefile": Kind("File", "name", "evidence_detail", "evidence__pk"),
    "recommendations.indicator": Kind("Indicator", "name"),
    "recommendations.milestone": Kind("Milestone", "due_on"),
    "accounts.ministry": Kind("Ministry", "name", "admin:accounts_ministry_change"),
    "accounts.user": Kind("Person", "name", "admin:accounts_user_change"),
    "reports.readinessrun": Kind("Readiness run", "as_of", "run_detail"),
    "dialogues.reading": Kind("Figure", "indicator__name", "evidence_detail", "evidence__pk"),
    "recommendations.recommendation": Kind("Recommendation", "text", "recommendation_detail"),
    "dialogues.redaction": Kind("Redaction", "reason", "redaction_detail"),
    "dialogues.updateround": Kind("Update", "update__commitment__text", "round_detail"),
}
"""By label of the model: what may be looked for in the log."""


NEWEST = 20
"""How many entries a record's own page shows."""


class Thing(NamedTuple):
    """A row as it is read: "Evidence 12", its name and the address of its page; without those where it isn't seen."""

    label: str
    name: str = ""
    url: str = ""


class Line(NamedTuple):
    """An entry as it is read: what was done, and what it was done to, where that is to be said."""

    entry: AuditEntry
    did: str
    thing: Thing | None


def things(entries: Iterable[AuditEntry], user: Reader) -> dict[tuple[str, str], Thing]:
    """By table and row, what `entries` were done to; one query a kind of row, however many there are."""
    keys = defaultdict(set)
    for entry in entries:
        if entry.table:
            keys[entry.table].add(entry.row)
    found: dict[tuple[str, str], Thing] = {}
    for table, rows in keys.items():
        kind = KINDS.get(table, Kind(_noun(table)))
        found |= {(table, row): Thing(f"{kind.noun} {row}") for row in rows}
        if kind.name:
            seen = apps.get_model(table)._default_manager.visible_to(user)
            for pk, name, key in seen.filter(pk__in=rows).values_list("pk", kind.name, kind.key):
                named = date_format(name, "j F Y") if isinstance(name, date) else str(name)
                found[table, str(pk)] = Thing(f"{kind.noun} {pk}", named, _address(kind, key, user))
    return found


def history(user: Reader, *rows: models.Model | None) -> list[Line]:
    """The newest entries on any of `rows` (None among them is nothing) that this person reads; empty without a query
    for whom the log isn't open."""
    kept = [row for row in rows if row is not None]
    entries = AuditEntry.objects.visible_to(user).on(*kept).select_related("by").order_by("-number")
    return [Line(entry, words_of(entry.verb), None) for entry in entries[:NEWEST]]


def _noun(table: str) -> str:
    try:
        return str(apps.get_model(table)._meta.verbose_name).capitalize()
    except LookupError:  # a model that is there no longer
        return table


def _address(kind: Kind, key: object, user: Reader) -> str:
    is_closed = kind.page.startswith("admin:") and getattr(user, "role", "") != Role.ADMINISTRATOR
    return reverse(kind.page, args=[key]) if kind.page and key and not is_closed else ""
