"""Fields, and rows of fields, that several forms share."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, URLValidator
from django.utils.text import Truncator

from dialogues.choices import ReadingDirection
from dialogues.files.inspection import accepted_files_hint
from dialogues.files.sanitizers.file_types import EXTENSIONS
from recommendations.models import Benchmark
from tiptracker.web.frontend.form_rows import Choices, RowField, set_row_choices
from tiptracker.web.frontend.forms import DayField, TrackerForm

ACCEPTED_FILES = ",".join(EXTENSIONS)
"""What a phone or a browser offers first; what a file really is, `dialogues.files.sanitizers` decides."""


class LinkField(forms.URLField):
    """An address on the web that a person may press: nothing that runs, and no file of some machine."""

    default_error_messages = {"invalid": "Give a link that begins with https:// or http://."}  # noqa: RUF012 -- as Django's
    default_validators = [URLValidator(schemes=("https", "http"))]  # noqa: RUF012 -- as Django's


class FigureField(forms.DecimalField):
    """A count, or what else is told in a number: typed text, since of words typed into a number control a browser
    sends nothing, and they would be lost."""

    widget = forms.TextInput
    default_error_messages = {  # noqa: RUF012 -- as Django's
        "invalid": "Give the figure in digits alone, such as 16.",
        "min_value": "A figure can’t be less than zero. Put it right.",
        "max_digits": "That figure is too long. Give at most 12 digits, and 2 behind the point.",
        "max_whole_digits": "That figure is too long. Give at most 12 digits, and 2 behind the point.",
        "max_decimal_places": "Give at most 2 digits behind the point.",
    }

    def to_python(self, value: Any) -> Any:
        """Digits alone, with a point at most: what else Python takes for a number ("1e3", "1_000") nobody means."""
        if isinstance(value, str) and not re.fullmatch(r"[+-]?[0-9]*[.]?[0-9]*", value.strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=0, max_digits=14, decimal_places=2, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A keyboard of digits, and a control as long as a figure."""
        return super().widget_attrs(widget) | {"inputmode": "decimal", "class": "short"}


NO_DATA = "no_data"
"""What is chosen where no figure was given, and no direction either."""


class DirectionField(forms.ChoiceField):
    """What is told without a figure: which way a count moved against the year before, or that no data was given."""

    def __init__(self, *, label: str = "Or, without a figure", empty: str = "–") -> None:
        choices = [
            ("", empty),
            (ReadingDirection.UP.value, "More"),
            (ReadingDirection.LEVEL.value, "About as many"),
            (ReadingDirection.DOWN.value, "Fewer"),
            (NO_DATA, "No data was given"),
        ]
        super().__init__(label=label, required=False, choices=choices)


class PastDayField(DayField):
    """A day that has come: it ends at the domain's today and, where required, begins there."""

    def end_at(self, today: date) -> None:
        """Refuse and don't offer any day after `today`."""
        self.widget.attrs["max"] = today.isoformat()
        sentence = "That day has not come yet. Give today or a day before it."
        self.validators.append(MaxValueValidator(today, sentence))
        if self.required:
            self.initial = today


class DatedForm(TrackerForm):
    """A form whose past days end at the day that it is given."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PastDayField):
                field.end_at(today)


class DescribedRadioSelect(forms.RadioSelect):
    """Radio buttons, each with what its word means beside it."""

    def __init__(self, meanings: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.meanings = meanings

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The choice, read aloud with its meaning."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if means := self.meanings.get(str(value)):
            option["means"] = means
            option["attrs"]["aria-describedby"] = f"{option['attrs'].get('id', name)}-means"
        return option


class FilesField(forms.Field):
    """Files to attach; what may be sent, and how large, stands beside it before anything is refused."""

    def __init__(self, *, help_text: str = "", multiple: bool = True, **kwargs: Any) -> None:
        widget = FilesInput(attrs={"accept": ACCEPTED_FILES, "multiple": multiple})
        super().__init__(
            required=False, widget=widget, help_text=f"{help_text} {accepted_files_hint()}".strip(), **kwargs
        )


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []


def benchmark_choices(benchmarks: Iterable[Benchmark]) -> Choices:
    """Benchmarks (with their recommendations, `with_terms`) under the recommendation that each checks.

    The year stands before it where there is more than one edition among them (then with those, too).
    """
    rows = list(benchmarks)
    has_several = len({one.recommendation.edition_id for one in rows}) > 1
    groups: dict[str, list[tuple[str, str]]] = {}
    for benchmark in rows:
        recommendation = benchmark.recommendation
        year = f"{recommendation.edition.year}: " if has_several else ""
        group = year + f"{recommendation.number}. {Truncator(recommendation.text).chars(90)}"
        groups.setdefault(group, []).append((str(benchmark.pk), f"{benchmark.key}: {benchmark.wording}"))
    return list(groups.items())


class BenchmarkRow(TrackerForm):
    """One line that names a benchmark; a line without one says nothing."""

    benchmark = RowField(required=False)

    def __init__(self, *args: Any, benchmarks: Sequence[Benchmark], choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "benchmark", benchmarks, empty="None", choices=choices)


class BenchmarkRows(forms.BaseFormSet):  # type: ignore[type-arg]  # generic in the stubs alone
    """Lines that each name another benchmark."""

    def clean(self) -> None:
        named: set[int] = set()
        for row in self.forms:
            if (benchmark := row.cleaned_data.get("benchmark")) is None:
                continue
            if benchmark.pk in named:
                row.add_error("benchmark", "This benchmark is named above already.")
            named.add(benchmark.pk)


class LastSeenField(forms.IntegerField):
    """The key of what stood on the page when the form was filled, so that nobody overwrites what they haven't seen."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class ListFilterForm(forms.Form):
    """What narrows a list; its fields are the words of the address. `few` are shown at once, the others on asking."""

    few: frozenset[str] = frozenset()
    span: tuple[str, str] | None = None
    """The fields that name a first and a last day, if any do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages |= {
                "invalid_choice": "There is no such choice, so it narrows nothing. Choose from the list.",
                "invalid": "That is no day, so it narrows nothing. Give it as a date, such as 2022-01-28.",
                "max_length": "That is too long, so it narrows nothing. Shorten it to %(limit_value)d characters.",
            }

    def clean(self) -> dict[str, Any]:
        """Days the wrong way round hold nothing between them: say so, and leave the last one out."""
        said = self.cleaned_data
        first, last = (said.get(name) for name in self.span or ("", ""))
        if self.span and first and last and last < first:
            self.add_error(self.span[1], "That is before the first day, so it narrows nothing. Give a later day.")
        return said

    @property
    def is_narrowing(self) -> bool:
        """Whether anything but the order was asked for."""
        return any(value for name, value in self.cleaned_data.items() if name != "sort")

    @property
    def has_more(self) -> bool:
        """Whether there are fields besides the few."""
        return any(field.name not in self.few for field in self.visible_fields())

    @property
    def is_narrowed_further(self) -> bool:
        """Whether a field was used that isn't among the few, or one of them is wrong."""
        used = {name for name, value in self.cleaned_data.items() if value} | set(self.errors)
        return bool(used - self.few - {"edition"})
