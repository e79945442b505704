"""Format numbers, dates and lists for sentences, and round points for display."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

from tiptracker.localization import format_number


def format_points(value: Fraction) -> str:
    """Format points as pages print them, to one decimal: `31.5`, `45`."""
    return format_number(round_to_tenth(value))


def lowercase_first(name: str) -> str:
    """Lowercase the first letter of a heading for use inside a sentence: `government money`.

    A name whose second letter is a capital, such as an abbreviation, stays unchanged.
    """
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def capitalize_first(name: str) -> str:
    """Capitalize the first letter of a name that opens a sentence: `Prosecutions`."""
    return name[:1].upper() + name[1:]


def round_to_tenth(value: Fraction) -> Decimal:
    """Round points to one decimal, halves up, as pages print them."""
    return Decimal(floor(value * 10 + Fraction(1, 2))) / 10


def round_preserving_sum(values: Sequence[Fraction], *, total: Decimal | None = None) -> tuple[Decimal, ...]:
    """Round points to one decimal by largest remainder, so that the printed figures add up.

    Args:
        values: the exact figures to round.
        total: the printed sum, if it is settled already (a part within the score). It must be the exact sum
            rounded up or down to a tenth, as every figure from this function is. Default: the exact sum, rounded.

    Returns one figure for each value, in order; they add up to the total exactly. Of equal remainders the first is
    rounded up.
    """
    tenths = [floor(value * 10) for value in values]
    target_sum = round_to_tenth(sum(values, Fraction(0))) if total is None else total
    missing = int(target_sum * 10) - sum(tenths)
    by_remainder = sorted(range(len(values)), key=lambda i: (tenths[i] - values[i] * 10, i))
    for i in by_remainder[:missing]:
        tenths[i] += 1
    return tuple(Decimal(tenth) / 10 for tenth in tenths)


def round_possible_points(
    possible: Sequence[Fraction], reached: Sequence[Fraction], printed: Sequence[Decimal]
) -> tuple[Decimal, ...]:
    """Round the most that each line can give, so that the printed figures add up.

    A line that gives all of it shows the same figure twice: `6.6 of 6.6`.

    Args:
        possible: the most that each line can give.
        reached: what each line gives.
        printed: `reached`, rounded.
    """
    lines = zip(possible, reached, printed, strict=True)
    remainders = [most - Fraction(figure) if points == most else Fraction(0) for most, points, figure in lines]
    order = sorted(range(len(possible)), key=remainders.__getitem__)
    rounded = dict(zip(order, round_preserving_sum([possible[index] for index in order]), strict=True))
    return tuple(rounded[index] for index in range(len(possible)))
