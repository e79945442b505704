"""Pages of requests about accounts: ask for a new address, consent to an administrator's request, stop a request."""

from http import HTTPStatus
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core.ratelimit import consume
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tiptracker import clock
from tiptracker.accounts import account_requests, mail_links
from tiptracker.accounts.account_requests import WAITING_STAGES, AccountRequestStage, due_at, request_stage
from tiptracker.accounts.models import AccountRequest, User
from tiptracker.accounts.views import too_many_requests
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.onboarding.forms import OwnEmailAddressForm
from tiptracker.web.frontend.form_rows import add_refusal
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page, require_recent_sign_in

CONSENTING_ROLES = (Role.ADMINISTRATOR, Role.AMBASSADOR)
"""The roles whose consent may be asked for."""


def pending_requests(user: User, **narrowed: Any) -> list[AccountRequest]:
    """Return the requests about accounts that `user` sees and that are still waiting, narrowed by field."""
    rows = AccountRequest.objects.visible_to(user).pending().filter(**narrowed)
    requests = rows.select_related("person", "asked_by").prefetch_related("steps")
    return [
        account_request for account_request in requests if request_stage(account_request, clock.now()) in WAITING_STAGES
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def account_address(request: SignedInRequest) -> HttpResponse:
    """Ask for a new address of the user's own account; a link sent to it confirms the change."""
    form = OwnEmailAddressForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"]
        if not consume(request, action="reset_password", key=f"address {request.user.pk}"):
            return too_many_requests(request)
        try:
            account_requests.request_address_change(person=request.user, email=email, by=request.user, now=clock.now())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request,
                gettext(
                    "We sent a link to %(new)s. Open it within one day to confirm the address. We also sent an e-mail "
                    "to %(old)s, with a link to cancel the change."
                )
                % {"new": email, "old": request.user.email},
            )
            return redirect("account_address")
    context = {"form": form, "waiting": pending_requests(request.user, person=request.user)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render_page(request, "onboarding/account_address.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_address_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm the user's own new address by the link that was sent to it."""
    account_request = mail_links.find_request(token, mail_links.RequestLinkAction.CONFIRM)
    if account_request is None or request_stage(account_request, clock.now()) is not AccountRequestStage.LINK:
        return _render_gone(request, "onboarding/account_address_confirm.html")
    if request.method == "POST":
        if account_requests.confirm_address(token=token, now=clock.now()) is None:
            return _render_gone(request, "onboarding/account_address_confirm.html")
        messages.success(
            request,
            gettext("Your address was changed. Sign in with %(address)s.") % {"address": account_request.new_email},
        )
        return redirect("account_login")
    return render(request, "onboarding/account_address_confirm.html", {"account_request": account_request})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_request_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop a request about the user's own account, by the link in the mail to the current address."""
    page = "onboarding/account_request_stop.html"
    account_request = mail_links.find_request(token, mail_links.RequestLinkAction.STOP)
    if account_request is None:
        return _render_gone(request, page)
    context: dict[str, Any] = {
        "account_request": account_request,
        "form": TrackerForm(request.POST if request.method == "POST" else None),
    }
    if request.method == "POST":
        try:
            context["became"] = account_requests.stop(request=account_request, by=None, now=clock.now())
        except Refused as refusal:
            add_refusal(context["form"], refusal)
            return render(request, page, context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return render(request, page, context)


def _render_gone(request: HttpRequest, page: str) -> HttpResponse:
    return render(request, page, {"account_request": None}, status=HTTPStatus.GONE)


@login_required
@require_safe
def account_request_list(request: SignedInRequest) -> HttpResponse:
    """List the waiting and the latest ended requests, for users whose consent may be needed."""
    if request.user.role not in CONSENTING_ROLES:
        raise PermissionDenied
    now = clock.now()
    visible = AccountRequest.objects.visible_to(request.user).select_related("person", "asked_by")
    lines = [
        (account_request, request_stage(account_request, now))
        for account_request in visible.prefetch_related("steps")[:100]
    ]
    context = {
        "waiting": [line for line in lines if line[1] in WAITING_STAGES],
        "ended": [line for line in lines if line[1] not in WAITING_STAGES],
    }
    return render_page(request, "onboarding/account_request_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_request_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one request: what is asked, for whom, by whom. A POST consents to it or stops it (`do`)."""
    rows = AccountRequest.objects.visible_to(request.user).select_related("person__ministry__country", "asked_by")
    account_request = get_object_or_404(rows.prefetch_related("steps__by"), pk=pk)
    require_recent_sign_in(request)
    user, now = request.user, clock.now()
    form = TrackerForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        try:
            if request.POST.get("do") == "consent":
                account_requests.consent(request=account_request, by=user, now=now)
                messages.success(request, _consent_message(account_request))
            else:
                account_requests.stop(request=account_request, by=user, now=now)
                messages.success(
                    request, gettext("The request is cancelled. You find it under “Requests about accounts”.")
                )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("account_request_detail", pk=account_request.pk)
    stage = request_stage(account_request, now)
    approvers = account_requests.consenters(account_request, now)
    context: dict[str, Any] = {
        "account_request": account_request,
        "stage": stage,
        "form": form,
        "due_at": due_at(account_request),
        "can_consent": stage is AccountRequestStage.CONSENT and user in approvers,
        "can_stop": stage in WAITING_STAGES and account_requests.can_stop(account_request, user, now),
        "consenters": approvers,
        "countries": [country.name for country in account_requests.countries_of(account_request.person)],
        "leads_to_person": user.role == Role.ADMINISTRATOR,
        "leads_to_list": user.role in CONSENTING_ROLES,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render_page(request, "onboarding/account_request_detail.html", context, status=status)


def _consent_message(account_request: AccountRequest) -> str:
    if account_request.new_email:
        return gettext(
            "You approved the request. The new address takes effect one day after the request, unless somebody cancels "
            "it."
        )
    person: User = account_request.person
    return gettext(
        "You approved the request. %(name)s sets up a new second step at the next sign-in, and gets an e-mail."
    ) % {"name": person}
