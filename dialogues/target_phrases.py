"""Say in sentences how far an indicator is on the way to its annual target. No Django here."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from dialogues.target_progress import ProgressState, TargetProgress
from recommendations.choices import Better
from tiptracker.localization import format_number, gettext, gettext_noop, ngettext
from tiptracker.numbers import strip_zeros


def describe_progress(progress: TargetProgress, better: Better) -> list[str]:
    """Return what is said of an indicator's progress, the most important sentence first.

    `better` says whether the figure should rise or fall.
    """
    values = {"gap": format_figure(progress.gap)}
    match progress.state:
        case ProgressState.UNDER_WAY:
            return [*_share(progress), *_needed(progress, better, values)]
        case ProgressState.WITHIN:
            return [gettext("The figure is within the annual target so far."), *_room_left(progress, values)]
        case ProgressState.NO_FIGURE:
            return [gettext("There is no verified figure for this year yet."), *_time_left(progress)]
    return [gettext(_SETTLED[progress.state]) % values]


_SETTLED: dict[ProgressState, str] = {
    ProgressState.DROPPED: gettext_noop("The annual target was dropped."),
    ProgressState.REACHED: gettext_noop("The annual target is reached."),
    ProgressState.EXCEEDED: gettext_noop("The figure is above the annual target by %(gap)s."),
    ProgressState.MISSED: gettext_noop("The deadline has passed. The annual target was missed by %(gap)s."),
}
"""What is said where nothing more can change."""


def format_share(share: Fraction) -> str:
    """Format a share of the way: "50%"."""
    return gettext("%(number)s%%") % {"number": format_number(_rounded(share * 100, "1"))}


def format_pace(pace: Fraction) -> str:
    """Format a number a month, to one decimal: "5.9", "12"."""
    return format_figure(_rounded(pace, "0.1"))


def format_figure(figure: Decimal | None) -> str:
    """Format a figure without trailing zeros; empty without one."""
    plain = strip_zeros(figure)
    return "" if plain is None else format_number(plain)


def _share(progress: TargetProgress) -> list[str]:
    if progress.share is None:
        return []
    sentence = gettext("%(share)s of the way from the baseline to the annual target.")
    return [sentence % {"share": format_share(progress.share)}]


def _needed(progress: TargetProgress, better: Better, values: dict[str, str]) -> list[str]:
    more = gettext("Still needed by the deadline: %(gap)s more.")
    fewer = gettext("Still needed by the deadline: %(gap)s less.")
    sentences = [(more if better is Better.UP else fewer) % values, *_time_left(progress)]
    if progress.needed is not None:
        sentences.append(gettext("Pace needed: %(pace)s a month.") % {"pace": format_pace(progress.needed)})
    if progress.pace is not None:
        sentences.append(gettext("Pace so far: %(pace)s a month.") % {"pace": format_pace(progress.pace)})
    return sentences


def _room_left(progress: TargetProgress, values: dict[str, str]) -> list[str]:
    if not progress.days_left:
        return []
    return [gettext("It may still rise by %(gap)s until the deadline.") % values, *_time_left(progress)]


def _time_left(progress: TargetProgress) -> list[str]:
    if not progress.days_left:
        return [gettext("The deadline has passed.")]
    return [
        ngettext("%(number)d day is left.", "%(number)d days are left.", progress.days_left)
        % {"number": progress.days_left}
    ]


def _rounded(value: Fraction, step: str) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(step), ROUND_HALF_UP)
