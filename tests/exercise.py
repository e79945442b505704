"""Load the exercise on top of the public record. Only a demonstration may load it."""

from typing import Any

from django.core.management import call_command
from django.test import override_settings


def load_exercise(**options: Any) -> None:
    """Load the public record of Lesotho and the exercise, up to the present of the tests' clock."""
    with override_settings(DEMONSTRATION=True):
        call_command("load_lesotho", "--exercise", **options)
