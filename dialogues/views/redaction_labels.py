"""Labels for places in the record: what a text is called for users, and which page shows it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from dialogues.models import (
    AgendaItem,
    Assessment,
    Commitment,
    CommitmentEvent,
    Dialogue,
    Evidence,
    EvidenceFile,
    EvidenceReview,
    NextStep,
    NextStepDone,
    Participant,
    Reading,
    Redaction,
    RedactionDecision,
    UpdateVersion,
    UpdateVersionDecision,
)
from recommendations.models import (
    BenchmarkTerms,
    Edition,
    EditionImport,
    EditionTerms,
    Milestone,
    MilestoneDone,
    Recommendation,
    RecommendationTerms,
)
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditDetail
from tiptracker.audit.verbs import describe_verb
from tiptracker.choices import Role
from tiptracker.localization import format_date


class PlaceLabel(NamedTuple):
    """A place in the record: its label, the URL of its page, and the words with the text around them."""

    key: str
    label: str
    url: str
    excerpt: str = ""
    is_chosen: bool = True


class ModelLabel(NamedTuple):
    """How to label a row of a model, and which page shows it.

    `target` returns the id for the URL of `page`, and `fetched` names what to prefetch. `otherwise` is the page and
    target for rows that `target` returns nothing for.
    """

    name: Callable[[Any], str]
    page: str = ""
    target: Callable[[Any], int | None] = lambda row: row.pk
    fetched: tuple[str, ...] = ()
    otherwise: tuple[str, Callable[[Any], int | None]] | None = None


def _format_day(at: datetime) -> str:
    return format_date(timezone.localtime(at).date())


def _version(row: UpdateVersion) -> str:
    return f"update of {_format_day(row.recorded_at)}, {row.update.commitment.maker}"


def _evidence_label(row: Evidence) -> str:
    return f"evidence of {format_date(row.happened_to)}{f', {row.commitment.maker}' if row.commitment else ''}"


def _evidence_id_of(row: EvidenceFile) -> int | None:
    return next((evidence.pk for evidence in row.evidence.all()), None)


def _dialogue_id_of(row: EvidenceFile) -> int | None:
    return next((each.dialogue_id for each in row.dialogues.all()), None)


def _benchmark_label(row: Any) -> str:
    return f"benchmark {row.benchmark.key}, {row.benchmark.recommendation.edition.year} edition"


MODEL_LABELS: Mapping[type[Model], ModelLabel] = {
    UpdateVersion: ModelLabel(
        lambda row: capfirst(_version(row)), "version_detail", fetched=("update__commitment__ministry",)
    ),
    UpdateVersionDecision: ModelLabel(
        lambda row: f"Answer to the {_version(row.update_version)}",
        "version_detail",
        lambda row: row.update_version_id,
        ("update_version__update__commitment__ministry",),
    ),
    Evidence: ModelLabel(
        lambda row: capfirst(_evidence_label(row)), "evidence_detail", fetched=("commitment__ministry",)
    ),
    EvidenceFile: ModelLabel(
        lambda row: f"File kept on {_format_day(row.uploaded_at)}",
        "evidence_detail",
        _evidence_id_of,
        ("evidence", "dialogues"),
        ("dialogue_detail", _dialogue_id_of),
    ),
    EvidenceReview: ModelLabel(
        lambda row: f"Review of the {_evidence_label(row.evidence)}",
        "evidence_detail",
        lambda row: row.evidence_id,
        ("evidence__commitment__ministry",),
    ),
    Reading: ModelLabel(
        lambda row: f"Figure through {format_date(row.through_on)}, {row.indicator.name}",
        "evidence_detail",
        lambda row: row.evidence_id,
        ("indicator",),
    ),
    Commitment: ModelLabel(
        lambda row: f"Commitment recorded on {_format_day(row.recorded_at)}, {row.maker}",
        "commitment_detail",
        fetched=("ministry",),
    ),
    CommitmentEvent: ModelLabel(
        lambda row: f"{row.get_kind_display()} on {format_date(row.happened_on)}, {row.commitment.maker}",
        "commitment_detail",
        lambda row: row.commitment_id,
        ("commitment__ministry",),
    ),
    Assessment: ModelLabel(
        lambda row: f"Verdict of {_format_day(row.recorded_at)} on {_benchmark_label(row)}",
        "recommendation_detail",
        lambda row: row.benchmark.recommendation_id,
        ("benchmark__recommendation__edition",),
    ),
    Dialogue: ModelLabel(lambda row: f"Dialogue of {format_date(row.held_on)}", "dialogue_detail"),
    Participant: ModelLabel(
        lambda row: f"Somebody who came to the dialogue of {format_date(row.dialogue.held_on)}",
        "dialogue_detail",
        lambda row: row.dialogue_id,
        ("dialogue",),
    ),
    AgendaItem: ModelLabel(
        lambda row: f"Agenda of the dialogue of {format_date(row.dialogue.held_on)}",
        "dialogue_detail",
        lambda row: row.dialogue_id,
        ("dialogue",),
    ),
    NextStep: ModelLabel(
        lambda row: f"Next step of the dialogue of {format_date(row.dialogue.held_on)}",
        "dialogue_detail",
        lambda row: row.dialogue_id,
        ("dialogue",),
    ),
    NextStepDone: ModelLabel(
        lambda row: f"What came of a next step of {format_date(row.step.dialogue.held_on)}",
        "dialogue_detail",
        lambda row: row.step.dialogue_id,
        ("step__dialogue",),
    ),
    Edition: ModelLabel(lambda row: f"Edition of {row.year}", "edition_terms"),
    EditionImport: ModelLabel(lambda row: f"File of a list for the {row.edition.year} edition", fetched=("edition",)),
    EditionTerms: ModelLabel(
        lambda row: f"Terms of the {row.edition.year} edition, {_format_day(row.recorded_at)}",
        "edition_terms",
        lambda row: row.edition_id,
        ("edition",),
    ),
    Milestone: ModelLabel(lambda row: f"{row.get_kind_display()}, {row.edition.year} edition", fetched=("edition",)),
    MilestoneDone: ModelLabel(
        lambda row: f"{row.milestone.get_kind_display()}, {row.milestone.edition.year} edition, as it was done",
        "milestone_done",
        lambda row: row.milestone_id,
        ("milestone__edition",),
    ),
    Recommendation: ModelLabel(
        lambda row: f"Recommendation {row.number}, {row.edition.year} edition",
        "recommendation_detail",
        fetched=("edition",),
    ),
    RecommendationTerms: ModelLabel(
        lambda row: f"Terms of recommendation {row.recommendation.number}, {row.recommendation.edition.year} edition",
        "recommendation_detail",
        lambda row: row.recommendation_id,
        ("recommendation__edition",),
    ),
    BenchmarkTerms: ModelLabel(
        lambda row: f"Terms of {_benchmark_label(row)}",
        "recommendation_detail",
        lambda row: row.benchmark.recommendation_id,
        ("benchmark__recommendation__edition",),
    ),
    Redaction: ModelLabel(lambda row: f"Redaction proposed on {_format_day(row.recorded_at)}", "redaction_detail"),
    RedactionDecision: ModelLabel(
        lambda row: f"Redaction decided on {_format_day(row.recorded_at)}",
        "redaction_detail",
        lambda row: row.redaction_id,
    ),
}
"""Labels by model. They never contain a text that may be redacted itself, or a number that no page shows."""
FIELD_LABELS: Mapping[str, str] = {
    "after": "as it was after",
    "agreed": "what was agreed",
    "before": "as it was before",
    "called_off_reason": "why it was called off",
    "change_reason": "what changed",
    "criterion": "the criterion",
    "law": "the law",
    "letter": "the letter",
    "link": "the link",
    "name": "the name",
    "narrative": "the text",
    "note": "the note",
    "office": "the office",
    "place": "the place",
    "purpose": "the purpose",
    "rationale": "the reasons",
    "reason": "the reason",
    "record": "what was said",
    "result": "what came of it",
    "revision_reason": "why it was put right",
    "said": "what was said",
    "source": "the source",
    "stated_by": "who says so",
    "text": "the text",
    "title": "what happened",
    "topic": "the topic",
    "readiness_target_reason": "the reason for the target",
    "years_unmet_source": "the source of the years unmet",
}
OFFICER_PAGES = ("edition_terms", "milestone_done")
"""Pages that an ambassador can't open."""
MODELS_BY_TABLE: Mapping[str, type[Model]] = {
    AuditDetail._meta.label_lower: AuditDetail,
    **{model._meta.label_lower: model for model in MODEL_LABELS},
}


def label_places(user: User, places: Sequence[tuple[type[Model], int, str]]) -> list[PlaceLabel]:
    """Return a label for each place, with the URL of a page where the user can read it, if there is one."""
    keys: dict[type[Model], set[int]] = defaultdict(set)
    for model, row, _ in places:
        keys[model].add(row)
    names: dict[tuple[type[Model], int], str] = {
        (AuditDetail, row): "An entry of the log that is closed to you" for row in keys[AuditDetail]
    }
    urls: dict[tuple[type[Model], int], str] = {}
    for kept in AuditDetail.objects.visible_to(user).filter(pk__in=keys.pop(AuditDetail)).select_related("entry"):
        names[AuditDetail, kept.pk] = f"Entry {kept.entry.number} of the log, “{describe_verb(kept.entry.verb)}”"
        urls[AuditDetail, kept.pk] = reverse("log_detail", args=[kept.entry.number])
    for model, pks in keys.items():
        named = MODEL_LABELS[model]
        opens = named.page and (user.role == Role.OFFICER or named.page not in OFFICER_PAGES)
        for each in model._default_manager.filter(pk__in=pks).prefetch_related(*named.fetched):
            names[model, each.pk] = named.name(each)
            if opens and (target := named.target(each)):
                urls[model, each.pk] = reverse(named.page, args=[target])
            elif named.otherwise and (target := named.otherwise[1](each)):
                urls[model, each.pk] = reverse(named.otherwise[0], args=[target])
    return [
        PlaceLabel(
            key=f"{model._meta.label_lower}:{row}:{field}",
            label=f"{names[model, row]}: {FIELD_LABELS[field]}",
            url=urls.get((model, row), ""),
        )
        for model, row, field in places
    ]
