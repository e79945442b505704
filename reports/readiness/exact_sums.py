"""Shares as exact fractions, and their sums. No Django here."""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

NOTHING, HALF, FULL = Fraction(0), Fraction(1, 2), Fraction(1)


def weighted_sum(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """Return the exact sum of the products of these pairs.

    It adds integers for each denominator, because each operation on fractions looks for a common divisor.
    """
    numerators: dict[int, int] = {}
    for weight, share in pairs:
        if share is not NOTHING:
            denominator = weight.denominator * share.denominator
            numerators[denominator] = numerators.get(denominator, 0) + weight.numerator * share.numerator
    return sum((Fraction(*ratio[::-1]) for ratio in numerators.items()), NOTHING)


exact_weight = lru_cache(maxsize=1024)(Fraction)
"""Return a weight as a fraction. There are few different weights, and each is used again and again."""
