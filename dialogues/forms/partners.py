"""Forms for partners."""

from django import forms

from dialogues.choices import PartnerKind
from tiptracker.localization import gettext_lazy
from tiptracker.web.frontend.forms import ChangeForm, LongTextField


class PartnerForm(ChangeForm):
    """Form for the name and the kind of an organization outside government."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("As the organization writes it itself."),
    )
    kind = forms.TypedChoiceField(
        coerce=PartnerKind,
        label=gettext_lazy("Kind"),
        widget=forms.RadioSelect,
        choices=PartnerKind.choices(),
        error_messages={"required": gettext_lazy("Choose the kind of organization.")},
    )
    note = LongTextField(
        label=gettext_lazy("Note"),
        required=False,
        rows=3,
        help_text=gettext_lazy("For example what it does, and in which districts. Name no person."),
    )


class PartnerChangeForm(PartnerForm):
    """Form to rename a partner, or to change its kind or note."""

    version = forms.IntegerField(widget=forms.HiddenInput)
