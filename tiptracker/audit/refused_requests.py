"""What is refused to somebody who has signed in, for the log.

Told is what isn't open to them (403, of pages and of the API) and a form that did not come from a page of ours. Not
told are mistakes in a form (400, 422), rules of the record (409) and limits (429): there somebody was let in, and is
asked to put something right or to wait. Nor is 404: that there is such a row is what they may not learn, and the log of
a country tells of its own. Whoever isn't signed in is asked to, which is no refusal; that failing is told elsewhere.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.choices import Role

WINDOW_SECONDS = 5 * 60
MAX_REFUSALS = 30
"""How many refusals of one person are told within SECONDS of each other: what is repeated shall not fill the log."""
MAX_LENGTH = 300
FORGED_ATTRIBUTE = "is_forged"
"""On a request: it was refused since its form did not come from a page of ours."""


def refused_requests_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: write down what was refused, once an address and person in a few minutes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.FORBIDDEN and isinstance(request.user, User):
            _log_refusal(request, request.user)
        return response

    return middleware


def _log_refusal(request: HttpRequest, person: User) -> None:
    asked = _describe_request(request)
    key = f"refused:{person.pk}"
    told = cache.get(key, ())
    if asked in told or len(told) >= MAX_REFUSALS:
        return
    cache.set(key, (*told, asked), WINDOW_SECONDS)
    verb = "person.forgery_refused" if getattr(request, FORGED_ATTRIBUTE, False) else "person.refused"
    with transaction.atomic():
        record(verb, by=person, row=person, country=_log_country(person), after={"asked": asked})


def _describe_request(request: HttpRequest) -> str:
    """Method and address, without what was searched for and without a secret that stands in it."""
    path = request.path
    secret = request.resolver_match.kwargs.get("token") if request.resolver_match else None
    if secret:
        path = path.replace(str(secret), "[token]")
    return f"{request.method} {path}"[:MAX_LENGTH]


def _log_country(person: User) -> int | None:
    """Whose post reads of it: the country that somebody works on, or whose ministry they are of, where it is one."""
    if person.role == Role.ADMINISTRATOR:
        return None
    countries = list(Country.objects.visible_to(person).values_list("pk", flat=True)[:2])
    return countries[0] if len(countries) == 1 else None
