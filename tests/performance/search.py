"""What the search costs the server over three million words of files, beside a page that does nothing."""

from collections.abc import Callable
from random import Random
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import include, path, reverse

from dialogues.models import Evidence, EvidenceFile, FileText
from tests import factories
from tests.factories import at_noon
from tests.performance.synthetic_record import update_statistics
from tiptracker.accounts.models import User

FILES, PAGES, WORDS = 1_500, 4, 500
VOCABULARY = 20_000
RARE_EVERY, COMMON_EVERY = 1_000, 5
"""On how many pages the rare and the common word stands once."""
EXERCISE = "Exercise: made up"
GOAL_MS = 100


@login_required
def _nothing(request: Any) -> HttpResponse:
    return HttpResponse(b"")


urlpatterns = [path("nothing/", _nothing), path("", include("tiptracker.urls"))]


def make_files() -> User:
    """Make a post with 1,500 files of evidence and their texts; return its officer."""
    random = Random(18)  # noqa: S311 -- the same words in each run
    country = factories.CountryFactory(code="XAG", name=f"{EXERCISE}, {FILES} files")
    officer = factories.OfficerFactory(email="XAG@exercise.invalid", countries=[country])
    factories.RecommendationFactory(edition__country=country, text=EXERCISE)
    moment = at_noon(factories.DIALOGUE_ON)
    syllables = ["ba", "ke", "li", "mo", "nu", "pa", "ri", "so", "ta", "thu"]
    vocabulary = ["".join(random.choices(syllables, k=4)) for _ in range(VOCABULARY)]
    files = EvidenceFile.objects.bulk_create(
        EvidenceFile(
            file=f"evidence/bench/{number}",
            name=f"{number}.pdf",
            media_type="application/pdf",
            size=1,
            received_sha256=f"{number:064x}",
            stored_sha256=f"{number:064x}",
            uploaded_at=moment,
            uploaded_by=officer,
            country=country,
        )
        for number in range(FILES)
    )
    Evidence.objects.bulk_create(
        Evidence(
            country=country,
            title=f"{EXERCISE} {number}",
            kind="report",
            happened_to=factories.DIALOGUE_ON,
            done_by="government",
            stated_by=EXERCISE,
            file=file,
            recorded_at=moment,
            recorded_by=officer,
        )
        for number, file in enumerate(files)
    )
    FileText.objects.bulk_create(
        (
            FileText(file=file, page=page, text=" ".join(_words(random, vocabulary, at * PAGES + page)))
            for at, file in enumerate(files)
            for page in range(1, PAGES + 1)
        ),
        batch_size=500,
    )
    return officer


def _words(random: Random, vocabulary: list[str], number: int) -> list[str]:
    words = random.choices(vocabulary, k=WORDS)
    if number % RARE_EVERY == 0:
        words[0] = "Qacha’s"
    if number % COMMON_EVERY == 0:
        words[1] = "shelter"
    return words


def tell_search(measure: Callable[..., Any], say: Callable[[str], None], queries: Callable[..., Any]) -> None:
    """Print, for each query, the server time beside a page that does nothing, taken in turn."""
    officer = make_files()
    update_statistics()
    say(f"\nsearch over {FILES * PAGES * WORDS:,} words of {FILES:,} files; goal {GOAL_MS} ms on PostgreSQL")
    say(f"  {'':26}{'ms':>8}{'least':>8}{'× page of nothing':>19}{'queries':>9}")
    with override_settings(ROOT_URLCONF=__name__):
        client = Client(SERVER_NAME="localhost")
        client.force_login(officer)
        for query in ("qacha", "shelter", "sheltered", "shelter qacha", "nowhere"):
            address = f"{reverse('search')}?q={query}"
            assert client.get(address).status_code == 200, query
            with queries() as sent:
                client.get(address)
            beside = measure(lambda at=address: client.get(at), lambda: client.get("/nothing/"))
            say(f"  {query:26}{beside.middle:>8.1f}{beside.least:>8.1f}{beside.undisturbed:>19.1f}{len(sent):>9}")
