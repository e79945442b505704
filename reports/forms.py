"""What a person types on the pages of this package."""

from datetime import date
from typing import Any

from django import forms

from tiptracker.frontend.forms import DayInput, PlainForm


class BriefingRequestForm(PlainForm):
    """As of which day a briefing is asked for: today unless another is given, never a day to come."""

    as_of = forms.DateField(
        label="As of",
        help_text="What counted on that day, by all that is known now.",
        error_messages={"required": "Give the day.", "invalid": "Give the day as 28/01/2022 or 2022-01-28."},
    )

    def __init__(self, *args: Any, first: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as_of"].initial = today
        self.fields["as_of"].widget = DayInput(attrs={"min": first.isoformat(), "max": today.isoformat()})
