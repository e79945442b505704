"""The page on which an administrator hands over an account: last day, successor, what is handed over, who is told."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from reports.actions.handovers import carry_out_handover
from reports.work_in_hand import WorkInHand, count_open_commitments, count_tasks_of_post, find_work_in_hand
from tiptracker import clock
from tiptracker.accounts.account_requests import MINIMUM_ROLE_AGE, countries_of
from tiptracker.accounts.models import Country, User
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.handovers.belongings import Belongings, find_belongings
from tiptracker.handovers.choices import HANDED_OVER_ROLES
from tiptracker.handovers.mails import AUDIENCES, find_told_people
from tiptracker.handovers.models import Handover
from tiptracker.localization import format_date, gettext
from tiptracker.numbers import parse_whole_number
from tiptracker.onboarding.actions.handovers import (
    call_off_handover,
    find_planned,
    find_possible_successors,
    is_due,
    plan_handover,
)
from tiptracker.onboarding.handover_forms import HandoverForm
from tiptracker.onboarding.permissions import require_administrator
from tiptracker.onboarding.views.requests import pending_requests
from tiptracker.validation import EditConflict
from tiptracker.web.form_pages import form_page
from tiptracker.web.frontend.form_rows import add_refusal, mark_as_seen
from tiptracker.web.pages import SignedInRequest, render_page, require_recent_sign_in


class HandoverLine(NamedTuple):
    """Something that is handed over or ends: what it is, how many, and what happens to it."""

    what: str
    number: int
    outcome: str


@form_page
def person_handover(request: SignedInRequest, pk: int) -> HttpResponse:
    """Plan, change or cancel (`do=call_off`) the handover of one account."""
    require_administrator(request.user)
    people = User.objects.visible_to(request.user).select_related("ministry__country").prefetch_related("countries")
    person = get_object_or_404(people, pk=pk)
    require_recent_sign_in(request)
    now = clock.now()
    if request.POST.get("do") == "call_off":
        return _call_off(request, person, now)
    planned = find_planned(person)
    data = request.POST if request.method == "POST" else None
    possible = list(find_possible_successors(person, now.date()))
    form = HandoverForm(data, initial=_initial(person, planned), possible=possible)
    may_hand_over = person.role in HANDED_OVER_ROLES and person != request.user
    if data is not None:
        try:
            if form.is_valid():
                return _plan(request, person, form, now)
        except Refused as refusal:
            add_refusal(form, refusal)
            if isinstance(refusal, EditConflict):
                person.refresh_from_db()
                mark_as_seen(form, "version", person.version)
    context = {"person": person, "form": form, "planned": planned, "may_hand_over": may_hand_over}
    if may_hand_over:
        context |= _explain(request, person, planned, now)
    status = 422 if form.is_bound else 200
    return render_page(request, "reports/person_handover.html", context, status=status)


def _initial(person: User, planned: Handover | None) -> dict[str, Any]:
    if planned:
        return {"last_day": planned.last_day, "successor": planned.successor_id, "version": person.version}
    return {"last_day": None if person.is_active else person.valid_until_on, "version": person.version}


def _plan(request: SignedInRequest, person: User, form: HandoverForm, now: datetime) -> HttpResponse:
    handover = plan_handover(
        person=person,
        version=form.cleaned_data["version"],
        last_day=form.cleaned_data["last_day"],
        successor=form.chosen_successor(),
        by=request.user,
        now=now,
    )
    names = {"name": handover.person, "successor": handover.successor, "date": format_date(handover.last_day)}
    if is_due(handover.person, handover.last_day, now) and carry_out_handover(handover=handover, now=now):
        messages.success(
            request,
            gettext("The account of %(name)s is closed. %(successor)s has taken over. We tell both by e-mail.") % names,
        )
        return redirect("person_detail", pk=person.pk)
    messages.success(
        request,
        gettext(
            "The handover is planned. %(name)s can sign in until %(date)s. Then the account is closed and "
            "%(successor)s takes over. We tell everybody in the list below by e-mail."
        )
        % names,
    )
    return redirect("person_handover", pk=person.pk)


def _call_off(request: SignedInRequest, person: User, now: datetime) -> HttpResponse:
    version = parse_whole_number(request.POST.get("version")) or 0
    try:
        handover = call_off_handover(person=person, version=version, by=request.user, now=now)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        sentence = gettext(
            "The handover is cancelled. Everybody who was told gets an e-mail. The account of %(successor)s stays open."
        )
        messages.success(request, sentence % {"successor": handover.successor})
    return redirect("person_handover", pk=person.pk)


def _explain(request: SignedInRequest, person: User, planned: Handover | None, now: datetime) -> dict[str, Any]:
    """Return what the page lists before it asks: what is handed over, and who is told besides the two people."""
    successor = planned.successor_id if planned else None
    contact_of = list(person.contact_of.all())
    countries = countries_of(person)
    belongings = find_belongings(person)
    work = find_work_in_hand(person, reader=person)
    told = find_told_people(person, countries=countries, contact_of=contact_of, today=now.date())
    lines = list(_lines(person, work, belongings, contact_of, now))
    return {
        "countries": ", ".join(sorted(map(str, countries))),
        "lines": lines,
        "has_lines": any(line.number for line in lines),
        "absent": "; ".join(line.what for line in lines if not line.number),
        "tokens": belongings.tokens,
        "told": [(line.person, gettext(AUDIENCES[line.audience])) for line in told if line.person.pk != successor],
        "requests": pending_requests(request.user, person=person),
        "consent_after": MINIMUM_ROLE_AGE.days if person.role == Role.AMBASSADOR else 0,
    }


def _lines(
    person: User, work: WorkInHand, belongings: Belongings, contact_of: list[Country], now: datetime
) -> Iterator[HandoverLine]:
    if person.role in (Role.OFFICER, Role.AMBASSADOR):
        outcome = gettext(
            "They belong to the post. The successor finds them under “My tasks”. The number there may differ, because "
            "nobody verifies what they logged themselves."
        )
        yield HandoverLine(gettext("Open tasks"), count_tasks_of_post(person, now), outcome)
        outcome = gettext("They stay. The successor may clear them.")
        yield HandoverLine(gettext("Briefings requested and not cleared"), work.briefings.count(), outcome)
    if person.role == Role.OFFICER:
        outcome = gettext("It stays. The successor may verify it, because somebody else logged it.")
        yield HandoverLine(gettext("Evidence logged and not verified"), work.evidence.count(), outcome)
    if person.is_ministry:
        outcome = gettext("They belong to the ministry. The successor finds them under “Home”.")
        yield HandoverLine(gettext("Open commitments of the ministry"), count_open_commitments(person, now), outcome)
    if person.is_ministry or person.role == Role.OFFICER:
        outcome = gettext("They stay. The successor continues them.")
        yield HandoverLine(gettext("Drafts"), work.drafts.count(), outcome)
    if contact_of:
        names = ", ".join(sorted(map(str, contact_of)))
        label = gettext("Contact person for the ministries of %(countries)s") % {"countries": names}
        yield HandoverLine(label, len(contact_of), gettext("The successor becomes the contact person."))
    yield HandoverLine(gettext("Saved filters"), belongings.saved_filters, gettext("Copied to the successor."))
    outcome = gettext("Offered to the successor, who decides.")
    yield HandoverLine(gettext("Own choices about mails"), int(belongings.has_own_settings), outcome)
    outcome = gettext("It ends. The successor gets another address, never the same one.")
    yield HandoverLine(gettext("Private calendar address"), int(belongings.has_calendar), outcome)
    outcome = gettext("Revoked. A program that uses one needs a token of the successor.")
    yield HandoverLine(gettext("API tokens"), len(belongings.tokens), outcome)
