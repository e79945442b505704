"""The exercise on top of the public record, which the demonstration alone may load."""

from typing import Any

from django.core.management import call_command
from django.test import override_settings


def load_exercise(**options: Any) -> None:
    """Load the public record of Lesotho and the exercise, as far as the clock's now has reached them."""
    with override_settings(DEMONSTRATION=True):
        call_command("load_lesotho", "--exercise", **options)
