"""The form for what in the record answers a yearly question."""

from typing import Any, cast

from django import forms

from dialogues.choices import EvidenceKind
from recommendations.choices import INDICIA_SUMMARIES
from recommendations.models import Benchmark, Edition, Indicator, Question
from tiptracker.accounts.models import User
from tiptracker.localization import gettext, gettext_lazy, join_with_colon
from tiptracker.web.frontend.form_rows import Choices, RowsField, set_row_choices
from tiptracker.web.frontend.forms import ChangeForm


class QuestionMappingForm(ChangeForm):
    """What answers a yearly question. `version` is the version that the form was filled from."""

    indicators = RowsField(required=False, label=gettext_lazy("Indicators"))
    benchmarks = RowsField(required=False, label=gettext_lazy("Benchmarks"))
    evidence_kinds = forms.MultipleChoiceField(
        choices=EvidenceKind.choices(),
        required=False,
        label=gettext_lazy("Types of evidence"),
        help_text=gettext_lazy(
            "Evidence of these types answers the question if its benchmark belongs to one of the indicia below."
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    indicia = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        label=gettext_lazy("Indicia of 22 U.S.C. 7106(b)"),
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: User, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        indicators = Indicator.objects.visible_to(reader).filter(country=edition.country_id)
        set_row_choices(self, "indicators", indicators)
        rows = Benchmark.objects.visible_to(reader).filter(recommendation__edition=edition).active().with_terms()
        benchmarks = list(rows.select_related("recommendation").order_by("recommendation__number", "letter"))
        labels: Choices = [(str(row.pk), join_with_colon(row.key, row.wording)) for row in benchmarks]
        set_row_choices(self, "benchmarks", benchmarks, choices=labels)
        cast("forms.MultipleChoiceField", self.fields["indicia"]).choices = [
            (number, join_with_colon(number, gettext(summary))) for number, summary in INDICIA_SUMMARIES.items()
        ]

    @staticmethod
    def filled_from(question: Question) -> dict[str, Any]:
        """Return the initial values to correct the mapping of a question from `with_mapping()`."""
        return {
            "indicators": [row.pk for row in question.indicators.all()],
            "benchmarks": [row.pk for row in question.benchmarks.all()],
            "evidence_kinds": question.evidence_kinds,
            "indicia": question.indicia,
            "version": question.version,
        }
