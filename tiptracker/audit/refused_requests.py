"""Log the requests of signed-in users that were refused.

Logged are 403 answers, of pages and of the API, and forms that did not come from one of our pages. Not logged are:

- mistakes in a form (400, 422), rules of the record (409) and limits (429): the user had access, and only has to
  correct the input or wait;
- 404: the user must not learn that the row exists, and the log of a country would reveal it;
- requests without a sign-in: they lead to the sign-in page. Failed sign-ins are logged elsewhere.
"""

from http import HTTPStatus

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.audit.request_context import Handler
from tiptracker.choices import Role

WINDOW_SECONDS = 5 * 60
MAX_REFUSALS = 30
"""Most refusals of one person that are logged in a row, so that repeated requests cannot fill the log.

A row ends when WINDOW_SECONDS pass without a new entry. The same request is logged once in a row.
"""
MAX_LENGTH = 300
FORGED_ATTRIBUTE = "is_forged"
"""Attribute of a request: it was refused because its form did not come from one of our pages."""


def refused_requests_middleware(get_response: Handler) -> Handler:
    """Middleware: log refused requests, each method and address once per person within a few minutes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.FORBIDDEN and isinstance(request.user, User):
            _log_refusal(request, request.user)
        return response

    return middleware


def _log_refusal(request: HttpRequest, person: User) -> None:
    description = _describe_request(request)
    key = f"refused:{person.pk}"
    logged = cache.get(key, ())
    if description in logged or len(logged) >= MAX_REFUSALS:
        return
    cache.set(key, (*logged, description), WINDOW_SECONDS)
    verb = "person.forgery_refused" if getattr(request, FORGED_ATTRIBUTE, False) else "person.refused"
    with transaction.atomic():
        record(verb, by=person, row=person, country=_log_country(person), after={"asked": description})


def _describe_request(request: HttpRequest) -> str:
    """Return method and path, without the query string and with any secret in the path replaced."""
    path = request.path
    secret = request.resolver_match.kwargs.get("token") if request.resolver_match else None
    if secret:
        path = path.replace(str(secret), "[token]")
    return f"{request.method} {path}"[:MAX_LENGTH]


def _log_country(person: User) -> int | None:
    """Return the country whose log gets the entry: the one the person or their ministry belongs to; None if not one."""
    if person.role == Role.ADMINISTRATOR:
        return None
    countries = list(Country.objects.visible_to(person).values_list("pk", flat=True)[:2])
    return countries[0] if len(countries) == 1 else None
