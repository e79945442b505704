"""What happens in a step of the exercise, as its data files (`exercise/`) say it, and how it is carried out.

Each class is one kind of table in a step. People act through the ordinary actions, so that the exercise contains
nothing that the product would refuse. Commitments, evidence and next steps are named by their text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Protocol, TypedDict

from django.core.files.uploadedfile import SimpleUploadedFile

from dialogues.actions.agendas import AgendaItemInput, arrange_agenda
from dialogues.actions.assessments import assess
from dialogues.actions.commitments import record_commitment, reopen, reschedule, withdraw
from dialogues.actions.dialogue_records import NextStepInput, mark_step_done, record_dialogue
from dialogues.actions.dialogues import ParticipantInput, plan_dialogue
from dialogues.actions.evidence import log_evidence, review_evidence
from dialogues.actions.files import store_upload
from dialogues.actions.readings import ReadingPartInput
from dialogues.actions.updates import (
    FigureInput,
    ReviewInput,
    accept_update,
    list_parts_to_review,
    return_update,
    send_update,
)
from dialogues.choices import (
    ClaimedProgress,
    CommitmentReach,
    DoneBy,
    EvidenceDecision,
    EvidenceKind,
    Horizon,
    MadeBy,
    Presence,
    Sensitivity,
    SupportKind,
    UpdatePart,
    Verdict,
)
from dialogues.lesotho.accounts import ensure_user
from dialogues.lesotho.entries import (
    AccountEntry,
    BenchmarkKey,
    IndicatorName,
    MinistryName,
    ParticipantEntry,
    RecommendationNumber,
)
from dialogues.lesotho.exercise_pdf import render_exercise_pdf
from dialogues.lesotho.loading import find_benchmark, find_recommendations
from dialogues.models import Commitment, Dialogue, Evidence, EvidenceFile, NextStep, Partner, UpdateVersion
from recommendations.choices import BreakdownDimension
from recommendations.models import Benchmark, Edition, Indicator
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.data_files import Names, RefersTo

EDITION_YEAR = 2021

AccountKey = Annotated[str, RefersTo("account")]
DialogueDay = Annotated[date, RefersTo("dialogue")]
CommitmentText = Annotated[str, RefersTo("commitment of the exercise")]
EvidenceTitle = Annotated[str, RefersTo("evidence of the exercise")]
PartnerName = Annotated[str, RefersTo("partner of the exercise")]
NewEvidenceTitle = Annotated[str, Names("evidence of the exercise")]


class Signature(TypedDict):
    """Who acts, and when."""

    by: User
    now: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """The country and the moment of a step (`now`, in Maseru), and the people of the exercise."""

    country: Country
    now: datetime
    accounts: Mapping[str, AccountEntry]

    def signed(self, account: str) -> Signature:
        """Return who acts, by the key of the account, and when: arguments of every action."""
        return {"by": ensure_user(self.accounts[account], self.country), "now": self.now}

    def ministry(self, short_name: str) -> Ministry | None:
        return Ministry.objects.get(country=self.country, short_name=short_name) if short_name else None

    @property
    def edition(self) -> Edition:
        return Edition.objects.get(country=self.country, year=EDITION_YEAR)

    def benchmark(self, key: str) -> Benchmark:
        """Return a benchmark by its number and letter in the reconstruction, such as "6a"."""
        return find_benchmark(self.edition, key)

    def dialogue(self, held_on: date) -> Dialogue:
        """Return the dialogue planned last for a day. Whoever tries the product may have planned one before."""
        return Dialogue.objects.filter(country=self.country, held_on=held_on).latest("pk")

    def commitment(self, text: str) -> Commitment:
        return Commitment.objects.get(country=self.country, text=text)

    def evidence(self, title: str) -> Evidence:
        return Evidence.objects.get(country=self.country, title=title)

    def waiting_update(self, commitment: str) -> UpdateVersion:
        return UpdateVersion.objects.undecided().get(update__commitment=self.commitment(commitment))


class StepAction(Protocol):
    """One thing that somebody does in a step."""

    def play(self, scene: Scene) -> None:
        """Do it, at the moment of the scene."""


# --- Dialogues and commitments ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgendaItemEntry:
    """An agenda item: a recommendation, a commitment or a topic in words, and what to ask (`note`)."""

    recommendation: RecommendationNumber | None = None
    commitment: CommitmentText = ""
    topic: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanDialogue:
    """An officer plans a dialogue with its agenda."""

    by: AccountKey
    held_on: Annotated[date, Names("dialogue")]
    place: str
    purpose: str
    participants: tuple[ParticipantEntry, ...]
    agenda: tuple[AgendaItemEntry, ...]
    source: str

    def play(self, scene: Scene) -> None:
        signed = scene.signed(self.by)
        dialogue = plan_dialogue(
            country=scene.country,
            held_on=self.held_on,
            place=self.place,
            purpose=self.purpose,
            participants=[
                ParticipantInput(
                    participant.name,
                    participant.office,
                    Presence.VIDEO if participant.by_video else Presence.IN_PERSON,
                    scene.ministry(participant.ministry),
                )
                for participant in self.participants
            ],
            source=self.source,
            **signed,
        )
        items = [self._agenda_item(scene, item) for item in self.agenda]
        arrange_agenda(dialogue=dialogue, version=dialogue.version, items=items, **signed)

    @staticmethod
    def _agenda_item(scene: Scene, item: AgendaItemEntry) -> AgendaItemInput:
        if item.recommendation:
            return AgendaItemInput(find_recommendations(scene.edition)[item.recommendation], item.note)
        return AgendaItemInput(scene.commitment(item.commitment) if item.commitment else item.topic, item.note)


@dataclass(frozen=True, slots=True)
class NextStepEntry:
    """A next step; without a ministry it is the embassy's."""

    text: Annotated[str, Names("next step")]
    ministry: MinistryName = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class RecordDialogue:
    """An officer records a planned dialogue. All who were expected came.

    `said` has a text for each item of the agenda, in its order: "" if nothing was said.
    """

    by: AccountKey
    held_on: DialogueDay
    said: tuple[str, ...]
    record: str
    agreed: str
    next_steps: tuple[NextStepEntry, ...] = ()

    def play(self, scene: Scene) -> None:
        dialogue = scene.dialogue(self.held_on)
        participants = [
            ParticipantInput(
                participant.name,
                participant.office,
                Presence(participant.presence),
                participant.ministry,
                came=True,
                key=participant.pk,
            )
            for participant in dialogue.participants.all()
        ]
        record_dialogue(
            dialogue=dialogue,
            version=dialogue.version,
            participants=participants,
            said={item.pk: said for item, said in zip(dialogue.agenda.all(), self.said, strict=True)},
            record=self.record,
            agreed=self.agreed,
            next_steps=[
                NextStepInput(step.text, scene.ministry(step.ministry), "", step.due_on) for step in self.next_steps
            ],
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class MarkNextStepDone:
    """An officer marks a next step as done."""

    by: AccountKey
    next_step: Annotated[str, RefersTo("next step")]
    done_on: date
    result: str

    def play(self, scene: Scene) -> None:
        mark_step_done(
            step=NextStep.objects.get(dialogue__country=scene.country, text=self.next_step),
            done_on=self.done_on,
            result=self.result,
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class RecordCommitment:
    """An officer records a commitment of a ministry or, without one, of the United States."""

    by: AccountKey
    text: Annotated[str, Names("commitment of the exercise")]
    benchmark: BenchmarkKey
    reach: CommitmentReach
    made_on: date
    ministry: MinistryName = ""
    due_on: date | None = None
    horizon: Horizon = Horizon.SHORT_TERM
    at_dialogue: DialogueDay | None = None
    letter: str = ""

    def play(self, scene: Scene) -> None:
        record_commitment(
            country=scene.country,
            made_by=MadeBy.MINISTRY if self.ministry else MadeBy.UNITED_STATES,
            ministry=scene.ministry(self.ministry),
            text=self.text,
            made_on=self.made_on,
            due_on=self.due_on,
            dialogue=scene.dialogue(self.at_dialogue) if self.at_dialogue else None,
            letter=self.letter,
            horizon=self.horizon,
            links=[(scene.benchmark(self.benchmark), self.reach)],
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class _CommitmentDecision:
    """What somebody decides on a commitment or on its waiting update, and why."""

    by: AccountKey
    commitment: CommitmentText
    reason: str

    def _event(self, scene: Scene) -> dict[str, Any]:
        """Return the arguments of an action that records an event of the commitment today."""
        commitment = scene.commitment(self.commitment)
        return {"commitment": commitment, "reason": self.reason, "on": scene.now.date(), **scene.signed(self.by)}


class WithdrawCommitment(_CommitmentDecision):
    """An officer records that a commitment was withdrawn."""

    def play(self, scene: Scene) -> None:
        withdraw(**self._event(scene))


class ReopenCommitment(_CommitmentDecision):
    """An officer reopens a commitment."""

    def play(self, scene: Scene) -> None:
        reopen(**self._event(scene))


@dataclass(frozen=True, slots=True)
class RescheduleCommitment(_CommitmentDecision):
    """An officer agrees on a new due date."""

    due_on: date

    def play(self, scene: Scene) -> None:
        reschedule(due_on=self.due_on, **self._event(scene))


# --- Updates ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AttachmentEntry:
    """A file of one page, which has the update's title and these lines."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """A figure and the last day that it covers. `districts` are those that it counts, if it counts districts."""

    indicator: IndicatorName
    count: int
    through: date
    districts: tuple[Annotated[str, RefersTo("district")], ...] = ()


@dataclass(frozen=True, slots=True)
class SendUpdate:
    """A focal point sends an update."""

    by: AccountKey
    commitment: CommitmentText
    title: NewEvidenceTitle
    narrative: str
    claimed: ClaimedProgress
    happened_from: date
    happened_to: date
    attachment: AttachmentEntry | None = None
    figure: FigureEntry | None = None

    def play(self, scene: Scene) -> None:
        signed = scene.signed(self.by)
        send_update(
            commitment=scene.commitment(self.commitment),
            title=self.title,
            narrative=self.narrative,
            claimed=self.claimed,
            happened_from=self.happened_from,
            happened_to=self.happened_to,
            done_by=DoneBy.GOVERNMENT,
            files=[self._upload(self.attachment, signed)] if self.attachment else [],
            figures=[self._figure_input(self.figure, scene)] if self.figure else [],
            **signed,
        )

    def _upload(self, attachment: AttachmentEntry, signed: Signature) -> EvidenceFile:
        content = render_exercise_pdf(self.title, attachment.lines)
        return store_upload(upload=SimpleUploadedFile(attachment.name, content, "application/pdf"), **signed)

    @staticmethod
    def _figure_input(figure: FigureEntry, scene: Scene) -> FigureInput:
        indicator = Indicator.objects.get(country=scene.country, name=figure.indicator)
        parts = [ReadingPartInput(BreakdownDimension.DISTRICT, name, Decimal(1)) for name in figure.districts]
        return FigureInput(indicator, Decimal(figure.count), "", figure.through, parts)


@dataclass(frozen=True, slots=True)
class ReturnUpdate(_CommitmentDecision):
    """An officer returns the update that waits, and says which parts of it the reason is about."""

    parts: tuple[UpdatePart, ...] = ()

    def play(self, scene: Scene) -> None:
        return_update(
            update_version=scene.waiting_update(self.commitment),
            reason=self.reason,
            parts=self.parts,
            **scene.signed(self.by),
        )


class AcceptUpdate(_CommitmentDecision):
    """An officer accepts the update that waits, and verifies every part of it."""

    def play(self, scene: Scene) -> None:
        waiting = scene.waiting_update(self.commitment)
        reviews = [
            ReviewInput(piece, evidence_link, EvidenceDecision.VERIFIED, self.reason)
            for piece, evidence_link in list_parts_to_review(waiting)
        ]
        accept_update(update_version=waiting, reviews=reviews, reason=self.reason, **scene.signed(self.by))


# --- Evidence and assessments -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LogEvidence:
    """An officer logs evidence: internal, or shared with the ministry under one of its commitments."""

    by: AccountKey
    title: NewEvidenceTitle
    happened_from: date
    happened_to: date
    evidence_links: tuple[tuple[BenchmarkKey, SupportKind], ...] = ()
    indicia: tuple[int, ...] = ()
    shows: SupportKind = SupportKind.ACTION
    partner: PartnerName = ""
    kind: EvidenceKind = EvidenceKind.REPORT
    done_by: DoneBy = DoneBy.GOVERNMENT
    shared_under: CommitmentText = ""

    def play(self, scene: Scene) -> None:
        log_evidence(
            country=scene.country,
            title=self.title,
            kind=self.kind,
            happened_from=self.happened_from,
            happened_to=self.happened_to,
            done_by=self.done_by,
            stated_by="Exercise: told to the embassy",
            source="note of the embassy",  # stands after the other text, which says that it is an exercise
            commitment=scene.commitment(self.shared_under) if self.shared_under else None,
            sensitivity=Sensitivity.SHARED if self.shared_under else Sensitivity.INTERNAL,
            evidence_links=[(scene.benchmark(key), shows) for key, shows in self.evidence_links],
            indicia=[(number, self.shows) for number in self.indicia],
            partner=Partner.objects.get(country=scene.country, name=self.partner) if self.partner else None,
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class ReviewEvidence:
    """Somebody verifies or rejects the only link of a piece of evidence or, without a link, the evidence itself."""

    by: AccountKey
    evidence: EvidenceTitle
    decision: EvidenceDecision
    reason: str

    def play(self, scene: Scene) -> None:
        evidence = scene.evidence(self.evidence)
        review_evidence(
            evidence=evidence,
            evidence_link=evidence.evidence_links.get() if evidence.evidence_links.exists() else None,
            decision=self.decision,
            reason=self.reason,
            **scene.signed(self.by),
        )


@dataclass(frozen=True, slots=True)
class AssessBenchmark:
    """An officer assesses a benchmark."""

    by: AccountKey
    benchmark: BenchmarkKey
    verdict: Verdict
    rationale: str
    law: str
    evidence: tuple[EvidenceTitle, ...] = ()

    def play(self, scene: Scene) -> None:
        assess(
            benchmark=scene.benchmark(self.benchmark),
            verdict=self.verdict,
            rationale=self.rationale,
            law=self.law,
            evidence=[scene.evidence(title) for title in self.evidence],
            **scene.signed(self.by),
        )


STEP_ACTIONS = {
    "plan_dialogue": PlanDialogue,
    "record_dialogue": RecordDialogue,
    "mark_next_step_done": MarkNextStepDone,
    "record_commitment": RecordCommitment,
    "withdraw_commitment": WithdrawCommitment,
    "reopen_commitment": ReopenCommitment,
    "reschedule_commitment": RescheduleCommitment,
    "send_update": SendUpdate,
    "return_update": ReturnUpdate,
    "accept_update": AcceptUpdate,
    "log_evidence": LogEvidence,
    "review_evidence": ReviewEvidence,
    "assess_benchmark": AssessBenchmark,
}
"""What may stand inside a step, by the heading of its table."""
