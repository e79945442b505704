"""Which rows belong to a country: derived from the models, with a rule or a reason for each exception."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

from tiptracker.accounts.models import Country, User
from tiptracker.backups.row_encoding import list_models
from tiptracker.jobs.models import OPEN_STATES

PACKAGES = ("tiptracker.", "recommendations.", "dialogues.", "reports.")
"""Where the models of this project are. Tables of libraries hold sessions, second steps and the like, and stay."""
PEOPLE = "accounts.user"

LEFT_OUT: Mapping[str, str] = {
    "accounts.apitoken": "People come along without tokens.",
    "accounts.accountrequest": "It changes an account, which comes along closed.",
    "accounts.accountrequeststep": "See account requests.",
    "audit.auditdetail": "It comes along in audit.importedentry.",
    "audit.auditentry": "It comes along as audit.importedentry.",
    "audit.listread": "It counts what people read today, of all their countries.",
    "audit.logverification": "It is about the whole log of this installation.",
    "audit.recordversion": "It is a random token that the receiver makes for itself.",
    "backups.backup": "It is about this installation.",
    "dialogues.draft": "A draft is no statement, and only its writers may read it.",
    "dialogues.draft_files": "See drafts.",
    "dialogues.workbookdraft": "See drafts.",
    "dialogues.workbookdraft_files": "See drafts.",
    "handovers.handover": "It is about accounts, also with regard to other countries.",
    "handovers.handoveritem": "See handovers.",
    "handovers.handoverstep": "See handovers.",
    "idempotency.idempotencykey": "It recognizes a request that a program repeats within a day.",
    "jobs.job": "It is work of this installation.",
    "languages.languagereview": "It is about this installation.",
    "lock_outs.lockoutcount": "It is about sign-ins.",
    "mail.mail": "It is sent from here.",
    "notifications.calendarfeed": "Its address opens without a password.",
    "notifications.digestschedule": "It is a choice of an account, which comes along closed.",
    "notifications.notice": "It was for a person who could sign in here.",
    "notifications.noticefrequency": "See digest schedules.",
    "operations.partfailure": "It is about this installation.",
    "operations.serviceheartbeat": "It is about this installation.",
    "saved_filters.savedfilter": "It may name rows of other countries.",
    "undo.removedrow": "It can be brought back within an hour only.",
}
"""Tables that stay behind, and why."""

OWNERS: Mapping[str, tuple[str, ...]] = {
    "dialogues.update": ("commitment", "information_request"),
}
"""Tables whose rows belong to a country by one of several references, of which the others are empty."""

_FINISHED: Mapping[str, Q] = {
    "recommendations.editionimport": Q(loaded_at__isnull=False),
    "recommendations.questionset": Q(loaded_at__isnull=False),
    "reports.briefing": ~Q(file="") | Q(withdrawn_at__isnull=False),
}
"""Tables of which unfinished rows stay behind: drafts of imports, and briefings without a file."""

EMPTIED = frozenset({("reports.briefing", "job"), ("dialogues.evidencefile", "country"), (PEOPLE, "role_given_by")})
"""References that are emptied if what they name does not come along. A file that an officer of several countries
uploaded may name another one of them, or none."""

NAMING_ROWS = frozenset({"dialogues.redactionplace", "dialogues.disposalrow"})
"""Tables that name rows by table and key, in the columns `table` and `row`. The keys are mapped."""

_FAR = 100
"""More steps than any path has."""


def list_post_models() -> list[type[models.Model]]:
    """Return the models whose rows may belong to a country, in order of labels.

    Raises RuntimeError for a model of which nobody said whether it comes along.
    """
    found = [
        model
        for model in list_models()
        if model.__module__.startswith(PACKAGES) and model._meta.label_lower not in LEFT_OUT
    ]
    for model in found:
        if model is not User and not find_owners(model):
            raise RuntimeError(f"Say in tiptracker/portable_post/post_rows.py whether {model._meta.label} comes along.")
    return sorted(found, key=lambda model: model._meta.label_lower)


def find_owners(model: type[models.Model]) -> tuple[str, ...]:
    """Return the references by which rows of a model belong to a country; empty if there is no such path."""
    if model._meta.label_lower in _SELECTED:
        return ("",)
    if model._meta.label_lower in OWNERS:
        return OWNERS[model._meta.label_lower]
    steps, name = _shortest_path(model, frozenset())
    return (name,) if steps < _FAR else ()


def _shortest_path(model: type[models.Model], before: frozenset[type[models.Model]]) -> tuple[int, str]:
    """Return how many references lead from a model to Country, and the first of them."""
    if model is Country:
        return 0, ""
    if model._meta.label_lower in _SELECTED:
        return _FAR // 2, ""
    if model is User or model in before or model._meta.label_lower in LEFT_OUT:
        return _FAR, ""
    names = OWNERS.get(model._meta.label_lower)
    found = [
        (1 + _shortest_path(field.related_model, before | {model})[0], field.name)
        for field in references(model)
        if (field.name in names if names else not field.null)
    ]
    return min(found, default=(_FAR, ""))


def references(model: type[models.Model]) -> list[Any]:
    """Return the foreign keys of a model."""
    return [field for field in model._meta.local_concrete_fields if field.remote_field]


def select_rows(model: type[models.Model], country: Country) -> QuerySet[Any]:
    """Return the rows of a model that come along with a country. People are selected by `people.find_people`."""
    label = model._meta.label_lower
    if label in _SELECTED:
        return _SELECTED[label](country)
    belongs = Q()
    for name in find_owners(model):
        owner = cast("type[models.Model]", model._meta.get_field(name).related_model)
        belongs |= Q((f"{name}__in", select_rows(owner, country).order_by().values("pk")))
    rows = model._base_manager.filter(belongs)
    return (rows.filter(_FINISHED[label]) if label in _FINISHED else rows).order_by("pk")


def is_work_under_way(country: Country) -> bool:
    """Return whether a job works on what must not be cut in two: a redaction, or a briefing that is issued."""
    redactions, briefings = apps.get_model("dialogues.redaction"), apps.get_model("reports.briefing")
    clearing = {"edition__country": country, "cleared_at": None, "job__state__in": OPEN_STATES}
    return (
        redactions._default_manager.filter(country=country).unfinished().exists()
        or briefings._default_manager.filter(**clearing, cleared_by__isnull=False).exists()
    )


def count_unfinished(country: Country) -> int:
    """Return how many drafts and unfinished rows of a country stay behind."""
    drafts, workbooks = apps.get_model("dialogues.draft"), apps.get_model("dialogues.workbookdraft")
    owner = Q(commitment__country=country) | Q(dialogue__country=country) | Q(information_request__country=country)
    count = drafts._base_manager.filter(owner).count()
    count += workbooks._base_manager.filter(ministry__country=country).count()
    for label, finished in _FINISHED.items():
        (name,) = find_owners(apps.get_model(label))
        count += apps.get_model(label)._base_manager.filter(**{f"{name}__country": country}).exclude(finished).count()
    return count


def _select_country(country: Country) -> QuerySet[Any]:
    return Country._base_manager.filter(pk=country.pk)


def _select_files(country: Country) -> QuerySet[Any]:
    """Return the files that the country's evidence and dialogues cite, and its own that nothing cites."""
    files, evidence = apps.get_model("dialogues.evidencefile"), apps.get_model("dialogues.evidence")
    attached = apps.get_model("dialogues.dialoguefile")
    cited = Q(pk__in=evidence._base_manager.filter(country=country, file__isnull=False).values("file"))
    cited |= Q(pk__in=attached._base_manager.filter(dialogue__country=country).values("file"))
    elsewhere = Q(pk__in=evidence._base_manager.filter(file__isnull=False).values("file"))
    elsewhere |= Q(pk__in=attached._base_manager.values("file"))
    return files._base_manager.filter(cited | (Q(country=country) & ~elsewhere)).order_by("pk")


_SELECTED: Mapping[str, Callable[[Country], QuerySet[Any]]] = {
    "accounts.country": _select_country,
    "dialogues.evidencefile": _select_files,
}
"""Tables whose rows are selected by a rule of their own."""
