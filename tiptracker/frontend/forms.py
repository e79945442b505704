"""How a Django form comes out as the U.S. Web Design System draws it.

`FORM_RENDERER = "tiptracker.frontend.forms.Renderer"` makes `{{ form }}` and
`{{ form.field.as_field_group }}` do so everywhere; no form has to say anything about it.
"""

from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input, Widget

CLASSES: tuple[tuple[type[Widget], str], ...] = (
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


class StyledField(BoundField):
    """A bound field whose control carries its design-system class, and another when it was refused."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """What the control says of itself in HTML, our class after any the form gave it."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        own = next((name for kind, name in CLASSES if isinstance(widget, kind)), "")
        refused = f"{own}--error" if own and self.errors and not self.use_fieldset else ""
        given = widget.attrs.get("class", "")
        if classes := " ".join(f"{attrs.get('class', '')} {given} {own} {refused}".split()):
            attrs["class"] = classes
        if self.use_fieldset:
            attrs.pop("aria-invalid", None)  # the group is refused, not one of its choices
        return attrs


class Renderer(TemplatesSetting):
    """Draws forms and fields from our own templates, widgets from Django's or our overrides."""

    form_template_name = "includes/form.html"
    field_template_name = "includes/field.html"
    bound_field_class = StyledField


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


class PlainForm(forms.Form):
    """A form that says of an empty field what to do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = next(say for kind, say in WHERE_EMPTY if isinstance(field, kind))


WHERE_EMPTY: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.ChoiceField, "Choose one."),
    (forms.DateField, "Give the day."),
    (forms.Field, "Fill this in."),
)
