"""Build the readiness summary: the sentence, the bar, and the four parts with their reasons."""

from decimal import Decimal

from reports import formatting
from reports.briefings.content.ambassador import PrintedPart, PrintedQuestion, ReadinessSummary
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.explanation import context_display, headline, score_display
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_number

NOT_REVIEWED = "not reviewed yet"


def build_readiness_summary(result: Readiness) -> ReadinessSummary:
    """Return the sentence and the figures of the readiness bar."""
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
        else f"Our target of {format_number(bar.mark)}: {formatting.lowercase_first(reason)}.",
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
    return f"{reason} {claim if claim.startswith('Claimed') else f'Claimed: {formatting.lowercase_first(claim)}'}"


def _build_part(printed: score_display.PartDisplay, *, with_questions: bool) -> PrintedPart:
    is_reviewed = printed.points is not None
    return PrintedPart(
        title=printed.title,
        points=_with_one_decimal(printed.points),
        claimed=_with_one_decimal(printed.claimed),
        of=printed.of,
        verdict=_verdict_label(printed.verdict, is_reviewed),
        reason=printed.reason if is_reviewed else "Nothing has been reviewed yet.",
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
    return formatting.lowercase_first(verdict.label) if is_reviewed else NOT_REVIEWED
