"""Build a dialogue pack: what the Ambassador takes to a dialogue, or reads again afterwards.

The agenda and participants of a planned dialogue are a plan, not dated facts, so they appear as they are now.
Everything else is as of a day and as known at a moment.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q

from dialogues.choices import DialogueStage, Presence
from dialogues.commitment_phrases import format_overdue
from dialogues.commitment_status import days_past_due
from dialogues.dialogue_stage import stage_on
from dialogues.models import AgendaItem, Commitment, Dialogue, NextStep, NextStepDone, Participant
from reports import formatting, sentences
from reports.briefings.commitments import GatheredCommitment, commitments_made_at, gather_commitments
from reports.briefings.content.ambassador import PrintedCommitment
from reports.briefings.content.dialogue import (
    MINISTRY_KINDS,
    AgreedStep,
    DialoguePack,
    PackParticipant,
    PrintedAgendaItem,
    PrintedMeeting,
    TalkingPointList,
    further_points_sentence,
)
from reports.briefings.dialogue_numbers import build_pack_numbers
from reports.briefings.evidence import gather_evidence
from reports.briefings.newest_fact import newest_fact
from reports.briefings.recommendations import describe_recommendation, gather_recommendations, terms_in_force
from reports.briefings.requests import build_asked_information
from reports.briefings.reversal_sentences import GatheredReversals, gather_reversals
from reports.briefings.step_texts import step_texts
from reports.briefings.summary import deadline_sentence
from reports.briefings.talking_points import TalkingPointBuilder
from reports.briefings.updates import gather_versions
from reports.choices import StepKind
from reports.reader_view import ReaderView
from reports.readiness.explanation import headline
from reports.readiness.explanation.step_display import FIRST_PAGE_STEPS, StepDisplay
from reports.readiness.explanation.step_sentences import display_steps
from reports.readiness.forecast.next_steps import NextSteps
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, evaluate_readiness
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import format_date, format_short_date, gettext, join_with_and, ngettext


@snapshot()
def build_dialogue_pack(view: ReaderView, dialogue: Dialogue) -> DialoguePack:
    """Return the pack for a dialogue and one reader.

    Raises:
        PermissionDenied: if the reader may not read readiness.
        Edition.DoesNotExist: if the reader may not see the edition.
        Dialogue.DoesNotExist: if the reader may not see the dialogue, or it was not recorded by the moment.
    """
    view = view.checked()
    reader, edition, as_of = view.reader, view.edition, view.as_of
    known = Dialogue.objects.visible_to(reader).filter(country=edition.country).known_by(view.known_by)
    dialogue = known.get(pk=dialogue.pk)
    result = evaluate_readiness(gather_facts(view.edition), as_of=view.as_of, known_by=view.known_by)
    next_steps = result.next_steps()
    keys = {line.benchmark_id: line.line.key for line in result.verified.benchmarks}
    commitments = gather_commitments(view, keys)
    versions = gather_versions(view, commitments)
    earlier = list(Dialogue.objects.visible_to(reader).held_before(dialogue).filter(view.recorded, held_on__lte=as_of))
    last = earlier[0] if earlier else None
    people = list(Participant.objects.filter(dialogue=dialogue).select_related("ministry").order_by("pk"))
    ministries = dialogue.ministries_at_the_table()
    concerning = frozenset(
        Commitment.objects.visible_to(reader)
        .filter(pk__in=[commitment.row.pk for commitment in commitments])
        .concerning(ministries, view.known_by)
        .values_list("pk", flat=True)
    )
    steps = _find_next_steps(view, [dialogue, *earlier])
    their_steps = [
        step for step in steps if not ministries or step.ministry_id is None or step.ministry_id in ministries
    ]
    reversals = gather_reversals(reader, result.known_facts, as_of)
    stage = _stage(view, dialogue)
    is_held = stage is DialogueStage.HELD
    talks = TalkingPointBuilder(
        view=view,
        result=result,
        recommendations=gather_recommendations(view),
        commitments=commitments,
        versions=versions,
        evidence=gather_evidence(view, keys),
        reversals=reversals,
        terms=terms_in_force(view),
        concerning=concerning,
        table=ministries,
        steps=next_steps,
        since=last.held_on if last else None,
    ).build()
    return DialoguePack(
        **view.header,
        title=gettext("%(country)s: dialogue of %(date)s")
        % {"country": edition.country, "date": format_date(dialogue.held_on)},
        subtitle=gettext("Dialogue pack · Trafficking in Persons Report, %(edition)s")
        % {"edition": view.header["edition"]},
        facts_up_to=newest_fact(view, result.known_facts),
        held_on=dialogue.held_on,
        countdown=sentences.format_relative_date(dialogue.held_on, as_of),
        place=dialogue.place,
        purpose=dialogue.purpose,
        table=_ministry_names(people, ministries),
        stage=stage.label,
        deadline=result.deadline_on,
        sentence=_summary_sentence(talks, result),
        next_steps=_next_steps(view, result, next_steps, ministries),
        agenda=tuple(_agenda(view, dialogue, commitments, result, is_held=is_held)),
        minutes=_build_meeting(
            view, dialogue, commitments, [step for step in steps if step.dialogue_id == dialogue.pk], reversals
        )
        if is_held
        else None,
        talks=talks,
        requests=build_asked_information(view, ministries),
        numbers=build_pack_numbers(view, dialogue),
        last=_build_meeting(
            view, last, commitments, _steps_since(view, last, their_steps, dialogue), reversals, concerning=concerning
        )
        if last
        else None,
        participants=tuple(_build_participant(row, is_held=is_held) for row in people),
        disclaimer=gettext(headline.DISCLAIMER),
    )


def _stage(view: ReaderView, row: Dialogue) -> DialogueStage:
    """Return the stage of the dialogue on the day, by what was known."""
    is_recorded = row.recorded_at is not None and view.knows(row.recorded_at) and row.held_on <= view.as_of
    is_called_off = row.called_off_at is not None and view.knows(row.called_off_at)
    return stage_on(row.held_on, view.as_of, is_recorded=is_recorded, is_called_off=is_called_off)


def _summary_sentence(talks: Iterable[TalkingPointList], result: Readiness) -> str:
    """Return how many talking points of each kind are listed, how many more there are, and how far the deadline is."""
    lists = [talk for talk in talks if not talk.is_ours]
    numbers = {kind.counted: sum(each.count_listed(kind) for each in lists) for kind in MINISTRY_KINDS}
    parts = [gettext(counted) % {"number": number} for counted, number in numbers.items() if number]
    summary = (
        gettext("Talking points: %(counts)s.") % {"counts": ", ".join(parts)}
        if parts
        else gettext("There are no talking points.")
    )
    deadline = deadline_sentence(result.deadline_on, result.as_of) if result.deadline_on else ""
    return " ".join(filter(None, [summary, further_points_sentence(lists), deadline]))


def _agenda(
    view: ReaderView, row: Dialogue, commitments: Iterable[GatheredCommitment], result: Readiness, *, is_held: bool
) -> Iterable[PrintedAgendaItem]:
    """Yield the agenda items in order with their status, and with what was said if the dialogue was held."""
    printed = {commitment.row.pk: commitment.printed for commitment in commitments}
    items = AgendaItem.objects.filter(dialogue=row).select_related("recommendation__lead", "commitment__ministry")
    for item in items.order_by("position", "pk"):
        if item.commitment and not view.knows(item.commitment.recorded_at):
            continue
        yield PrintedAgendaItem(
            position=item.position,
            what=_describe_subject(item),
            whose=_responsible_name(item),
            status_text=_describe_status(item, printed, result),
            ask=item.note,
            said=item.said if is_held else "",
        )


def _describe_subject(item: AgendaItem) -> str:
    recommendation = item.recommendation
    if recommendation is None:
        return str(item)
    return describe_recommendation(recommendation)


def _responsible_name(item: AgendaItem) -> str:
    if item.recommendation:
        return item.recommendation.lead.name if item.recommendation.lead else gettext("no lead ministry")
    return item.commitment.maker if item.commitment else gettext("other topic")


def _describe_status(item: AgendaItem, printed: dict[int, PrintedCommitment], result: Readiness) -> str:
    """Return the status of an agenda item's subject; empty for a topic, and for a subject of another edition."""
    if item.commitment_id:
        return printed[item.commitment_id].status_text if item.commitment_id in printed else ""
    lines = [line for line in result.verified.benchmarks if line.recommendation_id == item.recommendation_id]
    if not lines:
        return ""
    shown = sum(bool(line.line.finding.worth) for line in lines)
    if not shown:
        return gettext("nothing verified yet")
    return ngettext(
        "verified for %(shown)d of %(number)d benchmark", "verified for %(shown)d of %(number)d benchmarks", len(lines)
    ) % {"shown": shown, "number": len(lines)}


def _build_participant(row: Participant, *, is_held: bool) -> PackParticipant:
    how = Presence(row.presence).label
    if not is_held:
        how = gettext("Expected: %(presence)s") % {"presence": formatting.lowercase_first(how)}
    elif row.came is False:
        how = gettext("Did not attend")
    return PackParticipant(
        office=row.office,
        name=row.name or ("" if is_held else gettext("name not known yet")),
        ministry=row.ministry.short_name if row.ministry else "",
        how=how,
    )


def _next_steps(
    view: ReaderView, result: Readiness, steps: NextSteps, ministries: Collection[int]
) -> tuple[StepDisplay, ...]:
    """Return the first next steps of the ministries at the table, or of all ministries if none in particular is.

    Reviews are left out, because they are the embassy's own work.
    """
    displayed = display_steps(result, steps, step_texts(result, steps, reader=view.reader)).steps
    return tuple(
        display
        for step, display in zip(steps.steps, displayed, strict=True)
        if step.kind is not StepKind.REVIEW and (not ministries or step.ministry_id in ministries)
    )[:FIRST_PAGE_STEPS]


def _ministry_names(people: Iterable[Participant], ministries: Collection[int]) -> str:
    """Return the names of the ministries at the table; empty if no ministry in particular takes part."""
    names = {row.ministry.name for row in people if row.ministry and row.ministry.pk in ministries}
    return join_with_and(sorted(names)) if names else ""


def _find_next_steps(view: ReaderView, dialogues: Sequence[Dialogue]) -> list[NextStep]:
    """Return the next steps that were agreed at these dialogues, in the order of their agreement."""
    return list(
        NextStep.objects.visible_to(view.reader)
        .filter(view.recorded, Q(dialogue__held_on__lte=view.as_of), dialogue__in=dialogues)
        .select_related("dialogue", "ministry")
        .with_marks()
        .order_by("dialogue__held_on", "pk")
    )


def _find_done(view: ReaderView, step: NextStep) -> NextStepDone | None:
    """Return the mark that the step was done by the day, as far as was known."""
    done = step.done_as_known(view.known_by)
    return done if done and done.done_on <= view.as_of else None


def _steps_since(view: ReaderView, last: Dialogue, steps: Iterable[NextStep], dialogue: Dialogue) -> list[NextStep]:
    """Return the steps agreed at the last dialogue, and those of earlier dialogues that are still open."""
    return [
        step
        for step in steps
        if step.dialogue_id == last.pk or (step.dialogue_id != dialogue.pk and not _find_done(view, step))
    ]


def _build_meeting(
    view: ReaderView,
    row: Dialogue,
    commitments: Iterable[GatheredCommitment],
    steps: Iterable[NextStep],
    reversals: GatheredReversals,
    *,
    concerning: Collection[int] | None = None,
) -> PrintedMeeting:
    """Return what was said and agreed at a dialogue, and its results since; open steps come first.

    Args:
        concerning: the keys of the commitments to list. The others are only counted. None: list all.
    """
    all_made = commitments_made_at(row, commitments)
    made = [commitment for commitment in all_made if concerning is None or commitment.row.pk in concerning]
    return PrintedMeeting(
        held_on=row.held_on,
        place=row.place,
        record=row.record,
        agreed=row.agreed,
        summary=sentences.describe_status_counts(
            [commitment.printed.state for commitment in made], reversed_since=reversals.count_reversed(made)
        ),
        commitments=tuple(commitment.printed for commitment in made),
        others=_other_commitments_sentence(len(all_made) - len(made), len(made)),
        steps=tuple(
            _build_step(view, step) for step in sorted(steps, key=lambda step: _find_done(view, step) is not None)
        ),
    )


def _other_commitments_sentence(others: int, listed: int) -> str:
    """Return how many commitments were made at a dialogue besides those listed; empty if all are listed."""
    if not others:
        return ""
    if not listed:
        return ngettext(
            "%(number)d commitment was made at this dialogue. It does not concern the ministries of this pack.",
            "%(number)d commitments were made at this dialogue. None of them concerns the ministries of this pack.",
            others,
        ) % {"number": others}
    return ngettext(
        "%(number)d more commitment was made at this dialogue. It does not concern the ministries of this pack.",
        "%(number)d more commitments were made at this dialogue. They do not concern the ministries of this pack.",
        others,
    ) % {"number": others}


def _build_step(view: ReaderView, step: NextStep) -> AgreedStep:
    due_on = step.due_on
    if done := _find_done(view, step):
        state = "verified_done"
        values = {"date": format_short_date(done.done_on), "result": done.result}
        status_text = (
            gettext("done %(date)s. Result: %(result)s") if done.result else gettext("done %(date)s")
        ) % values
    elif overdue := days_past_due(due_on, view.as_of):
        state, status_text = "overdue", format_overdue(overdue)
    else:
        state, status_text = (
            "open",
            gettext("due %(when)s") % {"when": sentences.format_relative_date(due_on, view.as_of)}
            if due_on
            else gettext("still open"),
        )
    return AgreedStep(
        text=step.text,
        owner=step.owner,
        agreed_on=step.dialogue.held_on,
        due_on=due_on,
        state=state,
        status_text=status_text,
    )
