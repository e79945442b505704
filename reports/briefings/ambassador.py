"""The ambassador's briefing.

The four parts come from the readiness rules; everything else from the rows that this reader may see.
What was recorded after the moment, or had not happened by the day, is not in it.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied

from dialogues.models import AgendaItem, Dialogue, UpdateRound
from recommendations.choices import MilestoneKind
from recommendations.models import Edition, Milestone, Recommendation
from reports import formatting, sentences
from reports.briefings import content
from reports.briefings.checks import told_checks
from reports.briefings.evidence import gather_proof
from reports.briefings.promises import Promise, gather_promises, press_for
from reports.briefings.reader import Seen, in_office
from reports.briefings.recommendations import gather_asked, label, told_recommendations
from reports.briefings.step_texts import step_texts
from reports.briefings.summary import told_parts, told_standing
from reports.briefings.trend import told_trend
from reports.briefings.updates import gather_rounds, is_decided, told_updates
from reports.readiness import countable_facts
from reports.readiness.explanation import headline
from reports.readiness.explanation.step_sentences import told_steps
from reports.readiness.facts import Facts
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import readiness
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import Marking
from tiptracker.infrastructure.read_snapshot import snapshot


@snapshot()
def build_briefing(
    *,
    reader: User,
    edition: Edition,
    as_of: date,
    known_by: datetime | None,
    marking: Marking = Marking.SBU,
    is_cleared: bool = False,
) -> content.BriefingContent:
    """The ambassador's briefing on an edition, for one reader: all its rows as they stood at one moment.

    `as_of` is a day in the country, `known_by` an aware moment or None for all that is recorded.
    Raises PermissionDenied for a reader who may not read readiness, and Edition.DoesNotExist for
    an edition this reader may not see.
    """
    if not reader.is_embassy:
        raise PermissionDenied
    edition = Edition.objects.visible_to(reader).select_related("country").get(pk=edition.pk)
    seen = Seen(reader, edition, as_of, known_by)
    facts = countable_facts.known(gather_facts(edition), known_by)
    result = readiness(facts, as_of=as_of, known_by=known_by)
    steps = result.next_steps()
    keys = {line.benchmark_id: line.line.key for line in result.verified.benchmarks}
    asked = gather_asked(seen)
    promises = gather_promises(seen, keys)
    proof = gather_proof(seen, keys)
    rounds = gather_rounds(seen, promises)
    dialogues = _dialogues(seen)
    milestones = list(Milestone.objects.visible_to(reader).filter(edition=edition).as_known_by(known_by))
    recommendations = told_recommendations(seen, asked, facts, result, proof)
    known = seen.local(known_by) if known_by else None
    return content.BriefingContent(
        title=f"{edition.country}: where the record stands",
        subtitle=_subtitle(edition),
        post=f"U.S. Embassy, {edition.country}",
        country=edition.country.name,
        marking=marking.label,
        is_cleared=is_cleared,
        edition=f"{edition.year} edition",
        as_of=as_of,
        known_by=known,
        facts_up_to=_facts_up_to(seen, facts, promises, rounds, dialogues),
        window=_window(edition),
        deadline=result.deadline_on,
        countdown=sentences.distance(result.deadline_on, as_of) if result.deadline_on else "",
        standing=told_standing(result),
        parts=told_parts(result),
        checks=told_checks(result.checks, promises, proof),
        ladder=told_steps(result, steps, step_texts(result, steps, reader=reader)),
        trend=told_trend(seen, facts, dialogues, milestones),
        press_for=press_for(promises, result.deadline_on),
        milestones=_milestones(seen, milestones),
        ministries=_ministries(seen, asked, promises),
        united_states=tuple(promise.told for promise in promises if promise.is_our_own),
        recommendations=recommendations,
        dialogues=tuple(_dialogue(row, promises) for row in dialogues),
        updates=told_updates(seen, rounds, promises, proof),
        evidence=proof.annex,
        methodology=f"Method version {result.method}.",
        disclaimer=headline.DISCLAIMER,
    )


def _subtitle(edition: Edition) -> str:
    target = f", target {edition.get_target_tier_display()}" if edition.target_tier else ""
    report = f"Trafficking in Persons Report, {edition.year} edition"
    return f"Ambassador’s briefing · {report}: {edition.get_tier_display()}{target}"


def _window(edition: Edition) -> str:
    return (
        f"Only concrete actions of the government between {formatting.day(edition.starts_on)} and "
        f"{formatting.day(edition.ends_on)} count, once the embassy has verified them."
    )


def _facts_up_to(
    seen: Seen, facts: Facts, promises: list[Promise], rounds: list[UpdateRound], dialogues: list[Dialogue]
) -> datetime | None:
    """When the newest fact in the briefing was recorded."""
    moments = [
        countable_facts.facts_up_to(facts),
        *(event.recorded_at for promise in promises for event in promise.events),
        *(row.decision.recorded_at for row in rounds if is_decided(seen, row)),
        *(row.recorded_at for row in dialogues),
    ]
    newest = max((moment for moment in moments if moment), default=None)
    return seen.local(newest) if newest else None


def _milestones(seen: Seen, rows: Iterable[Milestone]) -> tuple[content.Milestone, ...]:
    return tuple(
        content.Milestone(
            title=row.get_kind_display(),
            on=row.falls_on,
            is_done=row.done_on is not None and row.done_on <= seen.as_of,
            standing=sentences.milestone(MilestoneKind(row.kind), row.falls_on, row.done_on, seen.as_of),
        )
        for row in rows
    )


def _ministries(
    seen: Seen, asked: Iterable[Recommendation], promises: Iterable[Promise]
) -> tuple[content.Ministry, ...]:
    """Those that lead on a recommendation or have promised something, by name."""
    rows = Ministry.objects.visible_to(seen.reader).filter(country=seen.edition.country)
    told = (
        _ministry(
            seen,
            row,
            [label(one) for one in asked if one.lead_id == row.pk],
            [promise for promise in promises if promise.row.ministry_id == row.pk],
        )
        for row in rows.prefetch_related("office_holders").order_by("name")
    )
    return tuple(one for one in told if one.leads or one.undertakings)


def _ministry(seen: Seen, row: Ministry, leads: list[str], own: list[Promise]) -> content.Ministry:
    return content.Ministry(
        name=row.name,
        minister=in_office(seen, row),
        leads=f"recommendation{'' if len(leads) == 1 else 's'} {formatting.listed(leads)}" if leads else "",
        summary=sentences.tallied([promise.standing.status for promise in own]),
        undertakings=tuple(promise.told for promise in own),
    )


def _dialogues(seen: Seen) -> list[Dialogue]:
    """Those held since the tracking period began, newest first."""
    return list(
        Dialogue.objects.visible_to(seen.reader)
        .held()
        .filter(seen.recorded, country=seen.edition.country, held_on__range=(seen.edition.starts_on, seen.as_of))
        .prefetch_related("participants", "agenda__recommendation", "agenda__commitment")
        .order_by("-held_on", "-pk")
    )


def _dialogue(row: Dialogue, promises: Iterable[Promise]) -> content.Dialogue:
    return content.Dialogue(
        held_on=row.held_on,
        place=row.place,
        purpose=row.purpose,
        participants=tuple(
            content.Participant(
                name=person.name or person.office,
                office=person.office if person.name else "",
                attended=formatting.within(person.get_presence_display()),
            )
            for person in row.participants.all()
            if person.came is not False
        ),
        agenda=tuple(f"{_about(item)}{f' ({item.note})' if item.note else ''}" for item in row.agenda.all()),
        record=_said(row),
        conclusions=row.agreed,
        agreed=tuple(promise.told for promise in promises if promise.row.dialogue_id == row.pk),
    )


def _about(item: AgendaItem) -> str:
    return f"{label(item.recommendation)}. {item.recommendation.text}" if item.recommendation else str(item)


def _said(row: Dialogue) -> str:
    """What was said, and then what was said of each item."""
    of_items = (f"{_about(item)}: {item.said}" for item in row.agenda.all() if item.said)
    return "\n".join(filter(None, (row.record, *of_items)))
