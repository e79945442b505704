"""Form to decide what happens to each benchmark of the year before in the next edition."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import Truncator

from recommendations.choices import Origin
from recommendations.models import Benchmark, Recommendation
from tiptracker.localization import gettext
from tiptracker.text_rules import normalize_name
from tiptracker.web.frontend.forms import TrackerForm

RolloverTarget = Recommendation | Benchmark


class RolloverForm(TrackerForm):
    """One field per benchmark: the recommendation to copy it under, or the new benchmark that asks the same."""

    def __init__(
        self, *args: Any, benchmarks: Sequence[Benchmark], new: Sequence[Recommendation], year: int, **kwargs: Any
    ) -> None:
        """Add one field for each benchmark.

        Args:
            benchmarks: benchmarks not rolled over yet, with their terms.
            new: the new edition's recommendations, with their benchmarks.
            year: the year before.
        """
        super().__init__(*args, **kwargs)
        self.targets: dict[str, RolloverTarget] = {}
        self.benchmarks = benchmarks
        for benchmark in benchmarks:
            repeating = [row for row in new if row.repeats_id == benchmark.recommendation_id]
            offered = self._offered(repeating or new)
            self.fields[f"goes_{benchmark.pk}"] = forms.ChoiceField(
                required=False,
                label=gettext("Benchmark %(benchmark)s in the next edition") % {"benchmark": benchmark.key},
                choices=[("", gettext("Keep it in %(year)s only") % {"year": year}), *offered],
                initial=_initial_choice(benchmark, repeating),
            )

    def _offered(self, rows: Sequence[Recommendation]) -> list[tuple[str, str]]:
        """Return the choices: a copy under each recommendation, or a benchmark there that repeats none yet."""
        offered = [(f"copy-{row.pk}", _copy_label(row)) for row in rows]
        self.targets |= {f"copy-{row.pk}": row for row in rows}
        for row in rows:
            for own in row.benchmarks.all():
                if own.repeats_id is None:
                    values = {"benchmark": own.key, "wording": Truncator(own.wording).chars(80)}
                    same = gettext("It is the same as benchmark %(benchmark)s: %(wording)s") % values
                    offered.append((f"same-{own.pk}", same))
                    self.targets[f"same-{own.pk}"] = own
        return offered

    def chosen_targets(self) -> Mapping[Benchmark, RolloverTarget]:
        """Return the chosen target of each benchmark. Benchmarks that stay behind are left out."""
        choices = {benchmark: self.cleaned_data[f"goes_{benchmark.pk}"] for benchmark in self.benchmarks}
        return {benchmark: self.targets[choice] for benchmark, choice in choices.items() if choice}


def _copy_label(row: Recommendation) -> str:
    if row.origin == Origin.REPORT:
        return gettext("Copy it to recommendation %(number)d") % {"number": row.number}
    return gettext("Copy it to number %(number)d of the action plan") % {"number": row.number}


def _initial_choice(benchmark: Benchmark, repeating: Sequence[Recommendation]) -> str:
    """Return the preselected choice: a benchmark with the same wording, else a copy.

    Empty if no recommendation repeats the benchmark's recommendation.
    """
    for row in repeating:
        for own in row.benchmarks.all():
            if own.repeats_id is None and normalize_name(own.wording) == normalize_name(benchmark.wording):
                return f"same-{own.pk}"
    return f"copy-{repeating[0].pk}" if repeating else ""
