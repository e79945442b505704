"""The fifth step: invite people, several at once, and see who has set a password."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from recommendations.setup.forms.people import ContactForm, PersonFormSet, ResendInvitationForm
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from tiptracker import clock
from tiptracker.accounts import mails
from tiptracker.accounts.models import Country, Ministry, User, find_contact
from tiptracker.errors import Refused
from tiptracker.mail.sentences import describe_mail_state, link_of_invitation
from tiptracker.onboarding.actions.countries import contact_choices, set_contact
from tiptracker.onboarding.actions.people import add_people, send_invitations
from tiptracker.web.frontend.form_rows import add_empty_row, add_field_error, add_row_error, invalid_forms
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page


class PostPersonRow(NamedTuple):
    """A person at the post, whether they have set a password, and the state of their invitation and its link."""

    person: User
    has_come: bool
    invitation: str


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup_people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite people, send an invitation again, and choose the contact person of the ministries."""
    country = get_post_country(request, pk, to_set_up=True)
    answer: HttpResponse = _answer_reauthenticated(request, country)
    return answer


@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def _answer_reauthenticated(request: HttpRequest, country: Country) -> HttpResponse:
    """Answer only a user who has recently signed in. Otherwise ask them to sign in again first.

    A submitted form continues after that.
    """
    return _PeoplePage(request, country).answer()  # type: ignore[arg-type]  # who isn't signed in was led away


class _PeoplePage:
    """Three forms at one URL. The field `do` says which one was submitted; the other two are shown unbound."""

    def __init__(self, request: SignedInRequest, country: Country) -> None:
        self.request, self.country = request, country
        self.people = _list_people(request.user, country)
        ministries = list(Ministry.objects.visible_to(request.user).filter(country=country).order_by("name"))
        self.row_kwargs: dict[str, Any] = {"prefix": "people", "form_kwargs": {"ministries": ministries}}
        self.do = request.POST.get("do", "invite") if request.method == "POST" else ""
        self.is_refused = False
        self.page = TrackerForm(request.POST if self.do else None)
        self.rows = PersonFormSet(request.POST if self.do == "invite" else None, **self.row_kwargs)
        self.contact = ContactForm(
            request.POST if self.do == "contact" else None,
            people=list(contact_choices(country)),
            initial={"contact": country.contact_id},
        )

    def answer(self) -> HttpResponse:
        """Perform the submitted form and redirect, or show the page with its errors."""
        done = {"invite": self._invite, "again": self._send_again, "contact": self._name_contact}.get(self.do)
        if done and done():
            return redirect("setup_people", pk=self.country.pk)
        wrong = invalid_forms(self.page, self.contact, *self.rows.forms) if self.is_refused else []
        context: dict[str, Any] = step_context(self.country, SetupStep.PEOPLE) | {
            "people": self._lines(),
            "rows": self.rows,
            "contact": self.contact,
            "has_contact": find_contact(self.country.pk) is not None,
            "wrong_forms": wrong,
        }
        status = 422 if self.is_refused else 200
        return render_page(self.request, "recommendations/setup_people.html", context, status=status)

    def _invite(self) -> bool:
        if "more" in self.request.POST:
            self.rows = add_empty_row(self.rows, **self.row_kwargs)
            return False
        self.is_refused = True
        if not self.rows.is_valid():
            return False
        filled = [row for row in self.rows if row.is_filled]
        try:
            invited = add_people(
                country=self.country,
                people=[row.invited for row in filled],
                by=self.request.user,
                now=clock.now(self.country.time_zone),
            )
        except Refused as refusal:
            if not add_row_error({"people": filled}, str(refusal), refusal.field):
                add_field_error(self.page, str(refusal), None)
            return False
        self._send(invited)
        return True

    def _send_again(self) -> bool:
        waiting = [one for one in self.people if one.is_active and not one.has_usable_password()]
        form = ResendInvitationForm(self.request.POST, people=waiting)
        if form.is_valid():
            self._send([form.cleaned_data["again"]])
            return True
        self.is_refused = True
        add_field_error(self.page, "Nobody of that list waits for an invitation. Load the page again.", None)
        return False

    def _lines(self) -> list[PostPersonRow]:
        now = clock.now()
        invitations = mails.last_invitations([one for one in self.people if not one.has_usable_password()])
        return [
            PostPersonRow(
                one,
                one.has_usable_password(),
                f"{describe_mail_state(sent)} {link_of_invitation(sent, now)}"
                if (sent := invitations.get(one.pk))
                else "",
            )
            for one in self.people
        ]

    def _send(self, people: Sequence[User]) -> None:
        """Queue the invitations. The list shows the state of each."""
        refused_ones = send_invitations(people=people, by=self.request.user)
        for sentence in refused_ones:
            messages.warning(self.request, sentence)
        if queued := len(people) - len(refused_ones):
            what = "The invitation is" if queued == 1 else f"{queued} invitations are"
            messages.success(self.request, f"{what} queued. See “Invitation” below.")

    def _name_contact(self) -> bool:
        self.is_refused = True
        if not self.contact.is_valid():
            return False
        try:
            set_contact(country=self.country, by=self.request.user, **self.contact.cleaned_data)
        except Refused as refusal:
            add_field_error(self.contact, str(refusal), refusal.field)
            return False
        named = self.contact.cleaned_data["contact"]
        messages.success(self.request, f"{named} is the contact person. Ministries see this name and e-mail address.")
        return True


def _list_people(reader: User, country: Country) -> list[User]:
    """Return the users of the post. Accounts that represent the public record are left out."""
    of_it = Q(countries=country) | Q(ministry__country=country)
    people = User.objects.visible_to(reader).filter(of_it).exclude(email__endswith=".invalid")
    return list(people.select_related("ministry").distinct().order_by("name", "pk"))
