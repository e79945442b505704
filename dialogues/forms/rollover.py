"""What becomes of each benchmark of the year before in the edition that follows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import Truncator

from recommendations.models import Benchmark, Recommendation
from recommendations.rollover.forms import format_list_number
from tiptracker.text_rules import normalize_name
from tiptracker.web.frontend.forms import TrackerForm

RolloverTarget = Recommendation | Benchmark


class RolloverForm(TrackerForm):
    """A field a benchmark: under which recommendation its copy stands, or which one that is there asks the same."""

    def __init__(
        self, *args: Any, benchmarks: Sequence[Benchmark], new: Sequence[Recommendation], year: int, **kwargs: Any
    ) -> None:
        """`benchmarks` are those not carried over yet, with their terms; `new` what is asked, with its benchmarks."""
        super().__init__(*args, **kwargs)
        self.targets: dict[str, RolloverTarget] = {}
        self.benchmarks = benchmarks
        for benchmark in benchmarks:
            repeating = [row for row in new if row.repeats_id == benchmark.recommendation_id]
            offered = self._offered(repeating or new)
            self.fields[f"goes_{benchmark.pk}"] = forms.ChoiceField(
                required=False,
                label=f"What becomes of {benchmark.key}",
                choices=[("", f"It stays with {year} alone"), *offered],
                initial=_initial_choice(benchmark, repeating),
            )

    def _offered(self, rows: Sequence[Recommendation]) -> list[tuple[str, str]]:
        """Copies under each of these, and those of their benchmarks that repeat none yet."""
        offered = [(f"copy-{row.pk}", f"Copy it under {format_list_number(row)}") for row in rows]
        self.targets |= {f"copy-{row.pk}": row for row in rows}
        for row in rows:
            for own in row.benchmarks.all():
                if own.repeats_id is None:
                    offered.append((f"same-{own.pk}", f"{own.key} asks the same: {Truncator(own.wording).chars(80)}"))
                    self.targets[f"same-{own.pk}"] = own
        return offered

    def goes(self) -> Mapping[Benchmark, RolloverTarget]:
        """What was chosen, but for what stays."""
        said = {one: self.cleaned_data[f"goes_{one.pk}"] for one in self.benchmarks}
        return {one: self.targets[chosen] for one, chosen in said.items() if chosen}


def _initial_choice(benchmark: Benchmark, repeating: Sequence[Recommendation]) -> str:
    """The benchmark that says the same, else a copy; nothing where its recommendation isn't asked again."""
    for row in repeating:
        for own in row.benchmarks.all():
            if own.repeats_id is None and normalize_name(own.wording) == normalize_name(benchmark.wording):
                return f"same-{own.pk}"
    return f"copy-{repeating[0].pk}" if repeating else ""
