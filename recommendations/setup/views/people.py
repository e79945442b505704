"""The fifth step: invite people, several at once, and see who has set a password."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect

from recommendations.setup.forms.people import FIRST_ROLES, ContactForm, PersonFormSet, ResendInvitationForm
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from tiptracker import clock
from tiptracker.accounts import mails
from tiptracker.accounts.models import Country, Ministry, User, find_contact
from tiptracker.errors import Refused
from tiptracker.localization import gettext, ngettext
from tiptracker.mail.sentences import describe_mail_state, link_of_invitation
from tiptracker.onboarding.actions.countries import contact_choices, set_contact
from tiptracker.onboarding.actions.people import add_people, send_invitations
from tiptracker.web.form_pages import form_page, save_form, sent_data
from tiptracker.web.frontend.form_rows import add_empty_row, add_refusal, add_row_refusal, invalid_forms
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page


class PostPersonRow(NamedTuple):
    """A person at the post, whether they have set a password, and the state of their invitation and its link.

    `may_invite`: whether the user may send the invitation again.
    """

    person: User
    has_come: bool
    invitation: str
    may_invite: bool


@form_page
def setup_people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite people, send an invitation again, and choose the contact person of the ministries."""
    country = get_post_country(request, pk, to_set_up=True)
    answer: HttpResponse = _answer_reauthenticated(request, country)
    return answer


@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def _answer_reauthenticated(request: SignedInRequest, country: Country) -> HttpResponse:
    """Answer only a user who has recently signed in. Otherwise ask them to sign in again first.

    A submitted form continues after that. The page has three forms; the field `do` says which one was sent.
    """
    data = sent_data(request)
    do = data.get("do", "invite") if data is not None else ""
    adds_row = do == "invite" and "more" in request.POST
    people = _list_people(request.user, country)
    ministries = list(Ministry.objects.visible_to(request.user).filter(country=country).order_by("name"))
    page = TrackerForm(data)
    row_kwargs: dict[str, Any] = {"prefix": "people", "form_kwargs": {"ministries": ministries}}
    if data is None and not people:
        rows = PersonFormSet(initial=[{"role": role.value} for role in FIRST_ROLES], **row_kwargs)
        rows.extra = 0
    else:
        rows = PersonFormSet(data if do == "invite" else None, **row_kwargs)
    contact = ContactForm(
        data if do == "contact" else None,
        people=list(contact_choices(country)),
        initial={"contact": country.contact_id},
    )
    if adds_row:
        rows = add_empty_row(rows, **row_kwargs)
    elif (
        (do == "invite" and _invite(request, country, rows, page))
        or (do == "again" and _send_again(request, people, page))
        or (do == "contact" and _name_contact(request, country, contact))
    ):
        return redirect("setup_people", pk=country.pk)
    context = step_context(country, SetupStep.PEOPLE) | {
        "people": _person_rows(people, _administered_keys(request.user, people)),
        "rows": rows,
        "contact": contact,
        "has_contact": find_contact(country.pk) is not None,
        "refused_forms": invalid_forms(page, contact, *rows.forms),
    }
    is_refused = do in ("invite", "again", "contact") and not adds_row
    return render_page(request, "recommendations/setup_people.html", context, status=422 if is_refused else 200)


def _invite(request: SignedInRequest, country: Country, rows: Any, page: TrackerForm) -> bool:
    if not rows.is_valid():
        return False
    filled = [row for row in rows if row.is_filled]
    now = clock.now(country.time_zone)
    try:
        invited = add_people(country=country, people=[row.invited for row in filled], by=request.user, now=now)
    except Refused as refusal:
        if not add_row_refusal({"people": filled}, refusal):
            add_refusal(page, refusal)
        return False
    _send(request, invited)
    return True


def _send_again(request: SignedInRequest, people: Sequence[User], page: TrackerForm) -> bool:
    mine = _administered_keys(request.user, people)
    waiting = [
        person for person in people if person.pk in mine and person.is_active and not person.has_usable_password()
    ]
    form = ResendInvitationForm(request.POST, people=waiting)
    if form.is_valid():
        _send(request, [form.cleaned_data["again"]])
        return True
    page.add_error(None, gettext("This person does not wait for an invitation any more. Load the page again."))
    return False


def _send(request: SignedInRequest, people: Sequence[User]) -> None:
    """Queue the invitations. The list shows the state of each."""
    refused_ones = send_invitations(people=people, by=request.user)
    for sentence in refused_ones:
        messages.warning(request, sentence)
    if queued := len(people) - len(refused_ones):
        sentence = ngettext(
            "%(number)d invitation will be sent shortly. See “Invitation” below.",
            "%(number)d invitations will be sent shortly. See “Invitation” below.",
            queued,
        )
        messages.success(request, sentence % {"number": queued})


def _name_contact(request: SignedInRequest, country: Country, form: ContactForm) -> bool:
    if not save_form(form, lambda: set_contact(country=country, by=request.user, **form.cleaned_data)):
        return False
    named = form.cleaned_data["contact"]
    messages.success(
        request,
        gettext("%(name)s is the contact person. Ministries see this name and e-mail address.") % {"name": named.name},
    )
    return True


def _administered_keys(user: User, people: Sequence[User]) -> set[int]:
    """Return the ids of those people whose accounts the user looks after."""
    administered = User.objects.visible_to(user).administered_by(user).filter(pk__in=[person.pk for person in people])
    return set(administered.values_list("pk", flat=True))


def _person_rows(people: Sequence[User], administered: Collection[int]) -> list[PostPersonRow]:
    now = clock.now()
    invitations = mails.last_invitations([person for person in people if not person.has_usable_password()])
    return [
        PostPersonRow(
            person,
            person.has_usable_password(),
            f"{describe_mail_state(sent)} {link_of_invitation(sent, now)}"
            if (sent := invitations.get(person.pk))
            else "",
            may_invite=person.is_active and person.pk in administered,
        )
        for person in people
    ]


def _list_people(reader: User, country: Country) -> list[User]:
    """Return the users of the post. Accounts that represent the public record are left out."""
    of_it = Q(countries=country) | Q(ministry__country=country)
    people = User.objects.visible_to(reader).filter(of_it).exclude(email__endswith=".invalid")
    return list(people.select_related("ministry").distinct().order_by("name", "pk"))
