"""Pages to record what an edition asks: recommendations, and the terms by which their benchmarks are judged.

The pages that show them, with their readiness, are in `reports.views`.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from recommendations.actions.benchmarks import add_benchmark, change_benchmark_terms
from recommendations.actions.edition_terms import change_edition_terms
from recommendations.actions.indicators import describe_figures, set_reporting_ministry
from recommendations.actions.milestones import (
    add_department_year,
    add_milestone,
    change_milestone_date,
    list_department_year,
    record_milestone_done,
)
from recommendations.actions.recommendations import add_recommendation, change_recommendation
from recommendations.choices import (
    DATE_ONLY_MILESTONES,
    MILESTONE_PURPOSES,
    MilestoneKind,
    MilestoneOwner,
    Origin,
    TextStatus,
)
from recommendations.edition_context import edition_url, set_page_country, set_page_edition
from recommendations.forms import (
    BenchmarkForm,
    EditionTermsForm,
    IncludedForm,
    MilestoneAddForm,
    MilestoneDateForm,
    MilestoneForm,
    RecommendationEditForm,
    RecommendationForm,
    ReportingMinistryForm,
)
from recommendations.models import (
    Benchmark,
    Edition,
    EditionTerms,
    Indicator,
    Milestone,
    MilestoneDone,
    Recommendation,
    RecommendationWeight,
)
from recommendations.models.editions import MilestoneQuerySet
from recommendations.permissions import (
    can_add_department_year,
    can_describe_indicator,
    can_edit_recommendations,
    can_set_reporting_ministry,
)
from tiptracker import clock
from tiptracker.accounts.models import Ministry
from tiptracker.localization import gettext, ngettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest


@form_page
def recommendation_add(request: SignedInRequest, edition: int) -> HttpResponse:
    """Add a recommendation to an edition."""
    row = get_object_or_404(Edition.objects.visible_to(request.user).select_related("country"), pk=edition)
    _check_may_edit(request, row)
    last = Recommendation.objects.visible_to(request.user).active().filter(edition=row, origin=Origin.REPORT).last()
    form = RecommendationForm(
        sent_data(request),
        reader=request.user,
        edition=row,
        initial={
            "number": last.number + 1 if last else 1,
            "origin": Origin.REPORT,
            "text_status": TextStatus.RECONSTRUCTION,
        },
    )
    now = clock.now(row.country.time_zone)
    if added := save_form(form, lambda: add_recommendation(edition=row, by=request.user, now=now, **form.values())):
        messages.success(
            request, gettext("Recommendation %(number)d is added. Next: add its benchmarks.") % {"number": added.number}
        )
        return redirect("recommendation_detail", pk=added.pk)
    return render_form(request, "recommendations/recommendation_add.html", form, {"edition": row})


@form_page
def recommendation_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct a recommendation's published facts."""
    rows = Recommendation.objects.visible_to(request.user).select_related("edition__country").with_pillar()
    row = get_object_or_404(rows, pk=pk)
    _check_may_edit(request, row.edition)
    form = RecommendationEditForm(
        sent_data(request),
        reader=request.user,
        edition=row.edition,
        initial=RecommendationEditForm.filled_from(row),
    )
    saved = save_form(
        form,
        lambda: change_recommendation(
            recommendation=row,
            version=form.cleaned_data["version"] or 0,
            by=request.user,
            now=clock.now(row.edition.country.time_zone),
            **form.values(),
        ),
        current=lambda: RecommendationEditForm(
            reader=request.user,
            edition=row.edition,
            initial=RecommendationEditForm.filled_from(rows.get(pk=pk)),
        ),
    )
    if saved:
        messages.success(request, gettext("Recommendation %(number)d is saved.") % {"number": row.number})
        return redirect("recommendation_detail", pk=row.pk)
    return render_form(request, "recommendations/recommendation_edit.html", form, {"recommendation": row})


@form_page
def benchmark_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a benchmark to a recommendation, with its first terms."""
    row = get_object_or_404(Recommendation.objects.visible_to(request.user).select_related("edition__country"), pk=pk)
    _check_may_edit(request, row.edition)
    form = BenchmarkForm(sent_data(request), reader=request.user, edition=row.edition)
    now = clock.now(row.edition.country.time_zone)
    if added := save_form(form, lambda: add_benchmark(recommendation=row, by=request.user, now=now, **form.values())):
        messages.success(request, gettext("Benchmark %(benchmark)s is added.") % {"benchmark": added.key})
        return redirect(f"{reverse('recommendation_detail', args=[row.pk])}#benchmark-{added.letter}")
    return render_form(request, "recommendations/benchmark_add.html", form, {"recommendation": row})


@form_page
def benchmark_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a benchmark new terms, in force from now."""
    row = get_object_or_404(
        Benchmark.objects.visible_to(request.user).select_related("recommendation__edition__country"), pk=pk
    )
    edition = row.recommendation.edition
    _check_may_edit(request, edition)
    terms = row.current_terms
    initial = BenchmarkForm.filled_from(terms) if terms else {}
    form = BenchmarkForm(sent_data(request), reader=request.user, edition=edition, initial=initial)
    saved = save_form(
        form,
        lambda: change_benchmark_terms(
            benchmark=row,
            seen=form.cleaned_data["seen"] or 0,
            by=request.user,
            now=clock.now(edition.country.time_zone),
            **form.values(),
        ),
        current=lambda: BenchmarkForm(reader=request.user, edition=edition, initial=initial),
    )
    if saved:
        messages.success(
            request, gettext("The new terms of benchmark %(benchmark)s apply from now on.") % {"benchmark": row.key}
        )
        return redirect(f"{reverse('recommendation_detail', args=[row.recommendation_id])}#benchmark-{row.letter}")
    return render_form(request, "recommendations/benchmark_edit.html", form, {"benchmark": row, "terms": terms})


@form_page
def edition_terms(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an edition's terms from now, and list every earlier change with its reason."""
    edition = get_object_or_404(Edition.objects.visible_to(request.user).select_related("country"), pk=pk)
    _check_may_edit(request, edition)
    recommendations = list(
        Recommendation.objects.visible_to(request.user).active().filter(edition=edition).order_by("-origin", "number")
    )
    history = list(
        EditionTerms.objects.visible_to(request.user)
        .filter(edition=edition)
        .known_by(None)
        .select_related("recorded_by")
        .prefetch_related(Prefetch("weights", RecommendationWeight.objects.select_related("recommendation")))
    )
    terms = history[0] if history else None
    initial = EditionTermsForm.filled_from(terms) if terms else {}
    form = EditionTermsForm(sent_data(request), edition=edition, recommendations=recommendations, initial=initial)
    if terms is None:
        form.fields["reason"].label = gettext("Reason for these terms")
    saved = save_form(
        form,
        lambda: change_edition_terms(
            edition=edition,
            seen=form.cleaned_data["seen"] or 0,
            by=request.user,
            now=clock.now(edition.country.time_zone),
            **form.values(),
        ),
        current=lambda: EditionTermsForm(edition=edition, recommendations=recommendations, initial=initial),
    )
    if saved:
        messages.success(request, gettext("The new terms of the edition apply from now on."))
        return redirect("edition_terms", pk=edition.pk)
    benchmarks = (
        Benchmark.objects.visible_to(request.user)
        .filter(recommendation__edition=edition)
        .active()
        .select_related("recommendation")
        .order_by("-recommendation__origin", "recommendation__number", "letter")
    )
    context = {
        "edition": edition,
        "terms": terms,
        "history": history,
        "benchmarks": benchmarks,
    }
    return render_form(request, "recommendations/edition_terms.html", form, context)


@form_page
def indicator_ministry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set, change or clear the ministry that reports an indicator's figure."""
    row = get_object_or_404(Indicator.objects.visible_to(request.user).select_related("country"), pk=pk)
    set_page_country(request, row.country)
    if not can_set_reporting_ministry(request.user, row):
        raise PermissionDenied
    form = ReportingMinistryForm(
        sent_data(request),
        ministries=Ministry.objects.visible_to(request.user).filter(country=row.country),
        initial={"ministry": row.ministry_id},
    )
    now = clock.now(row.country.time_zone)
    if save_form(form, lambda: set_reporting_ministry(indicator=row, by=request.user, now=now, **form.cleaned_data)):
        ministry = form.cleaned_data["ministry"]
        messages.success(
            request,
            gettext(
                "The ministry that reports “%(indicator)s” is now: %(ministry)s. "
                "The ministry gets no message about this."
            )
            % {"indicator": row.name, "ministry": ministry.name}
            if ministry
            else gettext("No ministry is set for “%(indicator)s” now.") % {"indicator": row.name},
        )
        return redirect("indicator_detail", pk=row.pk)
    return render_form(request, "recommendations/indicator_ministry.html", form, {"indicator": row})


@form_page
def indicator_includes(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what an indicator's figures include."""
    row = get_object_or_404(Indicator.objects.visible_to(request.user).select_related("country"), pk=pk)
    set_page_country(request, row.country)
    if not can_describe_indicator(request.user, row):
        raise PermissionDenied
    form = IncludedForm(sent_data(request), initial={"includes": row.includes})
    now = clock.now(row.country.time_zone)
    if save_form(form, lambda: describe_figures(indicator=row, by=request.user, now=now, **form.cleaned_data)):
        messages.success(
            request,
            gettext("What “%(indicator)s” includes is saved. Figures stay as they are.") % {"indicator": row.name},
        )
        return redirect("indicator_detail", pk=row.pk)
    return render_form(request, "recommendations/indicator_includes.html", form, {"indicator": row})


@form_page
def milestone_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record the day on which a milestone was done, and list the earlier records."""
    rows = Milestone.objects.visible_to(request.user).exclude(kind__in=DATE_ONLY_MILESTONES)
    row = _get_milestone_to_edit(request, rows, pk)
    now = clock.now(row.edition.country.time_zone)
    history = list(
        MilestoneDone.objects.visible_to(request.user)
        .filter(milestone=row)
        .known_by(None)
        .select_related("recorded_by")
    )
    initial = {"done_on": history[0].done_on} if history else {}
    form = MilestoneForm(sent_data(request), today=now.date(), initial=initial)
    if save_form(form, lambda: record_milestone_done(milestone=row, by=request.user, now=now, **form.cleaned_data)):
        messages.success(request, gettext("Recorded as done: %(milestone)s.") % {"milestone": row.name})
        return redirect("milestone_detail", pk=row.pk)
    kind = MilestoneKind(row.kind)
    context = {
        "milestone": row,
        "history": history,
        "purpose": gettext(MILESTONE_PURPOSES[kind]),
        "is_departments": kind.owner is MilestoneOwner.DEPARTMENT,
    }
    return render_form(request, "recommendations/milestone_done.html", form, context)


@form_page
def milestone_date(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a milestone another date. The deadline has a page of its own: the terms of the edition."""
    rows = Milestone.objects.visible_to(request.user).exclude(kind=MilestoneKind.PERIOD_END)
    row = _get_milestone_to_edit(request, rows, pk)
    if row.kind == MilestoneKind.DEADLINE:
        messages.info(request, gettext("The deadline is set in the terms of the edition. Change it here."))
        return redirect("edition_terms", pk=row.edition_id)
    now = clock.now(row.edition.country.time_zone)
    initial = {"due_on": row.falls_on, "is_estimated": row.is_about}
    form = MilestoneDateForm(sent_data(request), initial=initial)
    if save_form(form, lambda: change_milestone_date(milestone=row, by=request.user, now=now, **form.cleaned_data)):
        messages.success(request, gettext("The date of “%(milestone)s” is changed.") % {"milestone": row.name})
        return redirect("milestone_detail", pk=row.pk)
    return render_form(request, "recommendations/milestone_date.html", form, {"milestone": row})


@form_page
def milestone_add(request: SignedInRequest, edition: int) -> HttpResponse:
    """Add a milestone to an edition, such as a second data call."""
    row = get_object_or_404(Edition.objects.visible_to(request.user).select_related("country"), pk=edition)
    _check_may_edit(request, row)
    form = MilestoneAddForm(sent_data(request))
    if added := save_form(form, lambda: add_milestone(edition=row, by=request.user, **form.cleaned_data)):
        messages.success(request, gettext("The milestone “%(milestone)s” is added.") % {"milestone": added.name})
        return redirect("milestone_detail", pk=added.pk)
    return render_form(request, "recommendations/milestone_add.html", form, {"edition": row})


@form_page
def department_year(request: SignedInRequest, edition: int) -> HttpResponse:
    """Show the computed dates of the Department's year for an edition, and add those that it lacks."""
    row = get_object_or_404(Edition.objects.visible_to(request.user).select_related("country"), pk=edition)
    set_page_edition(request, row)
    if not can_add_department_year(request.user, row):
        raise PermissionDenied
    back, back_label = edition_url(row, "timeline"), gettext("Timeline")
    if not can_edit_recommendations(request.user, row):
        back = reverse("setup_edition_edit", args=[row.pk])
        back_label = gettext("Edit the %(year)d edition") % {"year": row.year}
    form = TrackerForm(sent_data(request))
    if added := save_form(form, lambda: add_department_year(edition=row, by=request.user)):
        sentence = ngettext("%(number)d milestone is added.", "%(number)d milestones are added.", len(added))
        messages.success(request, sentence % {"number": len(added)})
        return redirect(back)
    milestones = Milestone.objects.visible_to(request.user).filter(edition=row).as_known_by(None)
    existing = {milestone.kind: milestone for milestone in reversed(milestones)}
    proposed = [(each, gettext(each.source), existing.get(each.kind)) for each in list_department_year(row)]
    context = {
        "edition": row,
        "proposed": proposed,
        "missing": sum(found is None for *_, found in proposed),
        "back": back,
        "back_label": back_label,
    }
    return render_form(request, "recommendations/department_year.html", form, context)


def _get_milestone_to_edit(request: SignedInRequest, rows: MilestoneQuerySet, pk: int) -> Milestone:
    """Return one of the milestones, as known now, if the user may edit it, and set the page's edition."""
    row = get_object_or_404(rows.as_known_by(None).select_related("edition__country"), pk=pk)
    _check_may_edit(request, row.edition)
    return row


def _check_may_edit(request: SignedInRequest, edition: Edition) -> None:
    """Set the page's edition. Raises PermissionDenied if the user may see the edition but not edit it."""
    set_page_edition(request, edition)
    if not can_edit_recommendations(request.user, edition):
        raise PermissionDenied
