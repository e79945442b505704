"""Build the readiness summary: the sentence, the first paragraph, the bar, and the four parts with their reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language

from reports import formatting, sentences
from reports.briefings.content.ambassador import PrintedPart, PrintedQuestion, ReadinessSummary
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.explanation import context_display, headline, score_display
from reports.readiness.explanation.step_display import StepDisplay
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_date, format_number, gettext, gettext_noop, join_with_and, ngettext

NOT_REVIEWED = gettext_noop("not reviewed yet")

MAX_PARAGRAPH_WORDS = 120
"""The most words in the first paragraph of an ambassador's briefing in English."""
WORDS_FOR_AN_ENGLISH_WORD = {"fr": 1.25}
"""How many words a language needs for what English says in one. Otherwise a translated paragraph would say less."""
MAX_PARAGRAPH_STEPS = 2
"""The most next steps that the paragraph names."""
MIN_STEP_WORDS = 30
"""The words that the paragraph keeps for one next step before it explains a fall."""
MAX_PARAGRAPH_MINISTRIES = 2
"""The most ministries that the paragraph names as overdue."""


@dataclass(frozen=True, slots=True)
class OverdueItems:
    """The overdue commitments or requests for information: how many, the most days overdue, and the ministries.

    The ministries come in the order of their items, the worst first.
    """

    number: int
    most_days: int
    ministries: Sequence[str]


@dataclass(frozen=True, slots=True)
class ComparedDay:
    """The last dialogue or briefing before the document, and readiness then, as known at the time.

    `score` is None if nothing had been reviewed by then.
    """

    day: date
    is_dialogue: bool
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class ParagraphFacts:
    """What the first paragraph of an ambassador's briefing says.

    Attributes:
        place: the country, as in "Lesotho".
        year: the year of the edition.
        tier: the country's tier in the edition.
        target_tier: the tier that the post works towards; empty if none is set.
        as_of: the day that the document describes.
        deadline_on: the deadline; None if there is none.
        score: readiness on the day, of 100; None if nothing has been reviewed.
        target: the post's target for readiness; None if none is set.
        has_reached_target: whether the exact score, of which `score` is rounded, has reached the target.
        waiting: the number of claims that nobody has reviewed.
        since: the last dialogue or briefing; None if there was none.
        falls: how far readiness has fallen since its highest week, the fullest text first; empty if it has not.
        next_dialogue_on: the day of the next planned dialogue; None if none is planned.
        missed: the missed milestones, by labels that say whose they are.
        is_missed_by_department: whether the Department alone missed them.
        steps: the next steps, in their order.
        overdue: the overdue commitments of the government.
        overdue_requests: the requests for information that are overdue.
        late_updates: the number of updates that wait and were received after the due date.
        pending: the number of the government's commitments that need follow-up, overdue ones included.
        commitments: the number of all its commitments.
    """

    place: str
    year: int
    tier: str
    target_tier: str
    as_of: date
    deadline_on: date | None
    score: Decimal | None
    target: Decimal | None
    has_reached_target: bool
    waiting: int
    since: ComparedDay | None
    steps: Sequence[StepDisplay]
    overdue: OverdueItems
    pending: int
    commitments: int
    overdue_requests: OverdueItems = OverdueItems(0, 0, ())
    late_updates: int = 0
    falls: Sequence[str] = ()
    next_dialogue_on: date | None = None
    missed: Sequence[str] = ()
    is_missed_by_department: bool = True


def build_readiness_summary(result: Readiness, paragraph: str = "") -> ReadinessSummary:
    """Return the sentence, the first paragraph and the figures of the readiness bar."""
    bar, reason = score_display.readiness_bar_figures(result), result.readiness_target_reason.rstrip(".")
    return ReadinessSummary(
        sentence=headline.headline(result),
        verified=bar.verified,
        claimed=bar.claimed,
        mark=bar.mark,
        projected=bar.projected,
        possible=context_display.describe_possible(result),
        watch_list=context_display.describe_watch_list(result),
        mark_note=""
        if bar.mark is None
        else gettext("Reason for our target of %(target)s: %(reason)s.")
        % {"target": format_number(bar.mark), "reason": reason},
        paragraph=paragraph,
    )


def write_paragraph(facts: ParagraphFacts) -> str:
    """Return the first paragraph: prose of at most `MAX_PARAGRAPH_WORDS` words that a cable can quote as it stands.

    Names and texts of the record may be long. If the words do not suffice, the paragraph names fewer ministries and
    steps, never fewer figures.
    """
    opening = [_tier_sentence(facts), *_readiness_sentences(facts), *_change_sentences(facts)]
    late: list[str] = []
    kinds = (_overdue_variants, _late_update_variants, _request_variants, _missed_variants)
    counted = [list(variants(facts)) for variants in kinds]
    for place, variants in enumerate(counted):  # each leaves room for the figures of those after it
        shortest = [later[-1] for later in counted[place + 1 :] if later]
        late.append(_first_fitting(iter(variants), _words_left([*opening, *late, *shortest])))
    fall = _first_fitting(iter(facts.falls), _words_left([*opening, *late]) - MIN_STEP_WORDS)
    steps = _first_fitting(_step_variants(facts), _words_left([*opening, fall, *late]))
    texts = [*opening, fall, steps, *late]
    dialogue = _first_fitting(_dialogue_variants(facts), _words_left(texts))
    return " ".join(filter(None, [*texts, dialogue]))


def _words_left(texts: Sequence[str]) -> int:
    most = int(MAX_PARAGRAPH_WORDS * WORDS_FOR_AN_ENGLISH_WORD.get(get_language() or "", 1))
    return most - sum(_count_words(text) for text in texts)


def _count_words(text: str) -> int:
    """Return the number of words. French sets a colon apart, which is not a word."""
    return sum(any(map(str.isalnum, word)) for word in text.split())


def _first_fitting(variants: Iterator[str], words: int) -> str:
    """Return the first of these texts that has at most so many words; empty if none has."""
    return next((variant for variant in variants if _count_words(variant) <= words), "")


def _tier_sentence(facts: ParagraphFacts) -> str:
    values = {"year": facts.year, "country": facts.place, "tier": facts.tier, "target": facts.target_tier}
    if not facts.target_tier:
        return gettext("The %(year)s Trafficking in Persons Report placed %(country)s on %(tier)s.") % values
    return (
        gettext(
            "The %(year)s Trafficking in Persons Report placed %(country)s on %(tier)s. Our target tier is %(target)s."
        )
        % values
    )


def _readiness_sentences(facts: ParagraphFacts) -> Iterator[str]:
    """Yield readiness with the target, then the deadline."""
    values = {"date": format_date(facts.as_of)}
    if facts.target is not None:
        values["target"] = format_number(facts.target)
    if facts.score is None:
        yield _unreviewed_sentence(facts)
        if facts.target is not None:
            yield gettext("Our target for readiness is %(target)s of 100.") % values
    else:
        values["score"] = format_number(facts.score)
        if facts.target is None:
            yield gettext("On %(date)s readiness is %(score)s of 100. No target is set.") % values
        elif facts.has_reached_target:
            yield (
                gettext("On %(date)s readiness is %(score)s of 100 and has reached our target of %(target)s.") % values
            )
        elif facts.score >= facts.target:
            yield (
                gettext("On %(date)s readiness is %(score)s of 100 and has not quite reached our target of %(target)s.")
                % values
            )
        else:
            yield gettext("On %(date)s readiness is %(score)s of 100, below our target of %(target)s.") % values
    if facts.deadline_on is not None:
        yield deadline_sentence(facts.deadline_on, facts.as_of)


def _unreviewed_sentence(facts: ParagraphFacts) -> str:
    values = {"date": format_date(facts.as_of), "number": facts.waiting}
    if not facts.waiting:
        return (
            gettext("By %(date)s no claim has been reviewed, so readiness has no figure. No claim waits for a review.")
            % values
        )
    return (
        ngettext(
            "By %(date)s no claim has been reviewed, so readiness has no figure. %(number)d claim waits for a review.",
            "By %(date)s no claim has been reviewed, so readiness has no figure. %(number)d claims wait for a review.",
            facts.waiting,
        )
        % values
    )


def deadline_sentence(deadline_on: date, as_of: date) -> str:
    """Return the deadline and how far it is from a day, in a sentence."""
    days = (deadline_on - as_of).days
    values = {"date": format_date(deadline_on), "number": abs(days)}
    if days == 0:
        return gettext("The deadline is today, %(date)s.") % values
    if days > 0:
        return (
            ngettext(
                "The deadline is %(date)s, in %(number)d day.", "The deadline is %(date)s, in %(number)d days.", days
            )
            % values
        )
    return (
        ngettext(
            "The deadline was %(date)s, %(number)d day ago.", "The deadline was %(date)s, %(number)d days ago.", -days
        )
        % values
    )


def _change_sentences(facts: ParagraphFacts) -> Iterator[str]:
    """Yield how readiness has changed since the last dialogue or briefing."""
    if facts.since is None:
        return
    values = {"date": format_date(facts.since.day)}
    if facts.score is None or facts.since.score is None:  # no claim had been reviewed on one of the days
        yield (
            gettext("The last dialogue was on %(date)s.")
            if facts.since.is_dialogue
            else gettext("The last briefing was for %(date)s.")
        ) % values
        return
    values |= {"before": format_number(facts.since.score), "now": format_number(facts.score)}
    if facts.since.score == facts.score:
        yield (
            gettext("Readiness has not changed since the dialogue of %(date)s.")
            if facts.since.is_dialogue
            else gettext("Readiness has not changed since the briefing of %(date)s.")
        ) % values
    elif facts.since.score < facts.score:
        yield (
            gettext("Since the dialogue of %(date)s readiness has risen from %(before)s to %(now)s.")
            if facts.since.is_dialogue
            else gettext("Since the briefing of %(date)s readiness has risen from %(before)s to %(now)s.")
        ) % values
    else:
        yield (
            gettext("Since the dialogue of %(date)s readiness has fallen from %(before)s to %(now)s.")
            if facts.since.is_dialogue
            else gettext("Since the briefing of %(date)s readiness has fallen from %(before)s to %(now)s.")
        ) % values


def _step_variants(facts: ParagraphFacts) -> Iterator[str]:
    """Yield texts on the next steps, the fullest first: two steps, one step, only who has to take it."""
    if not facts.steps:
        yield gettext("No next step would raise readiness.")
        return
    for number in range(min(MAX_PARAGRAPH_STEPS, len(facts.steps)), 0, -1):
        named = facts.steps[:number]
        sentences_of_steps = [step.sentence for step in named], [step.shorter or step.sentence for step in named]
        for texts in dict.fromkeys(map(" ".join, sentences_of_steps)):
            yield from _named_step_variants(facts, texts, number)
    if owner := facts.steps[0].owner:
        yield gettext("The next step is for: %(owner)s.") % {"owner": owner}


def _named_step_variants(facts: ParagraphFacts, texts: str, number: int) -> Iterator[str]:
    """Yield texts that name the first `number` steps by these texts: with what reaches the target, and without."""
    values = {"steps": texts, "number": number}
    if (readiness := facts.steps[number - 1].cumulative) is None:
        yield ngettext("Next step: %(steps)s", "Next steps: %(steps)s", number) % values
        return
    values["readiness"] = format_number(readiness)
    sentence = ngettext(
        "Next step: %(steps)s Readiness would then be %(readiness)s.",
        "Next steps: %(steps)s Readiness would then be %(readiness)s.",
        number,
    )
    if target := _target_sentence(facts.steps, after=number):
        yield f"{sentence % values} {target}"
    yield sentence % values


def _target_sentence(steps: Sequence[StepDisplay], *, after: int) -> str:
    """Return with how many steps readiness reaches the target; empty if the first `after` do, or no number does.

    They are counted as below the heading of the table, where all reviews are one row.
    """
    place = next((place for place, step in enumerate(steps, 1) if step.reaches_target), 0)
    if place <= after:
        return ""
    values = {"number": sum(step.number for step in steps[:place])}
    return gettext("With the first %(number)d next steps it would reach our target.") % values


def _overdue_variants(facts: ParagraphFacts) -> Iterator[str]:
    """Yield texts on what is overdue and with whom, the fullest first."""
    overdue = facts.overdue
    if not facts.commitments:
        yield gettext("The government has made no commitment yet.")
        return
    if not overdue.number:
        values = {"number": facts.pending}
        yield (
            ngettext(
                "No commitment is overdue; %(number)d needs follow-up.",
                "No commitment is overdue; %(number)d need follow-up.",
                facts.pending,
            )
            % values
            if facts.pending
            else gettext("No commitment is overdue, and none needs follow-up.")
        )
        return
    values = {"number": overdue.number, "days": overdue.most_days}
    for named in range(min(MAX_PARAGRAPH_MINISTRIES, len(overdue.ministries)), 0, -1):
        yield _overdue_sentence(overdue) % {**values, "ministries": _list_ministries(overdue.ministries, named)}
    yield (
        ngettext("%(number)d commitment is overdue.", "%(number)d commitments are overdue.", overdue.number) % values
    )


def _late_update_variants(facts: ParagraphFacts) -> Iterator[str]:
    """Yield how many updates that wait came late. Their commitments are not overdue, but not in time either."""
    if facts.late_updates:
        yield sentences.count_late_updates(facts.late_updates)


def _request_variants(facts: ParagraphFacts) -> Iterator[str]:
    """Yield texts on the requests for information that are overdue and with whom, the fullest first."""
    overdue = facts.overdue_requests
    if not overdue.number:
        return
    values = {"number": overdue.number, "days": overdue.most_days}
    for named in range(min(MAX_PARAGRAPH_MINISTRIES, len(overdue.ministries)), 0, -1):
        yield _request_sentence(overdue) % {**values, "ministries": _list_ministries(overdue.ministries, named)}
    yield count_overdue_requests(overdue.number)


def count_overdue_requests(number: int) -> str:
    """Return how many requests for information are overdue, in a sentence."""
    sentence = ngettext(
        "%(number)d request for information is overdue.", "%(number)d requests for information are overdue.", number
    )
    return sentence % {"number": number}


def _missed_variants(facts: ParagraphFacts) -> Iterator[str]:
    """Yield texts on missed milestones: with their names, then only how many."""
    if not (number := len(facts.missed)):
        return
    values = {"number": number, "names": join_with_and(facts.missed)}
    yield (
        ngettext("%(number)d milestone was missed: %(names)s.", "%(number)d milestones were missed: %(names)s.", number)
        % values
    )
    short = ngettext("%(number)d milestone was missed.", "%(number)d milestones were missed.", number)
    if facts.is_missed_by_department:
        short = ngettext(
            "%(number)d milestone of the Department was missed.",
            "%(number)d milestones of the Department were missed.",
            number,
        )
    yield short % values


def _dialogue_variants(facts: ParagraphFacts) -> Iterator[str]:
    """Yield when the next dialogue is planned."""
    if facts.next_dialogue_on is not None:
        values = {"date": format_date(facts.next_dialogue_on)}
        yield gettext("The next dialogue is planned for %(date)s.") % values


def _overdue_sentence(overdue: OverdueItems) -> str:
    if overdue.number == 1:
        return ngettext(
            "1 commitment is overdue, by %(days)d day: %(ministries)s.",
            "1 commitment is overdue, by %(days)d days: %(ministries)s.",
            overdue.most_days,
        )
    return ngettext(
        "%(number)d commitments are overdue, by up to %(days)d day: %(ministries)s.",
        "%(number)d commitments are overdue, by up to %(days)d days: %(ministries)s.",
        overdue.most_days,
    )


def _request_sentence(overdue: OverdueItems) -> str:
    if overdue.number == 1:
        return ngettext(
            "1 request for information is overdue, by %(days)d day: %(ministries)s.",
            "1 request for information is overdue, by %(days)d days: %(ministries)s.",
            overdue.most_days,
        )
    return ngettext(
        "%(number)d requests for information are overdue, by up to %(days)d day: %(ministries)s.",
        "%(number)d requests for information are overdue, by up to %(days)d days: %(ministries)s.",
        overdue.most_days,
    )


def _list_ministries(ministries: Sequence[str], named: int) -> str:
    """Return the first `named` ministries, and how many others there are."""
    if not (others := len(ministries) - named):
        return join_with_and(ministries)
    values = {"ministries": ", ".join(ministries[:named]), "number": others}
    return (
        ngettext(
            "%(ministries)s and %(number)d other ministry", "%(ministries)s and %(number)d other ministries", others
        )
        % values
    )


def build_parts(result: Readiness) -> tuple[PrintedPart, ...]:
    """Return the four parts.

    The concrete action part has no questions, because the recommendations have an annex of their own.
    """
    return tuple(
        _build_part(printed, with_questions=part.key is not PartKey.ACTION)
        for part, printed in zip(result.verified.parts, score_display.display_parts(result), strict=True)
    )


def with_claim(reason: str, claim: str) -> str:
    """Return a reason, followed by what is claimed if a claim would add something."""
    if not claim:
        return reason
    return gettext("%(reason)s Claimed: %(claim)s") % {"reason": reason, "claim": formatting.lowercase_first(claim)}


def _build_part(printed: score_display.PartDisplay, *, with_questions: bool) -> PrintedPart:
    is_reviewed = printed.points is not None
    return PrintedPart(
        title=printed.title,
        points=_with_one_decimal(printed.points),
        claimed=_with_one_decimal(printed.claimed),
        of=printed.of,
        verdict=_verdict_label(printed.verdict, is_reviewed),
        reason=printed.reason if is_reviewed else gettext("Nothing has been reviewed yet."),
        law=printed.law,
        questions=tuple(
            PrintedQuestion(
                title=line.title,
                points=_with_one_decimal(line.points),
                of=line.of,
                verdict=_verdict_label(line.verdict, is_reviewed),
                reason=with_claim(line.reason, line.claim),
            )
            for line in printed.lines
            if with_questions
        ),
    )


def _with_one_decimal(points: Decimal | None) -> Decimal | None:
    """Give a figure exactly one decimal, so that the figures of a column align."""
    return None if points is None else points.quantize(Decimal("0.1"))


def _verdict_label(verdict: ReadinessVerdict, is_reviewed: bool) -> str:
    return formatting.lowercase_first(verdict.label) if is_reviewed else gettext(NOT_REVIEWED)
