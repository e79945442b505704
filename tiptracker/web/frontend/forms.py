"""How a Django form comes out as the U.S. Web Design System draws it.

`FORM_RENDERER = "tiptracker.web.frontend.forms.FormRenderer"` makes `{{ form }}` and
`{{ form.field.as_field_group }}` do so everywhere; no form has to say anything about it.
"""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.validators import MinValueValidator
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input, Widget

from tiptracker import text_rules
from tiptracker.privacy import confirmations, personal_data

WIDGET_CLASSES: tuple[tuple[type[Widget], str], ...] = (
    (forms.HiddenInput, ""),
    (forms.CheckboxSelectMultiple, "usa-checkbox__input"),
    (forms.CheckboxInput, "usa-checkbox__input"),
    (forms.RadioSelect, "usa-radio__input"),
    (forms.FileInput, "file-input"),
    (forms.Textarea, "usa-textarea"),
    (forms.Select, "usa-select"),
    (Input, "usa-input"),
)
"""Which class a widget carries; the first that fits, so the special come before the general."""


class StyledBoundField(BoundField):
    """A bound field whose control carries its design-system class, and another when it was refused."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """What the control says of itself in HTML, our class after any the form gave it."""
        widget = widget or self.field.widget
        if isinstance(widget, forms.Textarea):
            widget.attrs.pop("maxlength", None)  # a browser cuts off what is pasted, and says nothing
        attrs = super().build_widget_attrs(attrs, widget)
        own = next((name for kind, name in WIDGET_CLASSES if isinstance(widget, kind)), "")
        refused = f"{own}--error" if own and self.errors and not self.use_fieldset else ""
        given = widget.attrs.get("class", "")
        if classes := " ".join(f"{attrs.get('class', '')} {given} {own} {refused}".split()):
            attrs["class"] = classes
        if self.use_fieldset:
            attrs.pop("aria-invalid", None)  # the group is refused, not one of its choices
        return attrs

    @property
    def aside(self) -> str:
        """What its label says in brackets: that it may be left empty, or that one of two may."""
        if self.name in getattr(self.form, "one_of_two", ()):
            return "one of the two"
        if self.name in getattr(self.form, "required_for_some", ()):
            return ""
        return "" if self.field.required else "optional"

    @property
    def tells_a_story(self) -> bool:
        """Whether somebody tells here what happened, so that the line about victims' names stands above it."""
        return isinstance(self.field.widget, NarrativeTextarea)

    @property
    def held_back(self) -> "PersonalDataConfirmation | None":
        """What was found in it by which somebody could be found, and how that is confirmed to identify nobody."""
        return self.form.held_back.get(self.name) if isinstance(self.form, TrackerForm) else None


class FormRenderer(TemplatesSetting):
    """Draws forms and fields from our own templates, widgets from Django's or our overrides."""

    form_template_name = "includes/form.html"
    field_template_name = "includes/field.html"
    bound_field_class = StyledBoundField


class DayInput(forms.DateInput):
    """The browser's own calendar; a typed day it could not show comes back as text, not lost."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """A date control, or a text control where what was typed is no date."""
        context = super().get_context(name, value, attrs)
        typed = context["widget"]["value"]
        if typed:
            try:
                date.fromisoformat(typed)
            except ValueError:
                context["widget"]["type"] = "text"
        return context


class DayField(forms.DateField):
    """A calendar day of our time: a year of two digits, which a browser takes for one long past, is a slip."""

    widget = DayInput
    default_validators = [  # noqa: RUF012 -- as Django's
        MinValueValidator(
            date(1990, 1, 1), "That day lies too far back. Write the year with four digits, such as 2022."
        )
    ]
    default_error_messages = {"invalid": "Give the day as a date, such as 2022-01-28."}  # noqa: RUF012 -- as Django's


class NarrativeTextarea(forms.Textarea):
    """Where somebody tells what happened."""


class PersonalDataConfirmation(NamedTuple):
    """The control that confirms exactly what was found in a field, and whether that was done."""

    name: str
    value: str
    is_confirmed: bool


class TrackerForm(forms.Form):
    """A form that says of what is wrong with a field what to do, also of a field that was added to it later.

    It holds every free text back in which somebody could be found, until that is taken out or confirmed to identify
    nobody; so every form in which somebody writes is one of these.
    """

    one_of_two: ClassVar[tuple[str, ...]] = ()
    """Fields of which one has to be filled in, and it doesn't matter which."""
    required_for_some: ClassVar[tuple[str, ...]] = ()
    """Fields that have to be filled in or left empty, by what another field says; their hints say when."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held_back: dict[str, PersonalDataConfirmation] = {}

    def full_clean(self) -> None:
        """Judge what was typed, in our words wherever the field has none of its own."""
        for field in self.fields.values():
            own = _own_error_messages(field)
            for kind, sentences in reversed(ERROR_MESSAGES):
                if isinstance(field, kind):
                    field.error_messages |= sentences
            field.error_messages |= own
        if self.is_bound:
            self._leave_out_what_nobody_sees()
        super().full_clean()
        if self.is_bound:
            for name, field in self.fields.items():
                if is_free_text(field) and (
                    findings := personal_data.find_personal_data(_text_within_limit(field, self[name].data))
                ):
                    self.hold_back(
                        name, personal_data.describe_findings(findings), [(each.kind, each.text) for each in findings]
                    )

    def _leave_out_what_nobody_sees(self) -> None:
        typed = {name: self[name].data or "" for name, field in self.fields.items() if is_free_text(field)}
        changed = {
            self.add_prefix(name): kept
            for name, text in typed.items()
            if (
                kept := text_rules.remove_invisible(
                    text, in_one_line=not isinstance(self.fields[name].widget, forms.Textarea)
                )
            )
            != text
        }
        if changed:
            data: Any = self.data
            self.data = data = data.copy()
            for name, kept in changed.items():
                data[name] = kept

    def hold_back(self, name: str, sentence: str, found: Sequence[tuple[str, str]]) -> None:
        """Refuse a field with `sentence`, unless all `found` there (kind and text) is confirmed to identify nobody."""
        control = f"{self.add_prefix(name)}-confirmed"
        marks = sorted({sha256(f"{kind}\n{text}".encode()).hexdigest()[:16] for kind, text in found})
        is_confirmed = set(marks) <= set(str(self.data.get(control, "")).split("-"))
        self.held_back[name] = PersonalDataConfirmation(control, "-".join(marks), is_confirmed)
        if is_confirmed:
            confirmations.confirm(kind for kind, _ in found)
        else:
            self.add_error(name, sentence)


def is_free_text(field: forms.Field) -> bool:
    """Whether somebody writes into it what they will, links too: no day, mail address, password or choice."""
    widget = field.widget
    return isinstance(field, forms.CharField) and (
        isinstance(widget, forms.Textarea) or type(widget) in (forms.TextInput, forms.URLInput)
    )


def _text_within_limit(field: forms.Field, text: str | None) -> str:
    """`text`, or nothing of it where the field refuses it as too long: looking at it would take long as well."""
    most = getattr(field, "max_length", None)
    return text if text and (most is None or len(text) <= most) else ""


def _own_error_messages(field: forms.Field) -> dict[str, Any]:
    """The sentences that our code gave this field, or its class; Django's own left out."""
    djangos: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django."):
            djangos |= vars(kind).get("default_error_messages", {})
    return {code: say for code, say in field.error_messages.items() if say is not djangos.get(code)}


_NUMBER_MESSAGES = {
    "invalid": "Give a number in digits alone, such as 16.",
    "min_value": "Give %(limit_value)s or more.",
    "max_value": "Give %(limit_value)s or less.",
}
_CHOICE_MESSAGES = {"invalid_choice": "Choose from the list.", "invalid_list": "Choose from the list."}

ERROR_MESSAGES: tuple[tuple[type[forms.Field], dict[str, str]], ...] = (
    (forms.ModelMultipleChoiceField, {"invalid_pk_value": "Choose from the list."} | _CHOICE_MESSAGES),
    (forms.MultipleChoiceField, _CHOICE_MESSAGES),
    (forms.ChoiceField, {"required": "Choose one.", "invalid_choice": "Choose one from the list."}),
    (forms.DateField, {"required": "Give the day.", "invalid": "Give the day as a date, such as 2022-01-28."}),
    (
        forms.DecimalField,
        {
            "max_digits": "That number is too long. Give at most %(max)s digits in all.",
            "max_whole_digits": "That number is too long. Give at most %(max)s digits before the point.",
            "max_decimal_places": "Give at most %(max)s digits behind the point.",
        },
    ),
    (forms.IntegerField, _NUMBER_MESSAGES),
    (forms.URLField, {"invalid": "Give the whole address, such as https://www.gov.ls/news."}),
    (forms.EmailField, {"invalid": "Give an e-mail address, such as name@example.org."}),
    (
        forms.CharField,
        {
            "max_length": "Shorten this to %(limit_value)d characters; it has %(show_value)d.",
            "null_characters_not_allowed": "Type this again: it holds a character that can’t be kept.",
        },
    ),
    (forms.Field, {"required": "Fill this in."}),
)
"""What is said of a field of a kind where it has no sentence of its own; the special come before the general."""
