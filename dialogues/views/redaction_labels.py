"""Places of the record in words: what a text is called by those who read it, and on which page it stands."""

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
    RoundDecision,
    UpdateRound,
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
from tiptracker.audit.verbs import words_of
from tiptracker.choices import Role
from tiptracker.validation import spelt


class Spot(NamedTuple):
    """A place as a page shows it: what it is called, where it can be read, and the words with what is around them."""

    key: str
    label: str
    url: str
    excerpt: str = ""
    is_chosen: bool = True


class Named(NamedTuple):
    """How a row is called; its page, if it has one, with the way to what that shows; what is fetched for both.

    `otherwise` is the page and the way of those that the first leads nowhere.
    """

    name: Callable[[Any], str]
    page: str = ""
    target: Callable[[Any], int | None] = lambda row: row.pk
    fetched: tuple[str, ...] = ()
    otherwise: tuple[str, Callable[[Any], int | None]] | None = None


def _day(at: datetime) -> str:
    return spelt(timezone.localtime(at).date())


def _round(row: UpdateRound) -> str:
    return f"update of {_day(row.recorded_at)}, {row.update.commitment.maker}"


def _evidence(row: Evidence) -> str:
    return f"evidence of {spelt(row.happened_to)}{f', {row.commitment.maker}' if row.commitment else ''}"


def _evidence_of(row: EvidenceFile) -> int | None:
    return next((evidence.pk for evidence in row.evidence.all()), None)


def _dialogue_of(row: EvidenceFile) -> int | None:
    return next((each.dialogue_id for each in row.dialogues.all()), None)


def _benchmark(row: Any) -> str:
    return f"benchmark {row.benchmark.key}, {row.benchmark.recommendation.edition.year} edition"


NAMED: Mapping[type[Model], Named] = {
    UpdateRound: Named(lambda row: capfirst(_round(row)), "round_detail", fetched=("update__commitment__ministry",)),
    RoundDecision: Named(
        lambda row: f"Answer to the {_round(row.round)}",
        "round_detail",
        lambda row: row.round_id,
        ("round__update__commitment__ministry",),
    ),
    Evidence: Named(lambda row: capfirst(_evidence(row)), "evidence_detail", fetched=("commitment__ministry",)),
    EvidenceFile: Named(
        lambda row: f"File kept on {_day(row.uploaded_at)}",
        "evidence_detail",
        _evidence_of,
        ("evidence", "dialogues"),
        ("dialogue_detail", _dialogue_of),
    ),
    EvidenceReview: Named(
        lambda row: f"Review of the {_evidence(row.evidence)}",
        "evidence_detail",
        lambda row: row.evidence_id,
        ("evidence__commitment__ministry",),
    ),
    Reading: Named(
        lambda row: f"Figure through {spelt(row.through_on)}, {row.indicator.name}",
        "evidence_detail",
        lambda row: row.evidence_id,
        ("indicator",),
    ),
    Commitment: Named(
        lambda row: f"Commitment recorded on {_day(row.recorded_at)}, {row.maker}",
        "commitment_detail",
        fetched=("ministry",),
    ),
    CommitmentEvent: Named(
        lambda row: f"{row.get_kind_display()} on {spelt(row.happened_on)}, {row.commitment.maker}",
        "commitment_detail",
        lambda row: row.commitment_id,
        ("commitment__ministry",),
    ),
    Assessment: Named(
        lambda row: f"Verdict of {_day(row.recorded_at)} on {_benchmark(row)}",
        "recommendation_detail",
        lambda row: row.benchmark.recommendation_id,
        ("benchmark__recommendation__edition",),
    ),
    Dialogue: Named(lambda row: f"Dialogue of {spelt(row.held_on)}", "dialogue_detail"),
    Participant: Named(
        lambda row: f"Somebody who came to the dialogue of {spelt(row.dialogue.held_on)}",
        "dialogue_detail",
        lambda row: row.dialogue_id,
        ("dialogue",),
    ),
    AgendaItem: Named(
        lambda row: f"Agenda of the dialogue of {spelt(row.dialogue.held_on)}",
        "dialogue_detail",
        lambda row: row.dialogue_id,
        ("dialogue",),
    ),
    NextStep: Named(
        lambda row: f"Next step of the dialogue of {spelt(row.dialogue.held_on)}",
        "dialogue_detail",
        lambda row: row.dialogue_id,
        ("dialogue",),
    ),
    NextStepDone: Named(
        lambda row: f"What came of a next step of {spelt(row.step.dialogue.held_on)}",
        "dialogue_detail",
        lambda row: row.step.dialogue_id,
        ("step__dialogue",),
    ),
    Edition: Named(lambda row: f"Edition of {row.year}", "edition_terms"),
    EditionImport: Named(lambda row: f"File of a list for the {row.edition.year} edition", fetched=("edition",)),
    EditionTerms: Named(
        lambda row: f"Terms of the {row.edition.year} edition, {_day(row.recorded_at)}",
        "edition_terms",
        lambda row: row.edition_id,
        ("edition",),
    ),
    Milestone: Named(lambda row: f"{row.get_kind_display()}, {row.edition.year} edition", fetched=("edition",)),
    MilestoneDone: Named(
        lambda row: f"{row.milestone.get_kind_display()}, {row.milestone.edition.year} edition, as it was done",
        "milestone_done",
        lambda row: row.milestone_id,
        ("milestone__edition",),
    ),
    Recommendation: Named(
        lambda row: f"Recommendation {row.number}, {row.edition.year} edition",
        "recommendation_detail",
        fetched=("edition",),
    ),
    RecommendationTerms: Named(
        lambda row: f"Terms of recommendation {row.recommendation.number}, {row.recommendation.edition.year} edition",
        "recommendation_detail",
        lambda row: row.recommendation_id,
        ("recommendation__edition",),
    ),
    BenchmarkTerms: Named(
        lambda row: f"Terms of {_benchmark(row)}",
        "recommendation_detail",
        lambda row: row.benchmark.recommendation_id,
        ("benchmark__recommendation__edition",),
    ),
    Redaction: Named(lambda row: f"Redaction proposed on {_day(row.recorded_at)}", "redaction_detail"),
    RedactionDecision: Named(
        lambda row: f"Redaction decided on {_day(row.recorded_at)}", "redaction_detail", lambda row: row.redaction_id
    ),
}
"""By model: never by a text that may be redacted itself, nor by a number that stands on no page."""
FIELDS: Mapping[str, str] = {
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
    "working_mark_reason": "the reason of the working mark",
    "years_unmet_source": "the source of the years unmet",
}
OFFICERS_OWN = ("edition_terms", "milestone_done")
"""Pages that an ambassador does not open."""
MODELS: Mapping[str, type[Model]] = {
    AuditDetail._meta.label_lower: AuditDetail,
    **{model._meta.label_lower: model for model in NAMED},
}


def labelled(user: User, places: Sequence[tuple[type[Model], int, str]]) -> list[Spot]:
    """Places by name, each with the page on which this person can read it, where there is one."""
    keys: dict[type[Model], set[int]] = defaultdict(set)
    for model, row, _ in places:
        keys[model].add(row)
    names: dict[tuple[type[Model], int], str] = {
        (AuditDetail, row): "An entry of the log that is closed to you" for row in keys[AuditDetail]
    }
    urls: dict[tuple[type[Model], int], str] = {}
    for kept in AuditDetail.objects.visible_to(user).filter(pk__in=keys.pop(AuditDetail)).select_related("entry"):
        names[AuditDetail, kept.pk] = f"Entry {kept.entry.number} of the log, “{words_of(kept.entry.verb)}”"
        urls[AuditDetail, kept.pk] = reverse("log_detail", args=[kept.entry.number])
    for model, pks in keys.items():
        named = NAMED[model]
        opens = named.page and (user.role == Role.OFFICER or named.page not in OFFICERS_OWN)
        for each in model._default_manager.filter(pk__in=pks).prefetch_related(*named.fetched):
            names[model, each.pk] = named.name(each)
            if opens and (target := named.target(each)):
                urls[model, each.pk] = reverse(named.page, args=[target])
            elif named.otherwise and (target := named.otherwise[1](each)):
                urls[model, each.pk] = reverse(named.otherwise[0], args=[target])
    return [
        Spot(
            key=f"{model._meta.label_lower}:{row}:{field}",
            label=f"{names[model, row]}: {FIELDS[field]}",
            url=urls.get((model, row), ""),
        )
        for model, row, field in places
    ]
