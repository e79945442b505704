"""Log progress: one event, its proof, its figure, and the benchmarks it supports."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from dialogues import permissions
from dialogues.actions.evidence import log_evidence
from dialogues.actions.readings import ReadingInput, ReadingPartInput
from dialogues.choices import DoneBy, SupportKind
from dialogues.forms.evidence import LINKS_PREFIX, EvidenceForm, EvidenceLinkRows, ReadingForm
from dialogues.forms.fields import BenchmarkRows, benchmark_choices, to_direction
from dialogues.models import Evidence, EvidenceFile
from dialogues.score_effects import (
    BenchmarkEffect,
    LoggedFigure,
    ScoreEffect,
    describe_benchmark_effects,
    describe_exclusion,
    describe_figure_effect,
    find_score_effect,
)
from dialogues.views.evidence_offers import EvidenceOffers, OfferedRows
from dialogues.views.page_context import describe_outside_period, duplicate_link
from dialogues.views.uploads import UploadResult, store_uploads
from recommendations.choices import BreakdownDimension, Rule
from recommendations.edition_context import EditionRequest, edition_url, editions_of_page_country
from recommendations.models import Benchmark, Edition
from recommendations.tracking_period import find_covering_edition
from tiptracker import clock
from tiptracker.audit.append_only import MARKS
from tiptracker.localization import gettext, join_with_and
from tiptracker.numbers import parse_whole_number
from tiptracker.web.form_pages import save_form, sent_data, show_refusal
from tiptracker.web.frontend.form_rows import Choices, add_empty_row, invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page

EVIDENCE_FIELDS = (
    "title",
    "kind",
    "happened_from",
    "happened_to",
    "done_by",
    "stated_by",
    "source",
    "link",
    "commitment",
    "sensitivity",
)
"""Fields of the form that the actions take as they are."""


@login_required
def evidence_log(request: EditionRequest) -> HttpResponse:
    """Log progress in one form, for the edition of the page.

    `?commitment=`, `?benchmark=` and `?recommendation=` name what the evidence is about. `?after=` is the evidence that
    the user logged just before: what several events often share starts from it.
    """
    user, edition = request.user, request.edition
    now = clock.now(edition.country.time_zone)
    if not permissions.can_log_evidence(user, edition.country):
        raise PermissionDenied
    before = _find_entry_before(request)
    page = EvidenceForms(request, edition, now, initial=_initial_after(before) if before else None)
    if evidence := page.save(
        lambda: log_evidence(country=edition.country, count=page.figure, by=user, now=now, **page.values)
    ):
        messages.add_message(request, *page.describe_outcome(evidence))
        if "another" in request.POST:
            return redirect(edition_url(edition, "evidence_log", query={"after": evidence.pk}))
        return redirect("evidence_detail", evidence.pk)
    by_figures = [b.key for b in page.offers.benchmarks if (rule := _current_rule(b)) and rule is not Rule.ASSESSED]
    context = {
        "other_editions": editions_of_page_country(request)[1:],
        "by_figures": by_figures,
        "by_figures_joined": join_with_and(by_figures),
        "entry_before": before,
    }
    return page.render("dialogues/evidence_log.html", context)


class EvidenceForms:
    """The form of a piece of evidence, the form of its figure, and the rows of its benchmarks.

    What was sent is read with only the rows that it names. If the page is shown again, it offers all.
    """

    form: EvidenceForm
    count: ReadingForm
    rows: BenchmarkRows

    def __init__(
        self,
        request: SignedInRequest,
        edition: Edition,
        now: datetime,
        *,
        form_class: Callable[..., EvidenceForm] = EvidenceForm,
        supported: Collection[int] = (),
        answered: Collection[int] = (),
        files: Sequence[EvidenceFile] = (),
        initial: Mapping[str, Any] | None = None,
        figure_initial: Mapping[str, Any] | None = None,
        row_initial: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Set up the forms of a page.

        Args:
            request: the request of the page. A sent form is filled from it.
            edition: the edition whose benchmarks and period are offered.
            now: the time in the country.
            form_class: makes the form of the evidence.
            supported: keys of further benchmarks that are offered.
            answered: keys of further yearly questions that are offered.
            files: the files attached before the form is sent.
            initial: values of the evidence; without them, the page starts from its address.
            figure_initial: values of the figure.
            row_initial: values of the rows.
        """
        data = sent_data(request)
        self.request, self.edition, self._today, self._form_class = request, edition, now.date(), form_class
        self._on_offer = OfferedRows(request.user, edition, self._today, supported=supported, answered=answered)
        uploads = UploadResult(list(files), []) if data is None else store_uploads(request, now=now)
        self.uploads = uploads._replace(files=uploads.files[-1:])  # evidence has one file: keep the newest
        self.is_sent = data is not None and "more" not in data
        if self.is_sent:
            self._read_sent(self._on_offer.read_chosen(request.POST))
            return
        self.offers = self._on_offer.read_all()
        if data is None and initial is None:
            initial = {"commitment": request.GET.get("commitment")}
            row_initial = self._rows_of_address()
        if data is None:
            self._make_forms(None, initial, figure_initial, row_initial)
            return
        for sentence in self.uploads.refusals:
            messages.warning(request, sentence)
        form_kwargs, figure_kwargs, row_kwargs = self._make_forms(data)
        self.form = form_class(initial=raw_values(self.form), **form_kwargs)
        self.count = ReadingForm(initial=raw_values(self.count), **figure_kwargs)
        self.rows = add_empty_row(self.rows, **row_kwargs)

    def _make_forms(
        self,
        data: QueryDict | None,
        initial: Mapping[str, Any] | None = None,
        figure_initial: Mapping[str, Any] | None = None,
        row_initial: Sequence[Mapping[str, Any]] | None = None,
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Make the forms, and return the arguments of the form, the figure and the rows besides their values."""
        offers = self.offers
        counted_by = {
            benchmark.pk: terms.indicator_id
            for benchmark in offers.benchmarks
            if (terms := benchmark.current_terms) and terms.rule != Rule.ASSESSED and terms.indicator_id
        }
        row_kwargs: dict[str, Any] = {
            "prefix": LINKS_PREFIX,
            "form_kwargs": {
                "benchmarks": offers.benchmarks,
                "choices": self._benchmark_choices(),
                "counted_by": counted_by,
            },
        }
        self.rows = EvidenceLinkRows(data, initial=row_initial, **row_kwargs)
        chosen = [str(row["benchmark"].value() or "") for row in self.rows.forms]
        expected = [str(counted_by[pk]) for key in chosen if (pk := parse_whole_number(key)) in counted_by]
        form_kwargs: dict[str, Any] = {
            "today": self._today,
            "commitments": offers.commitments,
            "chosen_commitment": offers.chosen_commitment,
            "partners": offers.partners,
            "questions": offers.questions,
            "chosen_benchmarks": [key for key in chosen if key],
            "stored_files": self.uploads.files,
            "earlier_stated_by": offers.earlier_stated_by,
        }
        figure_kwargs: dict[str, Any] = {
            "today": self._today,
            "edition": self.edition,
            "indicators": offers.indicators,
            "totals": offers.totals,
            "districts": offers.districts,
            "expected": expected,
        }
        if data is None and figure_initial is None and expected:
            figure_initial = {"indicator": expected[0]}
        self.form = self._form_class(data, initial=initial, **form_kwargs)
        self.count = ReadingForm(data, initial=figure_initial, **figure_kwargs)
        return form_kwargs, figure_kwargs, row_kwargs

    def _read_sent(self, offers: EvidenceOffers) -> None:
        """Make the forms from what was sent, and check it."""
        self.offers = offers
        self._make_forms(self.request.POST)
        self.uploads.show_refusals(self.form)
        self.form.is_valid()
        self.count.evidence_ends_on = self.form.cleaned_data.get("happened_to")

    def _benchmark_choices(self) -> Choices:
        """Return the benchmarks as choices. Those of the recommendation in the URL come first."""
        first = self._benchmarks_of_recommendation()
        others = [benchmark for benchmark in self.offers.benchmarks if benchmark not in first]
        return benchmark_choices([*first, *others], names_recommendation=True)

    def _rows_of_address(self) -> list[dict[str, Any]]:
        """Return the initial rows: the benchmarks in the URL, and those of the commitment in the URL.

        A recommendation in the URL names its benchmark, if it has only one.
        """
        query, offered = self.request.GET, {benchmark.pk for benchmark in self.offers.benchmarks}
        named = query.getlist("benchmark")
        if not named and len(own := self._benchmarks_of_recommendation()) == 1:
            named = [str(own[0].pk)]
        rows: list[dict[str, Any]] = [{"benchmark": key, "shows": SupportKind.ACTION.value} for key in named]
        return rows + [
            {"benchmark": benchmark, "shows": SupportKind.ACTION.value}
            for commitment in self.offers.commitments
            if str(commitment.key) == query.get("commitment")
            for benchmark in commitment.benchmarks
            if benchmark in offered
        ]

    def _benchmarks_of_recommendation(self) -> list[Benchmark]:
        """Return the benchmarks of the recommendation in the URL."""
        key = parse_whole_number(self.request.GET.get("recommendation"))
        return [benchmark for benchmark in self.offers.benchmarks if key and benchmark.recommendation_id == key]

    def save(self, save: Callable[[], Evidence]) -> Evidence | None:
        """Call `save` if all forms are valid. None if they are not or the action refuses; the forms show why."""
        saved = save_form(self.form, save, also=[self.count, self.rows])
        if saved is None and self.is_sent:
            refusal = self.form.refusal
            self._read_sent(self._on_offer.read_all(self.offers.chosen_commitment))
            for other in (self.count, self.rows):
                other.is_valid()
            if refusal:
                show_refusal(self.form, refusal, also=[self.count, self.rows])
        return saved

    def render(self, template: str, context: Mapping[str, Any]) -> HttpResponse:
        """Render the page with its forms."""
        response = render_page(
            self.request,
            template,
            {
                "form": self.form,
                "count": self.count,
                "rows": self.rows,
                "refused_forms": invalid_forms(self.form, *self.rows, self.count),
                "recorded_before": duplicate_link(self.form.refusal, "evidence_detail"),
                "attached": self.uploads.files,
                "edition": self.edition,
                **context,
            },
            status=422 if self.is_sent else 200,
        )
        return self.uploads.with_retry_after(response) if self.is_sent else response

    @property
    def values(self) -> dict[str, Any]:
        """Return the input as arguments of the actions, without the figure."""
        values = {name: self.form.cleaned_data[name] for name in EVIDENCE_FIELDS}
        file = self.form.stored_files[0] if self.form.stored_files else None
        return values | self.form.support | {"file": file, "evidence_links": self.rows.chosen("shows")}

    @property
    def figure(self) -> ReadingInput | None:
        """Return the figure that the user entered; None without one."""
        if not self.count.is_filled:
            return None
        data = self.count.cleaned_data
        return ReadingInput(
            indicator=data["indicator"],
            starts_on=data["starts_on"],
            through_on=data["through_on"],
            figure=data["figure"],
            direction=to_direction(data["direction"]),
            note=data["note"],
            parts=[
                ReadingPartInput(BreakdownDimension.DISTRICT, name, Decimal(1)) for name in data.get("districts", ())
            ],
        )

    def describe_outcome(self, evidence: Evidence) -> tuple[int, str]:
        """Return the level and text of the message after saving.

        The text says whether the evidence can count, and what that waits for.
        """
        figure = self.figure
        first, last = evidence.happened_from, evidence.happened_to
        if exclusion := describe_exclusion(
            DoneBy(evidence.done_by), describe_outside_period([self.edition], first, last)
        ):
            covering = find_covering_edition(editions_of_page_country(self.request), first, last)
            if covering and covering != self.edition and covering.covers(first, last):
                sentence = gettext(
                    "It can count for the %(year)d edition: correct it and choose a benchmark of that year."
                )
                exclusion = f"{exclusion} {sentence % {'year': covering.year}}"
        effects = [
            BenchmarkEffect(benchmark.key, find_score_effect(shows, _current_rule(benchmark)))
            for benchmark, shows in self.rows.chosen("shows")
        ]
        text = exclusion or describe_benchmark_effects(effects, evidence.happened_from)
        if not effects and figure is None and not exclusion:
            text = gettext("It supports no benchmark, so it does not count.")
            if self.form.has_indicia or self.form.has_questions:
                text = gettext(
                    "It supports no benchmark, so it adds nothing to readiness. A colleague verifies it for the input "
                    "for Washington."
                )
        figure_text = describe_figure_effect(self._logged_figure(figure)) if figure else ""
        can_count = not exclusion and (figure or any(effect.effect is ScoreEffect.COUNTS for effect in effects))
        level = messages.SUCCESS if can_count else messages.WARNING
        saved = gettext("Correction saved.") if evidence.revises_id else gettext("Evidence recorded.")
        return level, " ".join(filter(None, (saved, text, figure_text)))

    def _logged_figure(self, figure: ReadingInput) -> LoggedFigure:
        judged = (
            terms
            for b in self._on_offer.read_benchmarks()
            if (terms := b.current_terms) and terms.rule != Rule.ASSESSED
        )
        return LoggedFigure(
            has_figure=figure.figure is not None,
            has_direction=bool(figure.direction),
            is_of_year_before=figure.starts_on < self.edition.starts_on,
            answers_question=bool(figure.indicator.question),
            moves_benchmark=any(terms.indicator_id == figure.indicator.pk for terms in judged),
        )


def _find_entry_before(request: SignedInRequest) -> Evidence | None:
    """Return the user's own evidence that `?after=` names."""
    if (key := parse_whole_number(request.GET.get("after"))) is None:
        return None
    return Evidence.objects.visible_to(request.user).filter(recorded_by=request.user, pk=key).first()


def _initial_after(before: Evidence) -> dict[str, Any]:
    """Return what a further event often shares with the one logged before: its dates, people and commitment."""
    names = ("happened_from", "done_by", "stated_by", "sensitivity")
    values = {name: value for name in names if (value := getattr(before, name)) not in MARKS}
    values["partner"] = before.partner_id
    is_one_day = before.happened_from == before.happened_to
    return values | {"happened_to": None if is_one_day else before.happened_to, "commitment": before.commitment_id}


def _current_rule(benchmark: Benchmark) -> Rule | None:
    """Return the rule that judges a benchmark now; None if it has no terms."""
    return Rule(terms.rule) if (terms := benchmark.current_terms) else None
