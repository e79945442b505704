"""Log progress: one event, its proof, its figure, and the benchmarks it supports."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect

from dialogues import permissions
from dialogues.actions.evidence import log_evidence
from dialogues.actions.readings import ReadingInput
from dialogues.choices import DoneBy, EvidenceKind, Sensitivity, SupportKind
from dialogues.forms.evidence import EvidenceForm, EvidenceLinkRows, ReadingForm
from dialogues.forms.fields import benchmark_choices, to_direction
from dialogues.models import Commitment, Evidence, EvidenceFile
from dialogues.score_effects import (
    BenchmarkEffect,
    LoggedFigure,
    ScoreEffect,
    describe_benchmark_effects,
    describe_exclusion,
    describe_figure_effect,
    find_score_effect,
)
from dialogues.views.page_context import describe_outside_period, duplicate_link
from dialogues.views.uploads import UploadResult, store_uploads
from recommendations.choices import Rule
from recommendations.edition_context import EditionRequest, editions_of_page_country
from recommendations.models import Benchmark, Edition, Indicator
from recommendations.tracking_period import find_covering_edition
from tiptracker import clock
from tiptracker.errors import Refused
from tiptracker.web.frontend.form_rows import add_empty_row, add_field_error, invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page


@login_required
def evidence_log(request: EditionRequest) -> HttpResponse:
    """Log progress in one form, for the edition of the page.

    `?commitment=` and `?benchmark=` name what the evidence is about.
    """
    user, edition = request.user, request.edition
    now = clock.now(edition.country.time_zone)
    if not permissions.can_log_evidence(user, edition.country):
        raise PermissionDenied
    page = EvidenceLogPage(request, edition, now)
    before = None
    if page.is_sent and page.is_valid():
        try:
            evidence = log_evidence(country=edition.country, by=user, now=now, **page.said())
        except Refused as refusal:
            page.refuse(refusal)
            before = duplicate_link(refusal, "evidence_detail")
        else:
            messages.add_message(request, *page.what_becomes_of(evidence))
            return redirect("evidence_detail", evidence.pk)
    context = page.context() | {
        "recorded_before": before,
        "other_editions": editions_of_page_country(request)[1:],
        "by_figures": [b.key for b in page.benchmarks if (rule := _current_rule(b)) and rule is not Rule.ASSESSED],
    }
    answer = render_page(request, "dialogues/evidence_log.html", context, status=422 if page.is_sent else 200)
    return page.uploads.with_retry_after(answer) if page.is_sent else answer


class EvidenceLogPage:
    """The evidence form, the form of its figure, and the rows of benchmarks, filled from the request or its URL.

    A subclass overrides the methods that return initial values.
    """

    form_class: type[EvidenceForm] = EvidenceForm

    def __init__(self, request: SignedInRequest, edition: Edition, now: datetime) -> None:
        user, today = request.user, now.date()
        self.request, self.edition = request, edition
        self.commitments = list(
            Commitment.objects.visible_to(user).filter(country=edition.country).select_related("ministry")
        )
        self.benchmarks = list(
            Benchmark.objects.visible_to(user).filter(self.asked()).select_related("recommendation").with_terms()
        )
        indicators = list(Indicator.objects.visible_to(user).filter(country=edition.country))
        uploads = store_uploads(request, now=now) if request.method == "POST" else UploadResult(self.files(), [])
        self.uploads = uploads._replace(files=uploads.files[-1:])  # evidence has one file: keep the newest
        offered: dict[str, Any] = {"today": today, "commitments": self.commitments, "kept": self.uploads.files}
        offered |= self.offered()
        counted: dict[str, Any] = {"today": today, "edition": edition, "indicators": indicators}
        row_kwargs: dict[str, Any] = {
            "prefix": "evidence_links",
            "form_kwargs": {"benchmarks": self.benchmarks, "choices": benchmark_choices(self.benchmarks)},
        }
        self.is_sent = request.method == "POST" and "more" not in request.POST
        if request.method == "POST":
            self.form, self.count = self.form_class(request.POST, **offered), ReadingForm(request.POST, **counted)
            self.rows = EvidenceLinkRows(request.POST, **row_kwargs)
            if self.is_sent:
                self.uploads.show_refusals(self.form)
            else:
                for sentence in self.uploads.refusals:
                    messages.warning(request, sentence)
                self.form = self.form_class(initial=raw_values(self.form), **offered)
                self.count = ReadingForm(initial=raw_values(self.count), **counted)
                self.rows = add_empty_row(self.rows, **row_kwargs)
        else:
            self.form = self.form_class(initial=self.about(today), **offered)
            self.count = ReadingForm(initial=self.counted(), **counted)
            self.rows = EvidenceLinkRows(initial=self.towards(), **row_kwargs)

    def asked(self) -> Q:
        """Return a filter for the benchmarks that can be named."""
        return Q(recommendation__edition=self.edition, recommendation__is_retired=False)

    def files(self) -> list[EvidenceFile]:
        """Return the files attached before the form is sent."""
        return []

    def offered(self) -> dict[str, Any]:
        """Return further arguments of the evidence form."""
        return {}

    def about(self, today: date) -> dict[str, Any]:
        """Return the initial values of the evidence form."""
        return {"commitment": self.request.GET.get("commitment"), "happened_from": today}

    def counted(self) -> dict[str, Any]:
        """Return the initial values of the form of the figure."""
        return {}

    def towards(self) -> list[dict[str, Any]]:
        """Return the initial rows: the benchmark in the URL, and the benchmarks of the commitment in the URL."""
        about, asked = self.request.GET.get("commitment"), {one.pk for one in self.benchmarks}
        named = [{"benchmark": self.request.GET["benchmark"]}] if "benchmark" in self.request.GET else []
        return named + [
            {"benchmark": link.benchmark_id, "shows": SupportKind.ACTION.value}
            for commitment in self.commitments
            if str(commitment.pk) == about
            for link in commitment.links.all()
            if link.benchmark_id in asked
        ]

    def context(self) -> dict[str, Any]:
        """Return the context of the template."""
        return {
            "form": self.form,
            "count": self.count,
            "rows": self.rows,
            "wrong_forms": invalid_forms(self.form, self.count, *self.rows),
            "kept": self.uploads.files,
            "edition": self.edition,
        }

    def is_valid(self) -> bool:
        """Return whether all forms are valid. Validate each, so that the page shows all errors at once."""
        is_form_valid = self.form.is_valid()
        self.count.evidence_ends_on = self.form.cleaned_data.get("happened_to")
        return all([is_form_valid, self.count.is_valid(), self.rows.is_valid()])

    def refuse(self, refusal: Refused) -> None:
        """Show the message next to its field."""
        form: Form = self.count if refusal.field in self.count.fields else self.form
        add_field_error(form, str(refusal), refusal.field)

    def said(self) -> dict[str, Any]:
        """Return the input as arguments of the action."""
        return self.told() | {"count": self.figure()}

    def told(self) -> dict[str, Any]:
        """Return the input without the figure."""
        said = self.form.cleaned_data
        return {
            "title": said["title"],
            "kind": EvidenceKind(said["kind"]),
            "happened_from": said["happened_from"],
            "happened_to": said["happened_to"],
            "done_by": DoneBy(said["done_by"]),
            "stated_by": said["stated_by"],
            "source": said["source"],
            "link": said["link"],
            "file": self.form.kept[0] if self.form.kept else None,
            "commitment": said["commitment"],
            "sensitivity": Sensitivity(said["sensitivity"]),
            "evidence_links": self._evidence_links(),
        }

    def what_becomes_of(self, evidence: Evidence) -> tuple[int, str]:
        """Return the level and text of the message after saving.

        The text says whether the evidence can count, and what that waits for.
        """
        evidence_links, count = self._evidence_links(), self.figure()
        first, last = evidence.happened_from, evidence.happened_to
        if why := describe_exclusion(DoneBy(evidence.done_by), describe_outside_period([self.edition], first, last)):
            held = find_covering_edition(editions_of_page_country(self.request), first, last)
            if held and held != self.edition and held.covers(first, last):
                why += f" In {held.year} it can: put it right, and name what was asked then."
        named = [
            BenchmarkEffect(benchmark.key, find_score_effect(shows, _current_rule(benchmark)))
            for benchmark, shows in evidence_links
        ]
        told = why or describe_benchmark_effects(named, evidence.happened_from)
        if not named and count is None and not why:
            told = "It names no benchmark, so it counts towards none."
        figure = describe_figure_effect(self._counted(count)) if count else ""
        can_count = not why and (count is not None or any(on.effect is ScoreEffect.COUNTS for on in named))
        return messages.SUCCESS if can_count else messages.WARNING, " ".join(filter(None, ("Recorded.", told, figure)))

    def _evidence_links(self) -> list[tuple[Benchmark, SupportKind]]:
        return [
            (row.cleaned_data["benchmark"], SupportKind(row.cleaned_data["shows"] or SupportKind.ACTION))
            for row in self.rows
            if row.cleaned_data.get("benchmark")
        ]

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
        )

    def _counted(self, count: ReadingInput) -> LoggedFigure:
        judged = (terms for b in self.benchmarks if (terms := b.current_terms) and terms.rule != Rule.ASSESSED)
        return LoggedFigure(
            has_figure=count.figure is not None,
            has_direction=bool(count.direction),
            is_of_year_before=count.starts_on < self.edition.starts_on,
            answers_question=bool(count.indicator.question),
            moves_benchmark=any(terms.indicator_id == count.indicator.pk for terms in judged),
        )


def _current_rule(benchmark: Benchmark) -> Rule | None:
    """Return the rule that judges a benchmark now; None if it has no terms."""
    return Rule(terms.rule) if (terms := benchmark.current_terms) else None
