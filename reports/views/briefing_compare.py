"""Page that compares two briefings of the same kind."""

from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from recommendations.edition_context import set_page_edition
from reports.briefings.comparison import compare_documents
from reports.choices import BriefingKind
from reports.forms import BriefingCompareForm
from reports.models import Briefing
from reports.views.access import read_page
from tiptracker.former_names import with_current_fields
from tiptracker.web.form_pages import render_form
from tiptracker.web.pages import SignedInRequest, render_page

MAX_OFFERED = 50
"""Maximum number of other briefings offered for the comparison."""


@read_page
def briefing_compare(request: SignedInRequest, pk: int) -> HttpResponse:
    """Compare a briefing with the one named by `?with=`, or by default with the one from `default_comparison`."""
    rows = Briefing.objects.visible_to(request.user)
    comparable = rows.select_related("edition__country", "ministry", "dialogue", "job").filter(content__isnull=False)
    briefing = comparable.filter(pk=pk).first()
    if briefing is None:
        withdrawn = get_object_or_404(rows.select_related("edition__country"), pk=pk, withdrawn_at__isnull=False)
        set_page_edition(request, withdrawn.edition)
        return render_page(request, "reports/briefing_compare.html", {"briefing": withdrawn}, status=410)
    set_page_edition(request, briefing.edition)
    of_its_kind = comparable.of_its_kind(briefing).exclude(pk=pk).defer("content")
    others = list(of_its_kind.filter(language=briefing.language)[:MAX_OFFERED])
    default = default_comparison(briefing, others)
    data = request.GET if "with" in request.GET else {"with": str(default.pk)} if default else None
    form = BriefingCompareForm(data, others=others)
    in_other_languages = of_its_kind.exclude(language=briefing.language).exists()
    context: dict[str, object] = {"briefing": briefing, "others": others, "in_other_languages": in_other_languages}
    if form.is_valid():
        context |= _comparison_context(briefing, form.other)
    return render_form(request, "reports/briefing_compare.html", form, context)


def _comparison_context(briefing: Briefing, other: Briefing) -> dict[str, object]:
    """Return both briefings, ordered by day, and their differences."""
    before, after = sorted((other, briefing), key=_sort_key)
    chapters = compare_documents(
        BriefingKind(briefing.kind), with_current_fields(before.content or {}), with_current_fields(after.content or {})
    )
    count = sum(len(chapter.differences) for chapter in chapters)
    return {"other": other, "before": before, "after": after, "chapters": chapters, "count": count}


def _sort_key(briefing: Briefing) -> tuple[date, datetime, int]:
    return briefing.as_of, briefing.known_by, briefing.pk


def default_comparison(briefing: Briefing, others: list[Briefing]) -> Briefing | None:
    """Return the last issued briefing before this one, or else the last one before it, or else any other."""
    before = [other for other in others if _sort_key(other) < _sort_key(briefing)]
    issued = [briefing for briefing in before if briefing.cleared_at]
    return next(iter(issued or before or others), None)
