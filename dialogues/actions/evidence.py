"""Log evidence and review it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.actions.commitments import refuse_invalid_benchmarks
from dialogues.actions.disposed_periods import refuse_unsupported_in_disposed_period
from dialogues.actions.duplicates import lock_person, refuse_duplicate
from dialogues.actions.files import refuse_unless_own_and_unsent
from dialogues.actions.readings import ReadingInput, record_reading
from dialogues.choices import (
    DECISIONS_ENDING_CLAIMS,
    DoneBy,
    EvidenceDecision,
    EvidenceKind,
    Sensitivity,
    SupportKind,
    UpdateDecision,
)
from dialogues.models import (
    Commitment,
    Evidence,
    EvidenceFile,
    EvidenceIndicium,
    EvidenceLink,
    EvidenceQuestion,
    EvidenceReview,
    Partner,
    UpdateVersionDecision,
)
from dialogues.permissions import can_log_evidence, can_review_evidence, has_recorded
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import INDICIA_SUMMARIES
from recommendations.models import Benchmark, Question
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, record_language
from tiptracker.text_rules import normalize_name
from tiptracker.validation import (
    insert_row,
    insert_rows,
    refuse_future,
    refuse_reversed_dates,
    refuse_unseen,
    require_text,
)

TITLE_LENGTH = 400


class EvidenceValues(TypedDict):
    """The content of a piece of evidence: what happened between two days, and who says so.

    `happened_from` is None if the start date is unknown. The other defaults are those of the model.
    """

    title: str
    kind: EvidenceKind
    happened_from: date | None
    happened_to: date
    done_by: DoneBy
    stated_by: str
    source: NotRequired[str]
    link: NotRequired[str]
    file: NotRequired[EvidenceFile | None]
    partner: NotRequired[Partner | None]
    commitment: NotRequired[Commitment | None]
    sensitivity: NotRequired[Sensitivity]


@dataclass(frozen=True, kw_only=True)
class EvidenceSupport:
    """What a piece of evidence supports: benchmarks and indicia, with what it shows of each, and yearly questions."""

    evidence_links: Sequence[tuple[Benchmark, SupportKind]] = ()
    indicia: Sequence[tuple[int, SupportKind]] = ()
    questions: Sequence[Question] = ()

    @classmethod
    def of(cls, evidence: Evidence) -> "EvidenceSupport":
        """Return what recorded evidence supports."""
        links = evidence.evidence_links.select_related("benchmark")
        return cls(
            evidence_links=[(link.benchmark, SupportKind(link.shows)) for link in links],
            indicia=[(row.indicium, SupportKind(row.shows)) for row in evidence.indicia.all()],
            questions=[row.question for row in evidence.question_links.select_related("question")],
        )

    @property
    def comparable(self) -> object:
        """All of it in a form that can be compared, whatever its order."""
        return (
            sorted((benchmark.pk, str(shows)) for benchmark, shows in self.evidence_links),
            sorted((indicium, str(shows)) for indicium, shows in self.indicia),
            sorted(question.pk for question in self.questions),
        )


CONTENT_FIELDS = EvidenceValues.__annotations__.keys() - {"file"}
"""The fields that are compared as they are. Files are compared by their hash."""


@transaction.atomic
def log_evidence(
    *,
    country: Country,
    evidence_links: Sequence[tuple[Benchmark, SupportKind]] = (),
    indicia: Sequence[tuple[int, SupportKind]] = (),
    questions: Sequence[Question] = (),
    count: ReadingInput | None = None,
    shares_file: bool = False,
    by: User,
    now: datetime,
    **values: Unpack[EvidenceValues],
) -> Evidence:
    """Log a piece of evidence, and what it shows on which benchmarks.

    Dates outside every tracking period are accepted: such evidence doesn't count, and pages say so.

    Args:
        evidence_links: the benchmarks that it supports.
        indicia: numbers of indicia that it supports without a recommendation. This adds nothing to readiness.
        questions: yearly questions that it answers.
        count: a figure that the evidence reports. It becomes a reading that cites the evidence.
        shares_file: another piece of evidence logged with this one already cites the file.

    Raises:
        PermissionDenied: if the user may not log evidence of the country.
        Refused: for a future date, dates in the wrong order, neither source, link nor file to check it by, and as
            `record_reading` does.
        DuplicateRecord: if the same person has already logged the same.
    """
    if not can_log_evidence(by, country):
        raise PermissionDenied
    support = EvidenceSupport(evidence_links=evidence_links, indicia=indicia, questions=questions)
    evidence = build_evidence(country, values, support, by, now)
    refuse_unsupported_in_disposed_period(
        country,
        evidence.happened_from,
        evidence.happened_to,
        supports=bool(evidence_links or questions or evidence.commitment),
        is_figure=count is not None,
        field="happened_to",
    )
    lock_person(by)
    refuse_duplicate(_find_identical(evidence, support, count), now)
    if evidence.file and not shares_file:
        refuse_unless_own_and_unsent([evidence.file], by)
    insert_row(evidence)
    add_support(evidence, support)
    enqueue_readiness(country.pk)
    record(
        "evidence.logged",
        by=by,
        row=evidence,
        country=country,
        after=evidence_audit_values(evidence, support),
        ministries=_reading_ministries(evidence),
    )
    if count:
        record_reading(reading=count, evidence=evidence, by=by, now=now)
    return evidence


def _reading_ministries(evidence: Evidence) -> list[int | None]:
    """Return the ministry (id) that may read evidence of the embassy, as in `visible_to`. Empty if it is internal."""
    is_shared = evidence.sensitivity == Sensitivity.SHARED
    return [evidence.commitment.ministry_id] if evidence.commitment and is_shared else []


def build_evidence(
    country: Country,
    values: EvidenceValues,
    support: EvidenceSupport,
    by: User,
    now: datetime,
) -> Evidence:
    """Return a piece of evidence as it would be recorded now, unsaved. Refuse invalid content."""
    evidence = Evidence(country=country, recorded_at=now, recorded_by=by, **values)
    evidence.title = require_text(evidence.title, gettext("Write what happened, in one sentence."), field="title")
    evidence.stated_by = require_text(
        evidence.stated_by, gettext("Enter who says so: a ministry, a newspaper or yourself."), field="stated_by"
    )
    evidence.source = evidence.source.strip()
    refuse_future(evidence.happened_to, now, field="happened_to")
    refuse_reversed_dates(evidence.happened_from, evidence.happened_to, field="happened_to")
    if not (evidence.source or evidence.link or evidence.file):
        sentence = gettext("Enter a source or a link, or attach a file, so that others can check it.")
        raise Refused("required", sentence, field="source")
    if evidence.commitment and evidence.commitment.country_id != country.pk:
        sentence = gettext("This commitment belongs to another country. Choose one of this country.")
        raise Refused("another_country", sentence, field="commitment")
    _refuse_unfitting_partner(evidence)
    refuse_invalid_benchmarks([benchmark for benchmark, _ in support.evidence_links], country, field="evidence_links")
    _refuse_invalid_topics(support, country)
    return evidence


def _refuse_unfitting_partner(evidence: Evidence) -> None:
    """Refuse a partner of another country, and one that neither did anything nor stated it."""
    partner = evidence.partner
    if partner is None:
        return
    if partner.country_id != evidence.country_id:
        sentence = gettext("This partner belongs to another country. Choose one of this country.")
        raise Refused("another_country", sentence, field="partner")
    if evidence.done_by == DoneBy.GOVERNMENT and normalize_name(partner.name) not in normalize_name(evidence.stated_by):
        sentence = gettext(
            "You chose the partner %(partner)s, but the government did this alone, and somebody else states it. Choose "
            "“Joint” if the partner took part. Enter its name under “Stated by” if it is the source. Otherwise choose "
            "no partner."
        )
        raise Refused("partner_without_part", sentence % {"partner": partner}, field="partner")


def _refuse_invalid_topics(support: EvidenceSupport, country: Country) -> None:
    """Refuse an indicium or a question that is named twice or does not exist for this country."""
    numbers = [indicium for indicium, _ in support.indicia]
    if len(set(numbers)) < len(numbers) or not INDICIA_SUMMARIES.keys() >= set(numbers):
        sentence = gettext("Choose each indicium once, from 1 to 12.")
        raise Refused("invalid_indicium", sentence, field="indicia")
    keys = [question.pk for question in support.questions]
    if len(set(keys)) < len(keys) or any(row.edition.country_id != country.pk for row in support.questions):
        sentence = gettext("Choose each question once, and only questions about this country.")
        raise Refused("invalid_question", sentence, field="questions")


@transaction.atomic
def log_readings(
    *,
    country: Country,
    counts: Sequence[ReadingInput],
    stated_by: str,
    source: str = "",
    link: str = "",
    file: EvidenceFile | None = None,
    by: User,
    now: datetime,
) -> list[Evidence]:
    """Log several figures from one source.

    Each gets a piece of evidence of its own, so that each is reviewed by itself.

    All are logged or none. Raises as `log_evidence` does, and Refused if there is no figure.
    """
    if not counts:
        raise Refused("required", gettext("Enter at least one figure, or choose “not reported” for an indicator."))
    with record_language():
        titles = [f"{stated_by.strip()}: {reading.unsaved().description}"[:TITLE_LENGTH] for reading in counts]
    return [
        log_evidence(
            country=country,
            title=title,
            kind=EvidenceKind.STATISTIC,
            happened_from=reading.starts_on,
            happened_to=reading.through_on,
            done_by=DoneBy.GOVERNMENT,
            stated_by=stated_by,
            source=source,
            link=link,
            file=file,
            count=reading,
            shares_file=position > 0,
            by=by,
            now=now,
        )
        for position, (title, reading) in enumerate(zip(titles, counts, strict=True))
    ]


def _find_identical(evidence: Evidence, support: EvidenceSupport, reading: ReadingInput | None) -> Evidence | None:
    """Return evidence that the same person logged before with the same content, supporting the same."""
    content = model_to_dict(evidence, CONTENT_FIELDS)
    file = {"file__received_sha256": evidence.file.received_sha256} if evidence.file else {"file": None}
    same = Evidence.objects.filter(
        **content, **file, country=evidence.country, recorded_by=evidence.recorded_by, update_version=None
    )
    fields = ("indicator", "starts_on", "through_on", "figure", "direction")
    readings = [tuple(model_to_dict(reading.unsaved(), fields).values())] if reading else []
    for row in same.order_by("pk"):
        is_same = support.comparable == EvidenceSupport.of(row).comparable
        if is_same and readings == list(row.readings.values_list(*fields)):
            return row
    return None


@transaction.atomic
def review_evidence(
    *,
    evidence: Evidence,
    evidence_link: EvidenceLink | None,
    decision: EvidenceDecision,
    reason: str,
    first_on: date | None = None,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> EvidenceReview:
    """Verify or reject an evidence link or, if `evidence_link` is None, the evidence itself.

    A review of the evidence itself also verifies or rejects the readings that cite it.

    Args:
        first_on: the start date, if the evidence lacks one.
        seen: the id of the newest review of the same thing that the page showed (0: none; None: don't check).

    Raises:
        PermissionDenied: if the user may not review it.
        Refused: for the user's own evidence, without a reason, for replaced evidence, and while the evidence belongs to
            an update version that waits, or was returned or withdrawn.
        EditConflict: if another person has reviewed it since.
    """
    refuse_unless_reviewer(by, evidence, evidence_link)
    locked = Evidence.objects.select_for_update(no_key=True).get(pk=evidence.pk)
    if later := Evidence.objects.filter(revises=locked).first():
        day = format_date(later.recorded_at.astimezone(now.tzinfo).date())
        sentence = gettext("A corrected version of %(date)s has replaced this evidence. Review that version.")
        raise Refused("replaced", sentence % {"date": day})
    if locked.update_version_id:
        update_decision = UpdateVersionDecision.objects.filter(update_version=locked.update_version_id).first()
        if update_decision is None:
            sentence = gettext("This evidence came with an update that waits for your decision. Accept or return it.")
            raise Refused("update_waits", sentence)
        if update_decision.decision in DECISIONS_ENDING_CLAIMS:
            day = format_date(update_decision.recorded_at.astimezone(now.tzinfo).date())
            is_withdrawn = update_decision.decision == UpdateDecision.WITHDRAWN
            sentence = (
                gettext(
                    "This evidence came with an update that the ministry withdrew on %(date)s. It waits for no review."
                )
                if is_withdrawn
                else gettext(
                    "This evidence came with an update that was returned on %(date)s. Wait for the ministry’s next "
                    "version."
                )
            )
            raise Refused("update_withdrawn" if is_withdrawn else "update_returned", sentence % {"date": day})
    earlier = locked.reviews.filter(evidence_link=evidence_link).select_related("recorded_by")
    refuse_unseen(earlier.order_by("-recorded_at", "-pk").first(), seen, now, noun="review")
    written_review = add_review(
        evidence=locked,
        evidence_link=evidence_link,
        decision=decision,
        reason=reason,
        first_on=first_on,
        by=by,
        now=now,
    )
    enqueue_readiness(locked.country_id)
    record(
        f"evidence.{decision}",
        by=by,
        row=locked,
        country=locked.country_id,
        after={
            "evidence_link": evidence_link.pk if evidence_link else None,
            "decision": decision,
            "reason": written_review.reason,
            "first_on": first_on,
        },
    )
    return written_review


@transaction.atomic
def record_evidence_opened(*, evidence: Evidence, by: User) -> None:
    """Log who opened a piece of evidence. The caller has already checked with `visible_to` that they may see it."""
    record("evidence.viewed", by=by, row=evidence, country=evidence.country_id)


def refuse_unless_reviewer(by: User, evidence: Evidence, evidence_link: EvidenceLink | None) -> None:
    """Raise PermissionDenied or, for an officer's own evidence, Refused.

    Nobody verifies what they recorded themselves.
    """
    if can_review_evidence(by, evidence, evidence_link):
        return
    if by.role == Role.OFFICER and has_recorded(by, evidence, evidence_link):
        sentence = gettext("You recorded this yourself. Ask another officer or the ambassador to verify it.")
        raise Refused("needs_second_person", sentence)
    raise PermissionDenied


def add_review(
    *,
    evidence: Evidence,
    evidence_link: EvidenceLink | None,
    decision: EvidenceDecision,
    reason: str,
    first_on: date | None,
    by: User,
    now: datetime,
) -> EvidenceReview:
    """Write one review, or refuse it. The caller has already checked that the user may review."""
    reason = require_text(reason, gettext("Write the reason, in a sentence."), field="reason")
    if evidence_link and evidence_link.evidence_id != evidence.pk:
        sentence = gettext("This benchmark belongs to other evidence. Open that evidence and review it there.")
        raise Refused("another_evidence", sentence)
    if first_on:
        if evidence.happened_from:
            sentence = gettext("The evidence already has a start date, %(date)s. Leave this empty.")
            day = format_date(evidence.happened_from)
            raise Refused("already_dated", sentence % {"date": day}, field="first_on")
        refuse_reversed_dates(first_on, evidence.happened_to, field="first_on")
    return insert_row(
        EvidenceReview(
            evidence=evidence,
            evidence_link=evidence_link,
            decision=decision,
            reason=reason,
            first_on=first_on,
            recorded_at=now,
            recorded_by=by,
        )
    )


def add_evidence_links(evidence: Evidence, evidence_links: Sequence[tuple[Benchmark, SupportKind]]) -> None:
    """Write what `evidence` shows on each benchmark, with the recorder and time of the evidence."""
    for benchmark, shows in evidence_links:
        insert_row(
            EvidenceLink(
                evidence=evidence,
                benchmark=benchmark,
                shows=shows,
                recorded_at=evidence.recorded_at,
                recorded_by=evidence.recorded_by,
            )
        )


def add_support(evidence: Evidence, support: EvidenceSupport) -> None:
    """Write what `evidence` supports, with the recorder and time of the evidence."""
    add_evidence_links(evidence, support.evidence_links)
    recorded = {"evidence": evidence, "recorded_at": evidence.recorded_at, "recorded_by": evidence.recorded_by}
    insert_rows([EvidenceIndicium(indicium=number, shows=shows, **recorded) for number, shows in support.indicia])
    insert_rows([EvidenceQuestion(question=question, **recorded) for question in support.questions])


def evidence_audit_values(evidence: Evidence, support: EvidenceSupport | None = None) -> dict[str, object]:
    """Return the values of a piece of evidence that the activity log keeps.

    `support` is what it supports, if the caller has just written it. Otherwise it is read.
    """
    values = {
        **model_to_dict(evidence, CONTENT_FIELDS),
        "file": evidence.file.stored_sha256 if evidence.file else None,
    }
    if support:
        questions = sorted(support.questions, key=lambda question: question.position)
        return values | {
            "evidence_links": [(benchmark.pk, shows) for benchmark, shows in support.evidence_links],
            "indicia": sorted(support.indicia),
            "questions": [question.number for question in questions],
        }
    return values | {
        "evidence_links": list(evidence.evidence_links.order_by("pk").values_list("benchmark_id", "shows")),
        "indicia": list(evidence.indicia.values_list("indicium", "shows")),
        "questions": list(evidence.question_links.values_list("question__number", flat=True)),
    }
