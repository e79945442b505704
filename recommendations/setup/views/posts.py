"""Every post and how far it is set up; one of them with its five steps."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from recommendations.edition_context import stand_in
from recommendations.setup.counts import posts
from recommendations.setup.steps import Hand, Post, Standing, State, Step, standings
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.choices import Role
from tiptracker.onboarding.permissions import can_follow_set_up, can_set_up
from tiptracker.web.pages import SignedIn, render_page


class Line(NamedTuple):
    """A step as a page shows it; `url` leads to its page where this person may do it."""

    standing: Standing
    url: str


class PostLine(NamedTuple):
    """A post in the list."""

    country: Country
    steps: Sequence[Standing]
    done: int
    next: Standing | None


@login_required
@require_safe
def setup_list(request: SignedIn) -> HttpResponse:
    """The posts of this installation, or of the reader, and how far each is set up."""
    user = request.user
    if not can_follow_set_up(user):
        raise PermissionDenied
    countries = list(Country.objects.visible_to(user).order_by("name"))
    found = posts(countries, reader=user, day=clock.today())
    lines = [_post_line(country, standings(found[country.pk])) for country in countries]
    context = {"lines": lines, "can_set_up": can_set_up(user), "count": len(Step)}
    return render_page(request, "recommendations/setup_list.html", context)


def _post_line(country: Country, steps: tuple[Standing, ...]) -> PostLine:
    done = sum(one.state is State.DONE for one in steps)
    return PostLine(country, steps, done, next((one for one in steps if one.next_hand), None))


@login_required
@require_safe
def setup_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One post: its five steps, how far each is, and who does what is next."""
    country = country_of(request, pk)
    user = request.user
    post = posts([country], reader=user, day=clock.today(country.time_zone))[country.pk]
    steps = standings(post)
    hand = hand_of(user)
    urls = _urls(country, post, hand)
    lines = [Line(one, urls.get(one.step, "")) for one in steps]
    context = {
        "country": country,
        "lines": lines,
        "ahead": next((line for line in lines if line.standing.next_hand is hand), None),
        "hand": hand,
        "is_done": all(one.state is State.DONE for one in steps),
        "can_set_up": can_set_up(user),
    }
    return render_page(request, "recommendations/setup_detail.html", context)


def country_of(request: SignedIn, pk: int, *, to_set_up: bool = False) -> Country:
    """The post at hand. Raises Http404 for one that isn't seen, PermissionDenied for who may not be here."""
    country: Country = get_object_or_404(Country.objects.visible_to(request.user), pk=pk)
    if not (can_set_up if to_set_up else can_follow_set_up)(request.user):
        raise PermissionDenied
    if not can_set_up(request.user):  # whose pages stand at no edition
        stand_in(request, country)
    return country


def hand_of(user: User) -> Hand | None:
    """Whose steps this person takes; nobody's where they only look on."""
    if can_set_up(user):
        return Hand.ADMINISTRATOR
    return Hand.OFFICER if user.role == Role.OFFICER else None


PAGES = {
    Step.COUNTRY: "setup_country",
    Step.EDITION: "setup_edition",
    Step.MINISTRIES: "setup_ministries",
    Step.PEOPLE: "setup_people",
}
"""The page of each step that an administrator takes."""


def _urls(country: Country, post: Post, hand: Hand | None) -> dict[Step, str]:
    """Where each step is taken that this hand may take."""
    if hand is Hand.ADMINISTRATOR:
        urls = {step: reverse(name, args=[country.pk]) for step, name in PAGES.items()}
        if post.wants_its_list:
            urls[Step.EDITION] = reverse("edition_import", args=[post.edition])
        return urls
    if hand is not Hand.OFFICER or not post.edition:
        return {}
    return {
        Step.EDITION: reverse("edition_terms", args=[post.edition]),
        Step.BENCHMARKS: reverse("setup_benchmarks", args=[country.pk]),
    }


def kicker(country: Country, step: Step) -> dict[str, Any]:
    """What stands at the head of a step's page."""
    return {"country": country, "step": step, "number": list(Step).index(step) + 1, "of": len(Step)}
