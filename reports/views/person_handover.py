"""The page on which an administrator hands over an account: last day, successor, what is handed over, who is told."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
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
    NewSuccessor,
    call_off_handover,
    find_planned,
    find_possible_successors,
    is_due,
    plan_handover,
    refuse_handover,
)
from tiptracker.onboarding.handover_forms import EXISTING, HandoverForm
from tiptracker.onboarding.permissions import require_account_administrator, require_administrator
from tiptracker.onboarding.remaining_officers import warn_of_few_officers
from tiptracker.onboarding.views.requests import pending_requests
from tiptracker.validation import EditConflict
from tiptracker.web.form_pages import form_page
from tiptracker.web.frontend.form_rows import add_refusal, mark_as_seen, raw_values
from tiptracker.web.pages import SignedInRequest, render_page, require_recent_sign_in


class HandoverLine(NamedTuple):
    """Something that is handed over or ends: what it is, how many, and what happens to it."""

    what: str
    number: int
    outcome: str


class PlannedChange(NamedTuple):
    """What the confirmation asks about: the last day, name and address of the successor, and what follows."""

    last_day: date
    name: str
    email: str
    is_new: bool
    is_due: bool
    few_officers: list[str]

    @property
    def first_day(self) -> date:
        """The first day on which the successor works alone."""
        return self.last_day + timedelta(days=1)


@form_page
def person_handover(request: SignedInRequest, pk: int) -> HttpResponse:
    """Plan, change or cancel (`do=call_off`) the handover of one account.

    A sent form is answered with a page that says what will happen. `do=confirm` carries it out, and `do=edit` returns
    to the form with all that was typed.
    """
    require_administrator(request.user)
    people = User.objects.visible_to(request.user).select_related("ministry__country").prefetch_related("countries")
    person = get_object_or_404(people, pk=pk)
    require_account_administrator(request.user, person)
    require_recent_sign_in(request)
    now, do = clock.now(), request.POST.get("do", "")
    if do == "call_off":
        return _call_off(request, person, now)
    planned = find_planned(person)
    data = request.POST if request.method == "POST" else None
    possible = list(find_possible_successors(person, now.date()).administered_by(request.user))
    form = HandoverForm(data, initial=_initial(person, planned), possible=possible, by=request.user)
    if do == "edit":
        form = HandoverForm(initial=raw_values(form), possible=possible, by=request.user)
    may_hand_over = person.role in HANDED_OVER_ROLES and person != request.user
    change = None
    if form.is_bound:
        try:
            if form.is_valid() and do == "confirm":
                return _plan(request, person, form, now)
            if form.is_valid():
                change = _check(request, person, form, now)
        except Refused as refusal:
            add_refusal(form, refusal)
            if isinstance(refusal, EditConflict):
                person.refresh_from_db()
                mark_as_seen(form, "version", person.version)
    context = {"person": person, "form": form, "planned": planned, "may_hand_over": may_hand_over, "change": change}
    if may_hand_over:
        successor = change or (planned.successor if planned else None)
        context |= _explain(request, person, successor, planned, now)
    status = 422 if form.errors else 200
    return render_page(request, "reports/person_handover.html", context, status=status)


def _initial(person: User, planned: Handover | None) -> dict[str, Any]:
    if planned:
        return {
            "last_day": planned.last_day,
            "takes_over": EXISTING,
            "successor": planned.successor_id,
            "version": person.version,
        }
    return {"last_day": None if person.is_active else person.valid_until_on, "version": person.version}


def _handover_values(request: SignedInRequest, form: HandoverForm, now: datetime) -> dict[str, Any]:
    """Return what was typed, as the actions take it."""
    data = form.cleaned_data
    return {
        "version": data["version"],
        "last_day": data["last_day"],
        "successor": form.chosen_successor(),
        "by": request.user,
        "now": now,
    }


def _check(request: SignedInRequest, person: User, form: HandoverForm, now: datetime) -> PlannedChange:
    """Return what the confirmation asks about. Raises Refused if it cannot be carried out."""
    values = _handover_values(request, form, now)
    refuse_handover(person=person, **values)
    successor, last_day = values["successor"], values["last_day"]
    is_new = isinstance(successor, NewSuccessor)
    return PlannedChange(
        last_day,
        successor.name,
        successor.email,
        is_new=is_new,
        is_due=is_due(person, last_day, now),
        few_officers=warn_of_few_officers(person, last_day=last_day, new_officer=successor.name if is_new else ""),
    )


def _plan(request: SignedInRequest, person: User, form: HandoverForm, now: datetime) -> HttpResponse:
    handover = plan_handover(person=person, **_handover_values(request, form, now))
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


def _explain(
    request: SignedInRequest,
    person: User,
    successor: User | PlannedChange | None,
    planned: Handover | None,
    now: datetime,
) -> dict[str, Any]:
    """Return what the page lists before it asks: what is handed over, and who is told besides the two people."""
    contact_of = list(person.contact_of.all())
    countries = countries_of(person)
    belongings = find_belongings(person)
    work = find_work_in_hand(person, reader=person)
    told = find_told_people(person, countries=countries, contact_of=contact_of, today=now.date())
    told = [line for line in told if successor is None or line.person.email != successor.email]
    lines = list(_lines(person, work, belongings, contact_of, now))
    ministries = {
        line.person.ministry.short_name for line in told if line.audience == "ministry" and line.person.ministry
    }
    return {
        "countries": ", ".join(sorted(map(str, countries))),
        "lines": lines,
        "has_lines": any(line.number for line in lines),
        "absent": "; ".join(line.what for line in lines if not line.number),
        "tokens": belongings.tokens,
        "told": [(line.person, gettext(AUDIENCES[line.audience])) for line in told],
        "successor_name": successor.name if successor else "",
        "told_ministries": ", ".join(sorted(ministries)),
        "requests": pending_requests(request.user, person=person),
        "consent_after": MINIMUM_ROLE_AGE.days if person.role == Role.AMBASSADOR else 0,
        "few_officers": warn_of_few_officers(person, last_day=planned.last_day) if planned else [],
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
