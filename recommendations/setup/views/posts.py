"""The list of posts with their setup progress, and the page of one post with its five steps."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from recommendations.edition_context import set_page_country
from recommendations.setup.post_counts import count_by_post
from recommendations.setup.steps import PostCounts, SetupStep, StepOwner, StepState, StepStatus, list_step_statuses
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.audit.models import ImportedLog
from tiptracker.choices import Role
from tiptracker.localization import gettext, gettext_noop
from tiptracker.onboarding.permissions import can_add_post, can_follow_set_up, can_set_up
from tiptracker.web.pages import SignedInRequest, render_page


class SetupStepRow(NamedTuple):
    """A step as a page shows it: its state, the URL of its page and the label of the button that leads there.

    Both are empty if this user may not do the step.
    """

    status: StepStatus
    url: str = ""
    button: str = ""


class PostRow(NamedTuple):
    """A post in the list."""

    country: Country
    steps: Sequence[StepStatus]
    done_count: int
    next_step: StepStatus | None


@login_required
@require_safe
def setup_list(request: SignedInRequest) -> HttpResponse:
    """List the posts that the user sees and how far each is set up."""
    user = request.user
    if not can_follow_set_up(user):
        raise PermissionDenied
    countries = list(Country.objects.visible_to(user).order_by("name"))
    counts = count_by_post(countries, reader=user, day=clock.today())
    lines = [_build_post_row(country, list_step_statuses(counts[country.pk])) for country in countries]
    context = {"lines": lines, "can_add": can_add_post(user), "count": len(SetupStep)}
    return render_page(request, "recommendations/setup_list.html", context)


def _build_post_row(country: Country, steps: tuple[StepStatus, ...]) -> PostRow:
    done = sum(step.state is StepState.DONE for step in steps)
    return PostRow(country, steps, done, next((step for step in steps if step.owner), None))


@login_required
@require_safe
def setup_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one post: its five steps, the state of each, and who acts next."""
    country = get_post_country(request, pk)
    user = request.user
    post = count_by_post([country], reader=user, day=clock.today(country.time_zone))[country.pk]
    steps = list_step_statuses(post)
    hand = step_owner_of(user)
    links = _step_links(country, post, hand)
    lines = [SetupStepRow(step, *links.get(step.step, ())) for step in steps]
    context = {
        "country": country,
        "lines": lines,
        "ahead": next((line for line in lines if line.status.owner is hand), None),
        "hand": hand,
        "is_done": all(step.state is StepState.DONE for step in steps),
        "imported_log": ImportedLog.objects.visible_to(user).filter(country=country).defer("keys").last(),
        "can_set_up": can_set_up(user),
    }
    return render_page(request, "recommendations/setup_detail.html", context)


def get_post_country(request: SignedInRequest, pk: int, *, to_set_up: bool = False) -> Country:
    """Return the country of a post.

    Raises Http404 if the user can't see it, PermissionDenied if the user may not open the page.
    """
    country: Country = get_object_or_404(Country.objects.visible_to(request.user), pk=pk)
    if not (can_set_up if to_set_up else can_follow_set_up)(request.user):
        raise PermissionDenied
    if not can_set_up(request.user):  # pages of those who can set up posts have no edition
        set_page_country(request, country)
    return country


def step_owner_of(user: User) -> StepOwner | None:
    """Return which steps this user does: an administrator's or an officer's; None if the user only looks."""
    if can_set_up(user):
        return StepOwner.ADMINISTRATOR
    return StepOwner.OFFICER if user.role == Role.OFFICER else None


STEP_PAGES = {
    SetupStep.COUNTRY: ("setup_country", gettext_noop("Edit the country")),
    SetupStep.EDITION: ("setup_edition", gettext_noop("Add or edit editions")),
    SetupStep.MINISTRIES: ("setup_ministries", gettext_noop("Add ministries")),
    SetupStep.PEOPLE: ("setup_people", gettext_noop("Invite people")),
}
"""The page of each step that an administrator does, and the label of the button that leads there."""


def _step_links(country: Country, post: PostCounts, hand: StepOwner | None) -> dict[SetupStep, tuple[str, str]]:
    """Return the URL and the button's label of each step that this owner may do."""
    if hand is StepOwner.ADMINISTRATOR:
        links = {step: (reverse(name, args=[country.pk]), gettext(label)) for step, (name, label) in STEP_PAGES.items()}
        if post.needs_recommendations:
            label = gettext("Check the draft import") if post.has_draft_import else gettext("Import the list")
            links[SetupStep.EDITION] = (reverse("edition_import", args=[post.edition]), label)
        return links
    if hand is not StepOwner.OFFICER or not post.edition:
        return {}
    return {
        SetupStep.EDITION: (reverse("edition_terms", args=[post.edition]), gettext("Set the terms of the edition")),
        SetupStep.BENCHMARKS: (reverse("setup_benchmarks", args=[country.pk]), gettext("Add benchmarks")),
    }


def step_context(country: Country, step: SetupStep) -> dict[str, Any]:
    """Return the context of the header of a step's page."""
    return {"country": country, "step": step, "number": list(SetupStep).index(step) + 1, "of": len(SetupStep)}
