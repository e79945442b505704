"""Page of a milestone: its date, who has to reach it, every earlier date, and the records of it as done."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from recommendations.choices import DATE_ONLY_MILESTONES, FIXED_MILESTONES, MilestoneKind, MilestoneOwner, Tier
from recommendations.edition_context import set_page_edition
from recommendations.models import Edition, Milestone, MilestoneDateChange, MilestoneDone
from recommendations.permissions import can_edit_recommendations
from recommendations.watch_list import years_on_watch_list
from reports import sentences
from reports.calendar.gathering import milestone_day
from reports.views.access import read_page
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.localization import gettext, ngettext
from tiptracker.web.pages import SignedInRequest, render_page


class MilestoneDateLine(NamedTuple):
    """A date that a milestone had, why, and who recorded it when. The first date has only its source."""

    day: date
    is_about: bool
    why: str
    who: str = ""
    at: datetime | None = None


@read_page
def milestone_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a milestone. Embassy roles only; officers find here what they can record."""
    rows = Milestone.objects.visible_to(request.user).as_known_by(None).select_related("edition__country")
    row = get_object_or_404(rows, pk=pk)
    if not request.user.is_embassy:
        raise PermissionDenied
    set_page_edition(request, row.edition)
    kind = MilestoneKind(row.kind)
    today = clock.today(row.edition.country.time_zone)
    done = MilestoneDone.objects.visible_to(request.user).filter(milestone=row).known_by(None)
    may_edit = can_edit_recommendations(request.user, row.edition)
    context = {
        "milestone": row,
        "day": milestone_day(row, today),
        "title": row.own_title or kind.label_with_owner,
        "purpose": sentences.describe_milestone_purpose(kind),
        "watch_list": _describe_watch_list(request.user, row.edition) if kind is MilestoneKind.WATCH_LIST_LIMIT else "",
        "dates": list(_list_dates(row, _changes(request.user, row))),
        "done": done.select_related("recorded_by"),
        "may_change_date": may_edit and kind not in FIXED_MILESTONES,
        "may_change_terms": may_edit and kind is MilestoneKind.DEADLINE,
        "may_record": may_edit and kind not in DATE_ONLY_MILESTONES,
        "is_departments": kind.owner is MilestoneOwner.DEPARTMENT,
    }
    return render_page(request, "reports/milestone_detail.html", context)


def _changes(user: User, milestone: Milestone) -> Iterable[MilestoneDateChange]:
    rows = MilestoneDateChange.objects.visible_to(user).filter(milestone=milestone).known_by(None)
    return rows.select_related("recorded_by")


def _list_dates(milestone: Milestone, changes: Iterable[MilestoneDateChange]) -> Iterator[MilestoneDateLine]:
    """Yield the dates that a milestone had, newest first. The deadline has the one in the terms of its edition."""
    if milestone.kind == MilestoneKind.DEADLINE:
        yield MilestoneDateLine(milestone.falls_on, is_about=False, why=milestone.source)
        return
    for row in changes:
        yield MilestoneDateLine(row.due_on, row.is_estimated, row.reason, row.recorded_by.name, row.recorded_at)
    yield MilestoneDateLine(milestone.due_on, milestone.is_estimated, milestone.source)


def _describe_watch_list(user: User, edition: Edition) -> str:
    """Say how many years in a row the country has been on the Watch List, up to this edition."""
    editions = Edition.objects.visible_to(user).filter(country=edition.country_id, year__lte=edition.year)
    years = years_on_watch_list({year: Tier(tier) for year, tier in editions.values_list("year", "tier")}, edition.year)
    if not years:
        return gettext("%(country)s is not on the Watch List in this edition.") % {"country": edition.country}
    return ngettext(
        "%(country)s has been on the Watch List for %(number)d edition in a row.",
        "%(country)s has been on the Watch List for %(number)d editions in a row.",
        years,
    ) % {"country": edition.country, "number": years}
