"""What a person types on the pages of this package."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms

from dialogues.forms.fields import ListFilter
from recommendations.models import Edition
from recommendations.words import Pillar
from reports.year import DayKind
from tiptracker import texts
from tiptracker.accounts.models import Ministry
from tiptracker.frontend.forms import DayInput, PlainForm
from tiptracker.words import Word


class BriefingRequestForm(PlainForm):
    """As of which day, and by what was known when: today and now unless another is given, never one to come."""

    as_of = forms.DateField(
        label="As of",
        help_text="What counted on that day, by all that is known now.",
        error_messages={"required": "Give the day.", "invalid": "Give the day as 28/01/2022 or 2022-01-28."},
    )
    known_by = forms.DateField(
        label="Known by the end of",
        help_text="What was recorded by then. Leave it empty for all that is known now.",
        required=False,
        error_messages={"invalid": "Give the day as 28/01/2022 or 2022-01-28, or leave it empty."},
    )

    def __init__(self, *args: Any, first: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as_of"].initial = today
        self.fields["as_of"].widget = DayInput(attrs={"min": first.isoformat(), "max": today.isoformat()})
        self.fields["known_by"].widget = DayInput(attrs={"max": today.isoformat()})


class StandpointForm(PlainForm):
    """From where the record is looked at. Any text is taken here: what can be meant is `reports.asking`'s to say."""

    edition = forms.CharField(max_length=texts.DAY, widget=forms.HiddenInput, required=False)
    as_of = forms.CharField(max_length=texts.DAY, label="As of", help_text="What counted on that day.", required=False)
    known_on = forms.CharField(
        max_length=texts.DAY,
        label="Known by the end of",
        help_text="What was recorded by then. Leave it empty for now.",
        required=False,
    )

    def __init__(self, *args: Any, edition: Edition | None, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {"min": edition.starts_on.isoformat()} if edition else {}
        limits |= {"max": today.isoformat()} if today else {}
        self.fields["as_of"].widget = DayInput(attrs=limits)
        self.fields["known_on"].widget = DayInput()


class BetweenForm(PlainForm):
    """Two standpoints to compare. Any text is taken here: what can be meant is `reports.asking`'s to say."""

    edition = forms.CharField(max_length=texts.DAY, widget=forms.HiddenInput, required=False)
    as_of_from = forms.CharField(max_length=texts.DAY, label="From", help_text="The earlier day.", required=False)
    known_on_from = forms.CharField(
        max_length=texts.DAY,
        label="as known by the end of",
        help_text="Leave it empty for all that is known now.",
        required=False,
    )
    as_of_to = forms.CharField(
        max_length=texts.DAY, label="To", help_text="The same day, or a later one.", required=False
    )
    known_on_to = forms.CharField(
        max_length=texts.DAY,
        label="as known by the end of",
        help_text="Leave it empty for all that is known now.",
        required=False,
    )

    def __init__(self, *args: Any, edition: Edition | None, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {"min": edition.starts_on.isoformat()} if edition else {}
        limits |= {"max": today.isoformat()} if today else {}
        for name in ("as_of_from", "as_of_to"):
            self.fields[name].widget = DayInput(attrs=limits)
        for name in ("known_on_from", "known_on_to"):
            self.fields[name].widget = DayInput()


class Stands(Word):
    """How a day stands today."""

    LATE = "late"
    AHEAD = "ahead", "Still ahead"
    OVER = "over", "Settled, or past"


class DaysFilter(ListFilter):
    """What narrows the table of days."""

    few = frozenset({"kind", "stands"})

    edition = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="What", required=False, choices=[("", "All"), *DayKind.choices()])
    stands = forms.ChoiceField(label="How it stands", required=False, choices=[("", "Any"), *Stands.choices()])


class RecommendationFilter(ListFilter):
    """What narrows the list of recommendations; who leads is the embassy's to ask."""

    few = frozenset({"pillar", "ministry"})

    edition = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    pillar = forms.ChoiceField(required=False, choices=[("", "All three"), *Pillar.choices()])
    ministry = forms.ChoiceField(label="Lead ministry", required=False)

    def __init__(self, *args: Any, ministries: Sequence[Ministry] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ministries is None:
            del self.fields["ministry"]
            return
        cast("forms.ChoiceField", self.fields["ministry"]).choices = [
            ("", "Any"),
            *((str(ministry.pk), ministry.name) for ministry in ministries),
        ]
