"""Build the handover note for a successor: readiness, open work by ministry, and whom to know, on one page.

Every line comes from the record; nobody writes a summary by hand.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from dialogues.dialogue_figures import describe_choice
from dialogues.models import (
    ChosenIndicator,
    Dialogue,
    Evidence,
    IndicatorTarget,
    InformationRequest,
    InternalNote,
    Participant,
    UpdateVersion,
)
from dialogues.request_status import RequestStanding
from recommendations.models import Edition
from reports.briefings.contacts import CommitmentSummary, ResponsibleParty, gather_responsible_parties
from reports.briefings.step_texts import step_texts
from reports.calendar import year
from reports.calendar.gathering import list_milestones, milestone_and_dialogue_days
from reports.calendar.year import CalendarDay
from reports.questions.progress import AnswersProgress, measure_progress
from reports.readiness.explanation import headline, score_display
from reports.readiness.explanation.gaps import RecordGap, find_gaps
from reports.readiness.explanation.step_display import StepDisplay, StepsDisplay
from reports.readiness.explanation.step_sentences import display_steps
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from reports.review_queue import count_review_queue
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import format_date, gettext

DUE_SOON = timedelta(days=30)
LEAVING_SOON = timedelta(days=90)
"""How long before the last day of an account the note names that day."""
MAX_DUE_DAYS, MAX_COMMITMENTS, MAX_PEOPLE_MET, MAX_STEPS, MAX_NOTES = 5, 3, 8, 2, 3
"""The most lines of due dates, of the last dialogue's commitments, of people met, of next steps and of notes."""
MAX_FIGURES = 2
"""The most lines of annual targets, and of indicators of the next dialogue."""


@dataclass(frozen=True)
class LastDialogue:
    """The newest dialogue that was held, with its commitments and their status. `more` counts those left out."""

    row: Dialogue
    commitments: Sequence[CommitmentSummary]
    more: int


@dataclass(frozen=True)
class NextDialogue:
    """The next dialogue, with its indicators and what became of each. `more` counts those left out."""

    row: Dialogue
    indicators: Sequence[tuple[str, str]]
    more: int


class NoteGroup(NamedTuple):
    """Open internal notes about one kind of thing, newest first."""

    heading: str
    notes: Sequence[InternalNote]


@dataclass(frozen=True)
class HandoverNote:
    """The handover note as plain values. `more_notes` are those that have no room on the sheet.

    `answers` is None if the edition has no yearly questions. `targets` are the annual targets in force, newest first;
    `more_targets` counts those left out.
    """

    country: str
    year: int
    as_of: date
    headline: str
    parts: Sequence[score_display.PartDisplay]
    next_steps: StepsDisplay
    parties: Sequence[ResponsibleParty]
    last_dialogue: LastDialogue | None
    next_dialogue: NextDialogue | None
    answers: AnswersProgress | None
    targets: Sequence[IndicatorTarget]
    more_targets: int
    due: Sequence[CalendarDay]
    more_due: int
    gaps: Sequence[RecordGap]
    colleagues: Sequence[tuple[str, str]]
    people_met: Sequence[str]
    notes: Sequence[NoteGroup]
    more_notes: Sequence[NoteGroup]

    @property
    def steps(self) -> Sequence[StepDisplay]:
        """The first next steps: those that wait at the embassy in one line, then those asked of ministries."""
        return self.next_steps.on_one_page[:MAX_STEPS]

    @property
    def more_notes_count(self) -> int:
        """How many notes have no room on the sheet."""
        return sum(len(group.notes) for group in self.more_notes)

    @property
    def more_steps(self) -> str:
        """A sentence that counts the other next steps."""
        return self.next_steps.more_than(len(self.steps))


@snapshot()
def build_handover_note(*, reader: User, edition: Edition, as_of: date) -> HandoverNote:
    """Return the note on an edition for one reader, as of a day in the country.

    Raises:
        PermissionDenied: if the reader may not read readiness.
    """
    if not reader.is_embassy:
        raise PermissionDenied
    facts = gather_facts(edition)
    result = evaluate_readiness(facts, as_of=as_of)
    steps = result.next_steps()
    requests = _find_open_requests(reader, edition, as_of)
    asked = Counter(request.ministry_id for request, _ in requests)
    parties = [
        replace(party, requests=asked[party.key or 0])
        for party in gather_responsible_parties(reader, edition, facts, as_of)
    ]
    commitments = [commitment for party in parties for commitment in party.commitments]
    notes = list(InternalNote.objects.visible_to(reader, edition.country).open().with_marks())
    due = _find_due_days(reader, edition, commitments, requests, as_of)
    queue = count_review_queue(reader, edition.country)
    evidence = Evidence.objects.visible_to(reader, edition.country)
    undecided = UpdateVersion.objects.visible_to(reader, edition.country).undecided().order_by()
    waits = Q(pk__in=evidence.unreviewed().order_by().values("pk")) | Q(update_version__in=undecided.values("pk"))
    targets = _find_annual_targets(reader, edition)
    on_words_alone = evidence.current().filter(waits, file__isnull=True, link="").count()
    return HandoverNote(
        country=edition.country.name,
        year=edition.year,
        as_of=as_of,
        headline=headline.headline(result),
        parts=score_display.display_parts(result),
        next_steps=display_steps(result, steps, step_texts(result, steps, reader=reader)),
        parties=parties,
        last_dialogue=_find_last_dialogue(reader, edition, commitments, as_of),
        next_dialogue=_find_next_dialogue(reader, edition, as_of),
        answers=measure_progress(reader, edition, as_of),
        targets=targets[:MAX_FIGURES],
        more_targets=len(targets[MAX_FIGURES:]),
        due=due[:MAX_DUE_DAYS],
        more_due=len(due[MAX_DUE_DAYS:]),
        gaps=find_gaps(facts, result, updates=queue.updates, pieces=queue.pieces, on_words_alone=on_words_alone),
        colleagues=_colleagues(reader, edition, as_of),
        people_met=_people_met(reader, edition, as_of),
        notes=_group_notes(notes[:MAX_NOTES]),
        more_notes=_group_notes(notes[MAX_NOTES:]),
    )


def _group_notes(notes: Sequence[InternalNote]) -> list[NoteGroup]:
    """Group notes by what they are about. Notes about recommendations of every edition stay until dealt with."""
    groups = [
        NoteGroup(gettext("Recommendations"), [note for note in notes if note.recommendation_id]),
        NoteGroup(gettext("Commitments"), [note for note in notes if note.commitment_id]),
        NoteGroup(gettext("Ministries"), [note for note in notes if note.ministry_id]),
    ]
    return [group for group in groups if group.notes]


def _find_open_requests(
    reader: User, edition: Edition, as_of: date
) -> list[tuple[InformationRequest, RequestStanding]]:
    """Return the requests for information that are not settled, with their standing."""
    rows = InformationRequest.objects.visible_to(reader, edition.country).with_history()
    standings = ((row, row.standing_on(as_of)) for row in rows)
    return [(row, standing) for row, standing in standings if standing and not standing.is_settled]


def _find_due_days(
    reader: User,
    edition: Edition,
    commitments: Iterable[CommitmentSummary],
    requests: Iterable[tuple[InformationRequest, RequestStanding]],
    as_of: date,
) -> list[CalendarDay]:
    """Return the overdue days, then those within `DUE_SOON`: milestones, dialogues, commitments and requests."""
    falls_due = [
        year.due_day(
            commitment.standing,
            commitment.standing.due_on,
            text=commitment.row.text,
            maker=commitment.row.maker,
            row_id=commitment.row.pk,
            today=as_of,
        )
        for commitment in commitments
        if commitment.standing.due_on and not commitment.standing.is_settled
    ]
    asked = [
        year.request_day(standing, text=row.text, ministry=row.maker, row_id=row.pk, today=as_of)
        for row, standing in requests
    ]
    days = [*milestone_and_dialogue_days(reader, edition, list_milestones(reader, edition), as_of), *falls_due, *asked]
    return [
        day
        for day in year.sort_days(days)
        if day.days_overdue is not None or (day.days_left is not None and day.shown_on <= as_of + DUE_SOON)
    ]


def _find_last_dialogue(
    reader: User, edition: Edition, commitments: Iterable[CommitmentSummary], as_of: date
) -> LastDialogue | None:
    held = (
        Dialogue.objects.visible_to(reader)
        .held()
        .filter(country=edition.country_id, held_on__lte=as_of)
        .order_by("-held_on", "-pk")
        .first()
    )
    if held is None:
        return None
    made_there = [commitment for commitment in commitments if commitment.row.dialogue_id == held.pk]
    return LastDialogue(held, made_there[:MAX_COMMITMENTS], len(made_there[MAX_COMMITMENTS:]))


def _find_next_dialogue(reader: User, edition: Edition, as_of: date) -> NextDialogue | None:
    planned = Dialogue.objects.visible_to(reader).ahead(as_of).filter(country=edition.country_id)
    dialogue = planned.order_by("held_on", "pk").first()
    if dialogue is None:
        return None
    rows = ChosenIndicator.objects.visible_to(reader).filter(dialogue=dialogue).active().with_history()
    chosen = [
        (row.indicator.name, describe_choice(row, dialogue.held_on)) for row in rows.order_by("recorded_at", "pk")
    ]
    return NextDialogue(dialogue, chosen[:MAX_FIGURES], len(chosen[MAX_FIGURES:]))


def _find_annual_targets(reader: User, edition: Edition) -> list[IndicatorTarget]:
    """Return the annual targets of the edition that are in force, newest first."""
    rows = IndicatorTarget.objects.visible_to(reader).filter(edition=edition).in_force()
    rows = rows.filter(figure__isnull=False).select_related("indicator", "ministry", "dialogue")
    return list(rows.order_by("-recorded_at", "-pk"))


def _colleagues(reader: User, edition: Edition, as_of: date) -> list[tuple[str, str]]:
    """Return who works on the country at the embassy, each with the role: officers first, then the ambassador."""
    is_open = Q(valid_until_on__isnull=True) | Q(valid_until_on__gte=as_of)
    people = User.objects.visible_to(reader).filter(
        is_open, countries=edition.country_id, is_active=True, role__in=[Role.OFFICER, Role.AMBASSADOR]
    )
    return [(row.name, _describe_role(row, as_of)) for row in people.order_by("-role", "name", "pk")]


def _describe_role(person: User, as_of: date) -> str:
    """Return the role, with the last day of the account if it is near: "Officer, until 4 February 2022"."""
    role, last_day = Role(person.role).label, person.valid_until_on
    if last_day is None or last_day > as_of + LEAVING_SOON:
        return role
    return gettext("%(role)s, until %(date)s") % {"role": role, "date": format_date(last_day)}


def _people_met(reader: User, edition: Edition, as_of: date) -> list[str]:
    """Return who took part in dialogues of the tracking period, each participant once, newest dialogue first."""
    in_the_period = {"country": edition.country_id, "held_on__range": (edition.starts_on, as_of)}
    held = Dialogue.objects.visible_to(reader).held().filter(**in_the_period)
    rows = (
        Participant.objects.filter(dialogue__in=held)
        .exclude(came=False)
        .order_by("-dialogue__held_on", "-dialogue_id", "pk")
    )
    return list(dict.fromkeys(str(row) for row in rows))[:MAX_PEOPLE_MET]
