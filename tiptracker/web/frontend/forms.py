"""Render Django forms in the style of the U.S. Web Design System.

With `FORM_RENDERER = "tiptracker.web.frontend.forms.FormRenderer"`, `{{ form }}` and
`{{ form.field.as_field_group }}` use it everywhere. Forms need no settings of their own.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, ClassVar, NamedTuple, cast

from django import forms
from django.core.validators import MinValueValidator
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input, Widget

from tiptracker import text_rules
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, gettext_lazy
from tiptracker.numbers import strip_zeros
from tiptracker.privacy import confirmations, personal_data
from tiptracker.web.frontend.form_rows import mark_as_seen

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
"""The CSS class of each widget. The first match applies, so special widgets come before general ones."""


class StyledBoundField(BoundField):
    """A bound field whose control has the CSS class of the design system, and an error class if it was refused."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """Return the HTML attributes of the control. Our class follows any class that the form gave it."""
        widget = widget or self.field.widget
        if isinstance(widget, forms.Textarea):
            widget.attrs.pop("maxlength", None)  # a browser would cut off pasted text without a message
        attrs = super().build_widget_attrs(attrs, widget)
        own = next((name for kind, name in WIDGET_CLASSES if isinstance(widget, kind)), "")
        refused = f"{own}--error" if own and self.errors and not self.use_fieldset else ""
        widget_classes = widget.attrs.get("class", "")
        if classes := " ".join(f"{attrs.get('class', '')} {widget_classes} {own} {refused}".split()):
            attrs["class"] = classes
        if self.use_fieldset:
            attrs.pop("aria-invalid", None)  # the whole group is invalid, not one of its choices
        return attrs

    @property
    def aside(self) -> str:
        """Text in brackets in the label: the field is optional, or one of two fields is required."""
        if self.name in getattr(self.form, "one_of_two", ()):
            return gettext("one of the two")
        if self.name in getattr(self.form, "required_for_some", ()):
            return ""
        return "" if self.field.required else gettext("optional")

    @property
    def is_narrative(self) -> bool:
        """Whether the field is a narrative, so that the note about victims' names is shown above it."""
        return isinstance(self.field.widget, NarrativeTextarea)

    @property
    def confirmation(self) -> "PersonalDataConfirmation | None":
        """The personal data found in the field, with the control that confirms that it identifies nobody."""
        return self.form.confirmations.get(self.name) if isinstance(self.form, TrackerForm) else None


class FormRenderer(TemplatesSetting):
    """Render forms and fields with our own templates, and widgets with Django's or our overrides."""

    form_template_name = "includes/form.html"
    field_template_name = "includes/field.html"
    bound_field_class = StyledBoundField


class DayInput(forms.DateInput):
    """The browser's date control. A typed text that is not a date is shown again as text."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Use a date control, or a text control if the typed text is not a date."""
        context = super().get_context(name, value, attrs)
        typed = context["widget"]["value"]
        if typed:
            try:
                date.fromisoformat(typed)
            except ValueError:
                context["widget"]["type"] = "text"
        return context


class DayField(forms.DateField):
    """A calendar day from 1990 on. A browser reads a two-digit year as one long ago, so earlier days are refused."""

    widget = DayInput
    default_validators = [  # noqa: RUF012 -- as Django's
        MinValueValidator(
            date(1990, 1, 1),
            gettext_lazy("This date is too long ago. Write the year with four digits, such as 2022."),
        )
    ]
    default_error_messages = {"invalid": gettext_lazy("Give the day as a date, such as 2022-01-28.")}  # noqa: RUF012 -- as Django's


class NarrativeTextarea(forms.Textarea):
    """A text area for a narrative of what happened."""


class PersonalDataConfirmation(NamedTuple):
    """The control that confirms the findings in a field, and whether the user has confirmed them."""

    name: str
    value: str
    is_confirmed: bool


class TrackerForm(forms.Form):
    """Base class of all forms with free text. Its error messages say what to do, also for fields added later.

    It refuses free text that contains personal data until the user removes it or confirms that it identifies nobody.
    """

    one_of_two: ClassVar[tuple[str, ...]] = ()
    """Fields of which the user has to fill in one; either will do."""
    required_for_some: ClassVar[tuple[str, ...]] = ()
    """Fields that are needed or must be empty, depending on another field or on what follows. Their hints say when."""
    refusal: Refused | None = None
    """Why the action refused the valid values, if it did."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.confirmations: dict[str, PersonalDataConfirmation] = {}

    def full_clean(self) -> None:
        """Validate the input, with our own error messages wherever a field has none."""
        for field in self.fields.values():
            own = _own_error_messages(field)
            for kind, sentences in reversed(ERROR_MESSAGES):
                if isinstance(field, kind):
                    field.error_messages |= sentences
            field.error_messages |= own
        if self.is_bound:
            self._remove_invisible_characters()
        super().full_clean()
        if self.is_bound:
            for name, field in self.fields.items():
                if is_free_text(field) and (
                    findings := personal_data.find_personal_data(_text_within_limit(field, self[name].data))
                ):
                    self.require_confirmation(
                        name,
                        personal_data.describe_findings(findings),
                        [(finding.kind, finding.text) for finding in findings],
                    )

    def _remove_invisible_characters(self) -> None:
        typed = {name: self[name].data or "" for name, field in self.fields.items() if is_free_text(field)}
        changed = {
            self.add_prefix(name): cleaned
            for name, text in typed.items()
            if (
                cleaned := text_rules.remove_invisible(
                    text, in_one_line=not isinstance(self.fields[name].widget, forms.Textarea)
                )
            )
            != text
        }
        if changed:
            data: Any = self.data
            self.data = data = data.copy()
            for name, cleaned in changed.items():
                data[name] = cleaned

    def require_confirmation(self, name: str, sentence: str, findings: Sequence[tuple[str, str]]) -> None:
        """Refuse a field with `sentence` unless the user confirmed all findings in it (`findings`: kind and text)."""
        control = f"{self.add_prefix(name)}-confirmed"
        digests = sorted({sha256(f"{kind}\n{text}".encode()).hexdigest()[:16] for kind, text in findings})
        is_confirmed = set(digests) <= set(str(self.data.get(control, "")).split("-"))
        self.confirmations[name] = PersonalDataConfirmation(control, "-".join(digests), is_confirmed)
        if is_confirmed:
            confirmations.confirm(kind for kind, _ in findings)
        else:
            self.add_error(name, sentence)


class LongTextField(forms.CharField):
    """A text of several lines, such as a reason."""

    def __init__(self, *, rows: int = 2, **kwargs: Any) -> None:
        super().__init__(max_length=text_rules.REASON_MAX_LENGTH, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class ChangeForm(TrackerForm):
    """A form to change a row. If another user changed it first, it shows the row's current values."""

    current_values: Sequence[tuple[str, str]] = ()
    """Label and value of each field whose current value differs from the entered one."""

    def values(self) -> dict[str, Any]:
        """Return the entered values as the action takes them, without those of hidden fields."""
        return {field.name: self.cleaned_data[field.name] for field in self.visible_fields()}

    def show_current(self, current: forms.Form) -> None:
        """Show the values of `current`: the same form, unbound, filled from the row as it is now.

        Its hidden fields replace those of this form, so that the user can send it again unchanged.
        """
        self.current_values = [
            (str(field.label), _display_value(field) or gettext("nothing"))
            for field in current.visible_fields()
            if field.name in current.initial and _display_value(field) != _display_value(self[field.name])
        ]
        for field in current.hidden_fields():
            if field.name in current.initial:
                mark_as_seen(self, field.name, current.initial[field.name])


def is_free_text(field: forms.Field) -> bool:
    """Return whether the field is free text, links included: not a day, mail address, password or choice."""
    widget = field.widget
    return isinstance(field, forms.CharField) and (
        isinstance(widget, forms.Textarea) or type(widget) in (forms.TextInput, forms.URLInput)
    )


def _text_within_limit(field: forms.Field, text: str | None) -> str:
    """Return `text`, or an empty text if it is too long for the field. Scanning it would take too long."""
    most = getattr(field, "max_length", None)
    return text if text and (most is None or len(text) <= most) else ""


def _own_error_messages(field: forms.Field) -> dict[str, Any]:
    """Return the error messages that our code gave this field or its class, without Django's own."""
    djangos: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django."):
            djangos |= vars(kind).get("default_error_messages", {})
    return {code: say for code, say in field.error_messages.items() if say is not djangos.get(code)}


def _display_value(bound: BoundField) -> str:
    """Return a field's value as a person reads it."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return gettext("yes") if value else gettext("no")
    if isinstance(bound.field, forms.ChoiceField):
        chosen = {str(chosen) for chosen in (value if isinstance(value, list | tuple) else [value])}
        offered: Iterable[tuple[Any, Any]] = cast("Any", bound.field).choices
        return ", ".join(str(label) for key, label in offered if str(key) in chosen and str(key))
    if isinstance(bound.field, forms.DecimalField):
        value = strip_zeros(bound.field.to_python(value))
    if isinstance(bound.field, forms.DateField) and (day := bound.field.to_python(value)):
        return format_date(day)
    return "" if value is None else str(value).strip()


_NUMBER_MESSAGES = {
    "invalid": gettext_lazy("Give a number in digits alone, such as 16."),
    "min_value": gettext_lazy("Give %(limit_value)s or more."),
    "max_value": gettext_lazy("Give %(limit_value)s or less."),
}
_CHOICE_MESSAGES = {
    "invalid_choice": gettext_lazy("Choose from the list."),
    "invalid_list": gettext_lazy("Choose from the list."),
}

ERROR_MESSAGES: tuple[tuple[type[forms.Field], dict[str, Any]], ...] = (
    (forms.ModelMultipleChoiceField, {"invalid_pk_value": gettext_lazy("Choose from the list.")} | _CHOICE_MESSAGES),
    (forms.MultipleChoiceField, _CHOICE_MESSAGES),
    (
        forms.ChoiceField,
        {"required": gettext_lazy("Choose one."), "invalid_choice": gettext_lazy("Choose one from the list.")},
    ),
    (
        forms.DateField,
        {
            "required": gettext_lazy("Enter the date, such as 2022-01-28."),
            "invalid": gettext_lazy("Give the day as a date, such as 2022-01-28."),
        },
    ),
    (
        forms.DecimalField,
        {
            "max_digits": gettext_lazy("This number is too long. Enter at most %(max)s digits."),
            "max_whole_digits": gettext_lazy(
                "This number is too long. Enter at most %(max)s digits before the decimal point."
            ),
            "max_decimal_places": gettext_lazy("Enter at most %(max)s digits after the decimal point."),
        },
    ),
    (forms.IntegerField, _NUMBER_MESSAGES),
    (forms.URLField, {"invalid": gettext_lazy("Enter a whole web address, such as https://www.gov.ls/news.")}),
    (forms.EmailField, {"invalid": gettext_lazy("Enter an e-mail address, such as name@example.org.")}),
    (
        forms.CharField,
        {
            "max_length": gettext_lazy("Shorten this to %(limit_value)d characters. It has %(show_value)d."),
            "null_characters_not_allowed": gettext_lazy(
                "This text contains a character that we cannot save. Type the text again."
            ),
        },
    ),
    (forms.Field, {"required": gettext_lazy("Fill this in.")}),
)
"""Default error messages by kind of field. Special kinds come before general ones."""
