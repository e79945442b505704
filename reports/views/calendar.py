"""The calendar: a month page, the address for calendar programs, and the feed behind that address."""

from collections import defaultdict
from datetime import date
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_safe

from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from recommendations.models import Edition
from reports.calendar.feed import ALARM_DAYS, build_feed
from reports.calendar.gathering import gather_days
from reports.calendar.month import build_month, next_month, previous_month
from reports.views.access import read_page
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.languages.enabled import find_language
from tiptracker.localization import gettext
from tiptracker.notifications.calendar_feeds import find_feed_address, find_person_of_feed, renew_feed, stop_feed
from tiptracker.notifications.kind_descriptions import join_days
from tiptracker.web.form_pages import form_page
from tiptracker.web.pages import SignedInRequest, render_page

FIRST_YEAR, LAST_YEAR = 2000, 2100


@read_page
@keep_page(is_personal=True)
def calendar_month(request: EditionRequest) -> HttpResponse:
    """Show a month of the edition's calendar. `month` names it ("2022-01"); without it, the present one."""
    if not (request.user.is_embassy or request.user.is_ministry):
        raise PermissionDenied
    edition = request.edition
    today = clock.today(edition.country.time_zone)
    first = _read_month(request.GET.get("month", "")) or today.replace(day=1)
    days = gather_days(request.user, edition, today)
    weeks = build_month(first, days, today)
    # Links lead only to months with something in them, or of the tracking period. Others open by their address.
    months = sorted(day.replace(day=1) for day in (edition.starts_on, edition.ends_on, *(d.shown_on for d in days)))
    context = {
        "first": first,
        "weeks": weeks,
        "weekdays": [day.day for day in weeks[0]],
        "previous": earlier if (earlier := previous_month(first)) >= months[0] else None,
        "next": later if (later := next_month(first)) <= months[-1] else None,
        "is_present": first == today.replace(day=1),
        "listed": [day for week in weeks for day in week if day.entries and not day.is_outside],
    }
    return render_page(request, "reports/calendar_month.html", context)


def _read_month(text: str) -> date | None:
    """Return the first day of a month such as "2022-01", or None if the text is no month."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else None


def _editions_of_feed(person: User, today: date) -> list[Edition]:
    """Return the current and upcoming editions of the person's countries, or the newest of a country without one."""
    editions: dict[int, list[Edition]] = defaultdict(list)
    for edition in Edition.objects.visible_to(person).tracked().select_related("country"):
        if edition.ends_on >= today or not editions[edition.country_id]:
            editions[edition.country_id].append(edition)
    return [edition for own in editions.values() for edition in own]


@form_page
def calendar_feed(request: SignedInRequest) -> HttpResponse:
    """Show the user's private address for calendar programs; a form makes a new one or stops it."""
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    match request.POST.get("do", "") if request.method == "POST" else "":
        case "renew":
            is_first = not find_feed_address(request.user)
            renew_feed(by=request.user)
            sentence = (
                gettext("Here is your private address. Add it to your calendar program.")
                if is_first
                else gettext("Here is your new address. The earlier one no longer works.")
            )
            messages.success(request, sentence)
            return redirect("calendar_feed")
        case "stop":
            stop_feed(by=request.user)
            messages.success(request, gettext("The address no longer works. Calendar programs get nothing more."))
            return redirect("calendar_feed")
    address = find_feed_address(request.user)
    program_url = urlsplit(address)._replace(scheme="webcal").geturl() if address else ""
    context = {"address": address, "program_url": program_url, "alarm_days": join_days(ALARM_DAYS)}
    return render_page(request, "reports/calendar_feed.html", context)


@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """Return the feed of the person to whom the address belongs. Calendar programs do not sign in."""
    person = find_person_of_feed(token)
    if person is None:
        raise Http404
    time_zone, language = person.locale()
    now = clock.now(time_zone or "UTC")
    with translation.override(find_language(language, Role(person.role))):
        content = build_feed(person, _editions_of_feed(person, now.date()), now)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private"})
