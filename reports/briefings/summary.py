"""Where the record stands: the sentence, the bar, and the four parts with their reasons."""

from decimal import Decimal

from reports import formatting
from reports.briefings.content.ambassador import PrintedPart, PrintedQuestion, ReadinessSummary
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.explanation import context_display, headline, score_display
from reports.readiness.readiness import Readiness

NOT_REVIEWED = "not reviewed yet"


def build_readiness_summary(result: Readiness) -> ReadinessSummary:
    """The sentence and the figures of the bar."""
    bar, reason = score_display.readiness_bar_figures(result), result.working_mark_reason.rstrip(".")
    return ReadinessSummary(
        sentence=headline.headline(result),
        verified=bar.verified,
        claimed=bar.claimed,
        mark=bar.mark,
        ceiling=bar.ceiling,
        possible=context_display.describe_possible(result),
        watch_list=context_display.describe_watch_list(result),
        mark_note=""
        if bar.mark is None
        else f"Our target of {formatting.format_number(bar.mark)}: {formatting.lowercase_first(reason)}.",
    )


def build_parts(result: Readiness) -> tuple[PrintedPart, ...]:
    """The four parts; of concrete action the recommendations are told in an annex of their own."""
    return tuple(
        _build_part(printed, with_questions=part.key is not PartKey.ACTION)
        for part, printed in zip(result.verified.parts, score_display.display_parts(result), strict=True)
    )


def with_claim(reason: str, claim: str) -> str:
    """A reason and, where a claim would add something, what is claimed, said to be so."""
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
    """In a column every figure has its decimal, so that they stand under each other."""
    return None if points is None else points.quantize(Decimal("0.1"))


def _verdict_label(verdict: ReadinessVerdict, is_reviewed: bool) -> str:
    return formatting.lowercase_first(verdict.label) if is_reviewed else NOT_REVIEWED
