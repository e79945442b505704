"""Form fields and rows that several forms share."""

import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from django import forms
from django.core.validators import MaxValueValidator, URLValidator
from django.forms.renderers import get_default_renderer
from django.utils.functional import lazy
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from dialogues.benchmark_requirements import describe_terms
from dialogues.choices import ReadingDirection
from dialogues.files.sanitizers.file_types import EXTENSIONS
from dialogues.files.upload_rules import accepted_files_hint
from dialogues.models import EvidenceFile
from recommendations.models import Benchmark, Edition
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import format_date, gettext, gettext_lazy, join_with_colon
from tiptracker.web.frontend.form_rows import Choices, RowField, set_row_choices
from tiptracker.web.frontend.forms import DayField, TrackerForm

ACCEPTED_FILES = ",".join(EXTENSIONS)
"""File types that a phone or browser offers first. `dialogues.files.sanitizers` checks what a file really is."""


class LinkField(forms.URLField):
    """A web address that is safe to click: http or https only, so no script and no local file."""

    default_error_messages = {  # noqa: RUF012 -- as Django's
        "invalid": gettext_lazy("Enter a link that begins with https:// or http://.")
    }
    default_validators = [URLValidator(schemes=("https", "http"))]  # noqa: RUF012 -- as Django's


class FigureField(forms.DecimalField):
    """Field for a count or another number, with a text input.

    If a user types words into a number input, the browser sends nothing and the input is lost.
    """

    widget = forms.TextInput
    default_error_messages = {  # noqa: RUF012 -- as Django's
        "invalid": gettext_lazy("Enter the figure in digits only, such as 16."),
        "min_value": gettext_lazy("A figure cannot be less than zero. Correct it."),
        "max_digits": gettext_lazy("The figure is too long. Enter at most 12 digits, and 2 after the point."),
        "max_whole_digits": gettext_lazy("The figure is too long. Enter at most 12 digits, and 2 after the point."),
        "max_decimal_places": gettext_lazy("Enter at most 2 digits after the point."),
    }

    def to_python(self, value: Any) -> Any:
        """Accept only digits with an optional sign and decimal point.

        Python also accepts "1e3" and "1_000", which no user means.
        """
        if isinstance(value, str) and not re.fullmatch(r"[+-]?[0-9]*[.]?[0-9]*", value.strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=0, max_digits=14, decimal_places=2, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return attributes for a numeric keyboard and a short input."""
        return super().widget_attrs(widget) | {"inputmode": "decimal", "class": "short"}


NO_DATA = "no_data"
"""Choice that says that no data was given: no figure and no direction."""


class DirectionField(forms.ChoiceField):
    """Choice for a reading without a figure: its direction since the year before, or that no data was given."""

    def __init__(self, *, label: Any = None, empty: Any = "–") -> None:
        choices = [
            ("", empty),
            (ReadingDirection.UP.value, gettext_lazy("More")),
            (ReadingDirection.LEVEL.value, gettext_lazy("About the same")),
            (ReadingDirection.DOWN.value, gettext_lazy("Fewer")),
            (NO_DATA, gettext_lazy("Not reported")),
        ]
        super().__init__(label=label or gettext_lazy("Without a figure"), required=False, choices=choices)


class DefaultChoiceField(forms.TypedChoiceField):
    """Choose one of the values of an enumeration. `default` is chosen at first, and holds if none is sent."""

    def __init__(self, default: ChoiceEnum, **kwargs: Any) -> None:
        kind = type(default)
        super().__init__(
            coerce=kind, empty_value=default, initial=default.value, required=False, choices=kind.choices(), **kwargs
        )


class PastDayField(DayField):
    """Date field that accepts no day after today. If the field is required, it starts with today.

    The form calls `end_at` with today's date in the country's time zone.
    """

    def end_at(self, today: date) -> None:
        """Neither offer nor accept a day after `today`."""
        self.widget.attrs["max"] = today.isoformat()
        sentence = gettext("This date is in the future. Enter a date up to today, %(date)s.")
        self.validators.append(MaxValueValidator(today, sentence % {"date": format_date(today)}))
        if self.required:
            self.initial = today


class DatedForm(TrackerForm):
    """A form whose past days end at the given `today`."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PastDayField):
                field.end_at(today)


def fill_end_date(form: forms.Form) -> None:
    """Set the end date of an event of one day, whose start date alone was entered. Refuse an event without a date."""
    data = form.cleaned_data
    if data.get("happened_to") or {"happened_from", "happened_to"} & set(form.errors):
        return
    data["happened_to"] = data.get("happened_from")
    if data["happened_to"] is None:
        sentence = gettext("Enter the start date. If you do not know it, enter only the end date.")
        form.add_error("happened_from", forms.ValidationError(sentence, code="required"))


TRACKING_PERIOD, YEAR_BEFORE = "period", "year_before"


class PeriodForm(DatedForm):
    """A form for figures of an edition: of its tracking period through a day, or of the whole year before."""

    tracking_period_label = gettext_lazy("The tracking period, from %(date)s to the end date below")

    span = forms.ChoiceField(label=gettext_lazy("Period covered"), widget=forms.RadioSelect, initial=TRACKING_PERIOD)
    through_on = PastDayField(label=gettext_lazy("End date"), required=False)

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edition = edition
        first, last = edition.year_before
        cast("forms.ChoiceField", self.fields["span"]).choices = [
            (
                TRACKING_PERIOD,
                str(self.tracking_period_label) % {"date": format_date(edition.starts_on)},
            ),
            (
                YEAR_BEFORE,
                gettext("The whole year before, %(first)s to %(last)s")
                % {"first": format_date(first), "last": format_date(last)},
            ),
        ]

    def clean_period(self, default_end: date | None = None) -> None:
        """Set the days covered, `starts_on` and `through_on`. Refuse a last day outside the tracking period."""
        data, edition = self.cleaned_data, self.edition
        data["starts_on"] = edition.starts_on
        if data.get("span") == YEAR_BEFORE:
            data["starts_on"], data["through_on"] = edition.year_before
        elif "through_on" not in self.errors:
            data["through_on"] = day = data.get("through_on") or default_end
            if day and not edition.starts_on <= day <= edition.ends_on:
                sentence = gettext("The tracking period is %(first)s to %(last)s. Enter a date in it.")
                days = {"first": format_date(edition.starts_on), "last": format_date(edition.ends_on)}
                self.add_error("through_on", sentence % days)


def check_figure(form: forms.Form, *, is_required: bool, missing: str = "") -> None:
    """Refuse a figure together with a direction and, if a figure `is_required`, neither of the two.

    `missing` is what to say if neither is entered, in place of the usual sentence.
    """
    figure, direction = form.cleaned_data.get("figure"), form.cleaned_data.get("direction")
    if figure is not None and direction:
        form.add_error("direction", gettext("Enter the figure or choose here, not both."))
    elif is_required and figure is None and not direction and not {"figure", "direction"} & set(form.errors):
        sentence = missing or gettext("Enter the figure. If there is none, choose what is known below.")
        form.add_error("figure", forms.ValidationError(sentence, code="required"))


def check_proof(form: forms.Form, files: Collection[EvidenceFile]) -> None:
    """Refuse a form that names no source and no link if no file was attached."""
    data = form.cleaned_data
    if not (data.get("source") or data.get("link") or files or {"source", "link", "files"} & set(form.errors)):
        form.add_error("source", gettext("Enter a source or a link, or attach a file, so that others can check it."))


def to_direction(choice: str) -> ReadingDirection | str:
    """Return the direction that the user chose; empty if there is none or no data was given."""
    return ReadingDirection(choice) if choice not in ("", NO_DATA) else ""


class DescribedRadioSelect(forms.RadioSelect):
    """Radio buttons that show the meaning of each choice next to it. The meanings are in English; shown translated."""

    def __init__(self, meanings: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.meanings = meanings

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the option with its meaning, which screen readers announce too."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if means := self.meanings.get(str(value)):
            option["means"] = gettext(means)
            option["attrs"]["aria-describedby"] = f"{option['attrs'].get('id', name)}-means"
        return option


class DataSelect(forms.Select):
    """A list whose options carry data attributes for a script of the page. `option_data`: attributes by value."""

    option_data: Mapping[str, Mapping[str, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.option_data = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the option with its data attributes."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["attrs"] |= self.option_data.get(str(value), {})
        return option

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return what Django's templates make of the list. They take 0.1 ms for each of a thousand commitments."""
        context = self.get_context(name, value, attrs)
        groups, context["widget"]["optgroups"] = context["widget"]["optgroups"], []
        empty: str = (renderer or get_default_renderer()).render(self.template_name, context)
        html = [empty.removesuffix("\n</select>")]
        for group, options, _ in groups:
            own = map(_option_html, options)
            html += [f'\n  <optgroup label="{conditional_escape(group)}">', *own, "\n  </optgroup>"] if group else own
        return SafeString("".join([*html, "\n</select>"]))


def _option_html(option: Mapping[str, Any]) -> str:
    attributes = "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'
        for name, value in option["attrs"].items()
    )
    value, label = conditional_escape(option["value"]), conditional_escape(option["label"])
    return f'\n  <option value="{value}"{attributes}>{label}</option>\n'


class FilesField(forms.Field):
    """Field for file uploads. The help text states the accepted types and sizes before anything is refused."""

    def __init__(self, *, help_text: Any = "", multiple: bool = True, **kwargs: Any) -> None:
        widget = FilesInput(attrs={"accept": ACCEPTED_FILES, "multiple": multiple})
        super().__init__(required=False, widget=widget, help_text=_join_hints(help_text), **kwargs)


def _hint_of_files(help_text: Any) -> str:
    return f"{help_text} {accepted_files_hint()}".strip()


_join_hints = lazy(_hint_of_files, str)
"""The hint of a field for files: that of the field, then what is accepted. In the language of the reader."""


class FilesInput(forms.FileInput):
    """File input that accepts several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []


def benchmark_choices(benchmarks: Iterable[Benchmark], *, names_recommendation: bool = False) -> Choices:
    """Return benchmarks as choices, grouped by the recommendation that they belong to.

    `names_recommendation`: each choice also names its recommendation, because a closed list does not show the group,
    and "Amendment in force" may be said of two laws.

    Load the benchmarks with their recommendations and `with_terms`. If they belong to several editions, each group
    starts with the year; then load the editions too.
    """
    rows = list(benchmarks)
    has_several = len({row.recommendation.edition_id for row in rows}) > 1
    groups: dict[str, list[tuple[str, str]]] = {}
    for benchmark in rows:
        recommendation = benchmark.recommendation
        group = f"{recommendation.number}. {Truncator(recommendation.text).chars(90)}"
        if has_several:
            group = join_with_colon(recommendation.edition.year, group)
        label = join_with_colon(benchmark.key, benchmark.wording)
        if names_recommendation:
            label = f"{label} ({Truncator(recommendation.text).chars(60)})"
        groups.setdefault(group, []).append((str(benchmark.pk), label))
    return list(groups.items())


class BenchmarkRequirement(NamedTuple):
    """A benchmark on offer, what it needs in words, and whether a row names it."""

    key: str
    criterion: str
    text: str
    is_named: bool


class BenchmarkRow(TrackerForm):
    """A row that names a benchmark. A row without a benchmark is ignored."""

    benchmark = RowField(label=gettext_lazy("Benchmark"), required=False)

    def __init__(self, *args: Any, benchmarks: Sequence[Benchmark], choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "benchmark", benchmarks, empty=gettext("None"), choices=choices)


class BenchmarkRows(forms.BaseFormSet):  # type: ignore[type-arg]  # generic only in the stubs
    """Rows that must each name a different benchmark."""

    @property
    def requirements(self) -> list[BenchmarkRequirement]:
        """What each benchmark on offer needs, in order: those that the rows name first."""
        named = {str(row["benchmark"].value() or "") for row in self.forms}
        needs = [
            BenchmarkRequirement(row.key, terms.criterion, describe_terms(terms), is_named=str(row.pk) in named)
            for row in self.form_kwargs["benchmarks"]
            if (terms := row.current_terms)
        ]
        return sorted(needs, key=lambda need: not need.is_named)

    @property
    def requirement_groups(self) -> list[tuple[str, list[BenchmarkRequirement]]]:
        """What the benchmarks on offer need, each text once with the benchmarks that it is true of."""
        groups: dict[str, list[BenchmarkRequirement]] = {}
        for need in self.requirements:
            groups.setdefault(need.text, []).append(need)
        return list(groups.items())

    def chosen(self, name: str) -> list[tuple[Benchmark, Any]]:
        """Return each benchmark that a row names, with the value of the row's field `name`."""
        rows = (row.cleaned_data for row in self.forms)
        return [(data["benchmark"], data[name]) for data in rows if data.get("benchmark")]

    def clean(self) -> None:
        named: set[int] = set()
        for row in self.forms:
            if (benchmark := row.cleaned_data.get("benchmark")) is None:
                continue
            if benchmark.pk in named:
                row.add_error("benchmark", gettext("This benchmark is already named above. Choose another one."))
            named.add(benchmark.pk)


class LastSeenField(forms.IntegerField):
    """Hidden key of the state that the page showed, so that users don't overwrite changes they haven't seen."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class ListFilterForm(forms.Form):
    """Base form for the filters of a list. Field names are query parameters.

    The fields in `few` are always visible. The others open on request.
    """

    few: frozenset[str] = frozenset()
    span: tuple[str, str] | None = None
    """The fields for the first and last day of a range, if there are any."""
    varying: frozenset[str] = frozenset()
    """The fields whose choices depend on the record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages |= {
                "invalid_choice": gettext_lazy("This choice does not exist and was ignored. Choose from the list."),
                "invalid": gettext_lazy("This is not a date and was ignored. Enter a date such as 2022-01-28."),
                "max_length": gettext_lazy(
                    "This text is too long and was ignored. Shorten it to %(limit_value)d characters."
                ),
            }

    def clean(self) -> dict[str, Any]:
        """Report a last day before the first day. The last day is then ignored."""
        data = self.cleaned_data
        first, last = (data.get(name) for name in self.span or ("", ""))
        if self.span and first and last and last < first:
            self.add_error(
                self.span[1],
                gettext("The end date is before the start date and was ignored. Enter a later date."),
            )
        return data

    @property
    def appearance(self) -> Hashable:
        """Return a value that is equal for forms that look the same, in one language."""
        data: Any = self.data
        fields: dict[str, Any] = self.fields
        values = (
            (name, tuple(data.getlist(name)), repr(list(field.choices)) if name in self.varying else "")
            for name, field in fields.items()
        )
        return type(self), *values

    @property
    def is_narrowing(self) -> bool:
        """Return whether the user set any filter besides the order."""
        return any(value for name, value in self.cleaned_data.items() if name != "sort")

    @property
    def has_more(self) -> bool:
        """Return whether there are visible fields outside `few`."""
        return any(field.name not in self.few for field in self.visible_fields())

    @property
    def is_narrowed_further(self) -> bool:
        """Return whether a field outside `few` is set or has an error."""
        used = {name for name, value in self.cleaned_data.items() if value} | set(self.errors)
        return bool(used - self.few - {"edition"})
