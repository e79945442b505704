"""What an observer who follows 50 countries waits for: the tasks of one, its evidence, words in that."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from recommendations.models import Edition
from tests import factories
from tests.edition_urls import edition_url
from tiptracker.accounts.models import Country, User

COUNTRIES = 50
EXERCISE = "Exercise: made up"


def make_observer() -> User:
    """An observer of 50 countries: those with records made before, and as many more as are lacking."""
    for number in range(COUNTRIES - Country.objects.count()):
        code = f"XO{chr(ord('A') + number % 26)}" if number < 26 else f"XP{chr(ord('A') + number % 26)}"
        country = factories.CountryFactory(code=code, name=f"{EXERCISE}, {code}")
        factories.RecommendationFactory(edition__country=country, text=EXERCISE)
    return factories.ObserverFactory(email="observer@exercise.invalid", countries=Country.objects.all())


def tell_observer(
    edition: Edition, measure: Callable[..., Any], say: Callable[[str], None], queries: Callable[..., Any]
) -> None:
    """Print what an observer's pages at `edition` take, beside the evidence's first page without words."""
    observer = make_observer()
    client = Client(SERVER_NAME="localhost")
    client.force_login(observer)
    asked = {
        "my_tasks": edition_url("my_tasks", edition=edition),
        "evidence": edition_url("evidence_list", edition=edition),
        "evidence, by title": edition_url("evidence_list", edition=edition, query={"sort": "title"}),
        "evidence, words": edition_url("evidence_list", edition=edition, query={"q": "exercise made"}),
    }
    say(f"\nan observer of {COUNTRIES} countries, at {edition}")
    say(f"  {'':26}{'ms':>8}{'least':>8}{'× evidence':>12}{'queries':>9}")
    for name, address in asked.items():
        assert client.get(address).status_code == 200, name
        with queries() as sent:
            client.get(address)
        spread = measure(lambda at=address: client.get(at), lambda: client.get(asked["evidence"]))
        say(f"  {name:26}{spread.middle:>8.1f}{spread.least:>8.1f}{spread.undisturbed:>12.1f}{len(sent):>9}")
