"""The first page of a successor: who leaves, since when, what was taken over, and what waits."""

from datetime import date, datetime
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from recommendations.edition_context import default_edition_of_country, edition_url, visible_countries
from recommendations.waiting_tasks import count_waiting_tasks
from reports.views.links import PageLink
from reports.work_in_hand import WorkInHand, count_open_commitments, count_open_requests, find_work_in_hand
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.handovers.actions import mark_seen, take_over_notice_settings
from tiptracker.handovers.belongings import has_own_settings, own_frequencies
from tiptracker.handovers.choices import HANDED_OVER_ROLES, HandoverItemKind, HandoverStepKind
from tiptracker.handovers.models import Handover, first_day_after
from tiptracker.localization import format_short_date, gettext, ngettext
from tiptracker.numbers import parse_whole_number
from tiptracker.web.form_pages import form_page
from tiptracker.web.pages import SignedInRequest, render_page


class ReceivedHandover(NamedTuple):
    """A handover as its successor reads it.

    `drafts` and `briefings` are links to what the other person began, `mails` the choices about mails that the
    successor may take over, each as a pair of kind and frequency.
    """

    handover: Handover
    is_over: bool
    is_seen: bool
    starts_on: date
    is_contact_of: list[str]
    drafts: list[PageLink]
    briefings: list[PageLink]
    evidence: int
    saved_filters: int
    mails: list[tuple[str, str]]
    offers_mails: bool


@form_page
def handover_received(request: SignedInRequest) -> HttpResponse:
    """Show what the user took over. A form closes the page (`do=seen`) or takes over choices on mails (`do=mails`)."""
    user = request.user
    if user.role not in HANDED_OVER_ROLES:
        raise PermissionDenied
    now = clock.now()
    own = Handover.objects.visible_to(user).in_force().select_related("person")
    if request.method == "POST":
        handover = get_object_or_404(own, pk=parse_whole_number(request.POST.get("handover")) or 0)
        return _answer(request, handover, now)
    received = [_receive(user, handover) for handover in own.prefetch_related("steps", "items")]
    context = {"received": received, "waiting": _waiting_links(request, now) if received else []}
    return render_page(request, "reports/handover_received.html", context)


def _answer(request: SignedInRequest, handover: Handover, now: datetime) -> HttpResponse:
    if request.POST.get("do") == "mails":
        try:
            take_over_notice_settings(handover=handover, by=request.user, today=now.date())
        except Refused as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(
                request, gettext("You now get the same mails as %(name)s did.") % {"name": handover.person}
            )
        return redirect("handover_received")
    mark_seen(handover=handover, by=request.user, now=now)
    messages.success(request, gettext("You find this page again under “Your account”, “Handover to you”."))
    return redirect("home")


def _receive(user: User, handover: Handover) -> ReceivedHandover:
    leaver = handover.person
    work = find_work_in_hand(leaver, reader=user)
    counts = {item.kind: item.number for item in handover.items.all()}
    offers = user.role != Role.OBSERVER and has_own_settings(leaver)
    return ReceivedHandover(
        handover=handover,
        is_over=handover.carried_out_at is not None,
        is_seen=handover.step(HandoverStepKind.SEEN) is not None,
        starts_on=first_day_after(handover),
        is_contact_of=[country.name for country in user.contact_of.all()],
        drafts=_draft_links(work),
        briefings=_briefing_links(work),
        evidence=work.evidence.count(),
        saved_filters=counts.get(HandoverItemKind.SAVED_FILTERS, 0),
        mails=[(kind.label, frequency.label) for kind, frequency in own_frequencies(leaver).items()] if offers else [],
        offers_mails=offers,
    )


def _draft_links(work: WorkInHand) -> list[PageLink]:
    links = []
    for draft in work.drafts.select_related("commitment", "dialogue", "information_request__country"):
        if draft.commitment:
            links.append(PageLink(reverse("update_send", args=[draft.commitment.pk]), draft.commitment.text))
        elif draft.information_request:
            request = draft.information_request
            links.append(PageLink(reverse("information_request_answer", args=[request.pk]), request.text))
        elif draft.dialogue:
            name = gettext("Record of the dialogue of %(date)s") % {"date": format_short_date(draft.dialogue.held_on)}
            links.append(PageLink(reverse("dialogue_record", args=[draft.dialogue.pk]), name))
    return links


def _briefing_links(work: WorkInHand) -> list[PageLink]:
    rows = work.briefings.select_related("ministry", "dialogue").defer("content")
    return [
        PageLink(
            reverse("briefing_detail", args=[row.pk]),
            gettext("%(document)s as of %(date)s, version %(number)d")
            % {"document": row.document.label, "date": format_short_date(row.as_of), "number": row.version},
        )
        for row in rows
    ]


def _waiting_links(request: SignedInRequest, now: datetime) -> list[tuple[PageLink, str]]:
    """Return the pages to read first, with what each is for: those of the role, for each country."""
    user = request.user
    found: list[tuple[PageLink, str]] = []
    countries = visible_countries(request)
    for country in countries:
        edition = default_edition_of_country(request, country)
        if edition is None:
            continue
        if user.is_ministry:
            number = gettext("Open commitments of your ministry: %(number)d.")
            note = number % {"number": count_open_commitments(user, now)}
            asked = gettext("Open requests for information: %(number)d.") % {"number": count_open_requests(user, now)}
            found.append((PageLink(edition_url(edition, "ministry_home"), gettext("Home")), f"{note} {asked}"))
            continue
        name = f" ({country.name})" if len(countries) > 1 else ""
        if user.role in (Role.OFFICER, Role.AMBASSADOR):
            number_of_tasks = count_waiting_tasks(user, edition)
            tasks = ngettext("%(number)d task waits for you.", "%(number)d tasks wait for you.", number_of_tasks) % {
                "number": number_of_tasks
            }
            found.append((PageLink(edition_url(edition, "my_tasks"), gettext("My tasks") + name), tasks))
        if number_asked := count_open_requests(user, now):
            asked = gettext("Open requests for information: %(number)d.") % {"number": number_asked}
            label = gettext("Requests for information") + name
            found.append((PageLink(edition_url(edition, "information_request_list"), label), asked))
        note = gettext("Readiness, open work by ministry, and whom to know, on one page.")
        found.append((PageLink(edition_url(edition, "handover"), gettext("Handover note") + name), note))
    return found
