"""Forms for entries on the law: a new one or a correction, and the end of one."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.core.validators import MinValueValidator

from dialogues.choices import LawEntryKind
from dialogues.models import Evidence
from recommendations.choices import LAW_STANDARDS
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import DayField, LongTextField, TrackerForm


class LawDayField(DayField):
    """The day on which a law came into force or ended. Laws of the nineteenth century may still be in force."""

    default_validators = [  # noqa: RUF012 -- as Django's
        MinValueValidator(
            date(1800, 1, 1),
            gettext_lazy("This date is too long ago. Write the year with four digits, such as 2022."),
        )
    ]


class LawEntryForm(TrackerForm):
    """Form for an offence, a penalty, a gap or a case of use under a minimum standard."""

    standard = forms.TypedChoiceField(
        coerce=int,
        label=gettext_lazy("Minimum standard"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the minimum standard.")},
    )
    kind = forms.TypedChoiceField(
        coerce=LawEntryKind,
        label=gettext_lazy("Kind"),
        widget=forms.RadioSelect,
        choices=LawEntryKind.choices(),
        error_messages={"required": gettext_lazy("Choose the kind of entry.")},
    )
    citation = forms.CharField(
        label=gettext_lazy("Law and section"),
        max_length=300,
        help_text=gettext_lazy("For a case of use, also the court and the number of the case. Name no person."),
    )
    text = LongTextField(label=gettext_lazy("What it says, or what happened"), rows=4)
    from_on = LawDayField(
        label=gettext_lazy("In force from, or happened on"),
        required=False,
        help_text=gettext_lazy("Leave it empty if you do not know the day."),
    )
    until_on = LawDayField(
        label=gettext_lazy("In force until"),
        required=False,
        help_text=gettext_lazy("Leave it empty if it is still in force."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=400,
        help_text=gettext_lazy("Where it can be checked: for example a gazette number, or a report and its page."),
    )
    evidence = RowField(
        label=gettext_lazy("Evidence"),
        required=False,
        help_text=gettext_lazy("The evidence that it rests on. The list offers laws and court records."),
    )

    def __init__(self, *args: Any, evidence: Sequence[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["standard"]).choices = [
            (str(number), f"({number}) {gettext(summary)}") for number, summary in LAW_STANDARDS.items()
        ]
        choices = [(str(row.pk), row.title[:140]) for row in evidence]
        set_row_choices(self, "evidence", evidence, empty=gettext("None"), choices=[*choices] or None)


class LawEntryCorrectionForm(LawEntryForm):
    """Form to correct an entry, with the reason."""

    reason = LongTextField(
        label=gettext_lazy("Reason for the correction"),
        help_text=gettext_lazy("What was wrong, and how you know. The earlier entry stays readable."),
    )


class LawEntryEndForm(TrackerForm):
    """Form to say until when an entry was in force."""

    until_on = DayField(
        label=gettext_lazy("In force until"), help_text=gettext_lazy("The last day on which it was in force.")
    )
    reason = LongTextField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("For example the law that repealed or amended it.")
    )
