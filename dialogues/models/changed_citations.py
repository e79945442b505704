"""Pick the citations whose fact changed after the answer was written, in SQL.

`dialogues.actions.citation_checks` says of loaded versions what changed and when. One test holds both to the same
(tests/dialogues/test_actions_question_answers.py).
"""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Exists, OuterRef, Q

from dialogues.choices import UpdateDecision
from dialogues.models.assessments import Assessment
from dialogues.models.commitments import CommitmentEvent
from dialogues.models.dialogue_numbers import Contribution
from dialogues.models.evidence import Evidence, EvidenceReview
from dialogues.models.information_requests import LineAnswer, RequestEvent
from dialogues.models.law import LawEntry
from dialogues.models.readings import Reading
from dialogues.models.updates import UpdateVersion

WRITTEN_AT = "sentence__version__recorded_at"
"""When the answer that holds a citation was written."""


def is_fact_changed() -> Q:
    """Return the condition on citations whose fact changed since their answer was written."""
    changes = {
        "evidence": _evidence_changed("evidence"),
        "reading": _evidence_changed("reading__evidence") | _has_later(Reading, "reading", "indicator", "starts_on"),
        "assessment": _has_later(Assessment, "assessment", "benchmark"),
        "commitment": _has_since(CommitmentEvent, commitment="commitment")
        | _has_since(UpdateVersion, update__commitment="commitment")
        | _has_since(UpdateVersion, "decision__recorded_at", update__commitment="commitment"),
        "information_request": _has_since(RequestEvent, information_request="information_request")
        | _has_since(LineAnswer, "update_version__recorded_at", line__information_request="information_request"),
        "law_entry": _has_since(LawEntry, replaces="law_entry"),
        "contribution": _has_since(Contribution, corrects="contribution"),
    }
    return reduce(or_, (Q(**{f"{field}__isnull": False}) & changed for field, changed in changes.items()))


def _evidence_changed(path: str) -> Q:
    """Return whether the evidence at `path` was reviewed or revised, or the claim that brought it ended."""
    ended = Evidence.objects.filter(
        pk=OuterRef(path), update_version__decision__recorded_at__gt=OuterRef(WRITTEN_AT)
    ).exclude(update_version__decision__decision=UpdateDecision.ACCEPTED)
    return _has_since(EvidenceReview, evidence=path) | _has_since(Evidence, revises=path) | Q(Exists(ended))


def _has_since(model: type[models.Model], moment: str = "recorded_at", **same: str) -> Q:
    """Return whether a row of `model` came since. `same` gives the path of the fact by the field that names it."""
    names = {field: OuterRef(path) for field, path in same.items()}
    return Q(Exists(_rows(model).filter(**names, **{f"{moment}__gt": OuterRef(WRITTEN_AT)})))


def _has_later(model: type[models.Model], path: str, *same: str) -> Q:
    """Return whether a row with the `same` values came since that is newer than the cited one."""
    newer = Q(recorded_at__gt=OuterRef(f"{path}__recorded_at")) | Q(
        recorded_at=OuterRef(f"{path}__recorded_at"), pk__gt=OuterRef(path)
    )
    names = {field: OuterRef(f"{path}__{field}") for field in same}
    return Q(Exists(_rows(model).filter(newer, **names, recorded_at__gt=OuterRef(WRITTEN_AT))))


def _rows(model: type[models.Model]) -> models.QuerySet[models.Model]:
    return model._default_manager.order_by()
