"""Keep the body of a page in the cache, for everybody who would read the same, until the record changes.

A kept body has gaps for what belongs to one request or one person: the site's header, messages, CSRF tokens and nonces.
They are filled in on each request. The body is kept with the version of the record that it shows
(`tiptracker.audit.record_version`), so a page is never older than the record. Who is signed in and what they may see is
found out before, without the cache.
"""

from collections.abc import Callable, Collection, Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csp import get_nonce
from django.middleware.csrf import get_token
from rest_framework.exceptions import APIException

from tiptracker.accounts.models import User
from tiptracker.accounts.sessions import BEGAN_AT
from tiptracker.audit.record_version import read_version
from tiptracker.infrastructure.read_snapshot import is_in_snapshot, snapshot
from tiptracker.web.fresh_parts import render_fresh_part
from tiptracker.web.kept_body import Gaps, KeptBody
from tiptracker.web.release import release_digest
from tiptracker.web.shared_computations import SharedComputations

KEPT_SECONDS = 60 * 60
"""How long a body is kept at most. It is replaced earlier if the record changes."""
MAX_QUERY_LENGTH = 300
"""Pages with a longer query string are not kept, so that nobody fills the cache with addresses of their own."""
VALUES: dict[str, Callable[[HttpRequest], object]] = {
    "csrf_token": get_token,
    "csp_nonce": get_nonce,
    "account_key": lambda request: getattr(request.user, "pk", None) or "",
    "session_began_at": lambda request: request.session.get(BEGAN_AT, ""),
}
"""What may stand in a gap besides a part of a page, and how to get it for a request."""
_computations = SharedComputations[Any]()
_GAPS_ATTRIBUTE, _VERSIONS_ATTRIBUTE, _VALUES_ATTRIBUTE = "gaps_of_page", "versions_of_record", "kept_values"


def find_gaps(request: HttpRequest | None) -> Gaps | None:
    """Return the gaps if this request renders a page that is to be kept."""
    return getattr(request, _GAPS_ATTRIBUTE, None)


def gap_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the context of a page that is to be kept holds in place of the token and the nonce."""
    gaps = find_gaps(request)
    return {name: gaps.mark(name) for name in VALUES} if gaps else {}


def answer_kept(
    request: HttpRequest, key: Sequence[object], countries: Collection[int], render: Callable[[], HttpResponse]
) -> HttpResponse:
    """Answer from the cache if the page is kept there and the record has not changed. Otherwise render it and keep it.

    `key` is everything but the record that the body depends on, and `countries` are the countries (ids) whose record it
    shows.
    """
    if not settings.KEEP_PAGES or request.method != "GET" or len(request.META["QUERY_STRING"]) > MAX_QUERY_LENGTH:
        return render()
    name, own_answers = _cache_key(key), list[HttpResponse]()

    def render_and_keep() -> KeptBody | None:
        body, answer = _render_and_keep(request, name, countries, render)
        own_answers.append(answer)
        return body

    body = _find_or_share(request, name, countries, render_and_keep)
    if body is None and not own_answers:
        render_and_keep()
    return own_answers[0] if own_answers else body.fill(_render_parts(request, body.gaps))


def _render_and_keep(
    request: HttpRequest, name: str, countries: Collection[int], render: Callable[[], HttpResponse]
) -> tuple[KeptBody | None, HttpResponse]:
    """Render a page and keep its body. Returns the body, or None if others would not read the same, and the answer."""
    gaps, used_before = Gaps(), _what_was_used(request)
    setattr(request, _GAPS_ATTRIBUTE, gaps)
    try:
        version, response = _read_at_once(request, countries, render)
    finally:
        delattr(request, _GAPS_ATTRIBUTE)
    if response.streaming or not response.headers["Content-Type"].startswith("text/html"):
        return None, response
    is_same_for_all = not response.cookies and _what_was_used(request) == used_before
    body = KeptBody.of_response(response, gaps)
    filled = body.fill(_render_parts(request, body.gaps))
    if response.status_code == HTTPStatus.OK and is_same_for_all:
        caches["pages"].set(name, (version, body), KEPT_SECONDS)
        return body, filled
    response.content = filled.content
    return None, response


def keep_value[T](
    request: HttpRequest, key: Sequence[object], countries: Collection[int], compute: Callable[[], T]
) -> T:
    """Return the result of `compute` from the cache if the record of the countries has not changed since.

    `key` and `countries` are as in `answer_kept`. The result must not be None.
    """
    if request.method != "GET":
        return compute()
    name = _cache_key(key)
    values = _kept_on_request(request, _VALUES_ATTRIBUTE)
    if name not in values:
        values[name] = _keep_value(request, name, countries, compute) if settings.KEEP_PAGES else compute()
    value: T = values[name]
    return value


def _keep_value[T](request: HttpRequest, name: str, countries: Collection[int], compute: Callable[[], T]) -> T:
    def compute_and_keep() -> T:
        version, value = _read_at_once(request, countries, compute)
        caches["pages"].set(name, (version, value), KEPT_SECONDS)
        return value

    value: T | None = _find_or_share(request, name, countries, compute_and_keep)
    return compute_and_keep() if value is None else value


def _read_at_once[T](request: HttpRequest, countries: Collection[int], read: Callable[[], T]) -> tuple[str, T]:
    """Return the version of the record and what `read` returns, both as they were at one moment.

    The record may have changed since the request came in. So from here on, the request has this version, and nothing
    that was kept for the former one. A refusal, such as 404, is raised outside of the snapshot, so that nothing is
    rolled back.
    """
    is_part = is_in_snapshot()
    with snapshot():
        if not is_part:
            _kept_on_request(request, _VALUES_ATTRIBUTE).clear()
            _kept_on_request(request, _VERSIONS_ATTRIBUTE).clear()
        version = _version_for_reader(request, countries)
        try:
            return version, read()
        except (Http404, PermissionDenied, APIException) as error:
            refusal = error
    raise refusal


def _cache_key(key: Sequence[object]) -> str:
    return sha256(repr((release_digest(), *key)).encode()).hexdigest()


def _find_kept(request: HttpRequest, name: str, countries: Collection[int]) -> Any:
    """Return what is kept under a name, or None if nothing is or if the record has changed since."""
    version, kept = caches["pages"].get(name) or (None, None)
    return kept if version is not None and version == _version_for_reader(request, countries) else None


def _find_or_share(request: HttpRequest, name: str, countries: Collection[int], compute: Callable[[], Any]) -> Any:
    """Return what is kept under a name, what `compute` returns, or what it returns to another request meanwhile.

    None if the other one has nothing to share. What another one computes is read after this request came in. Within a
    snapshot nobody waits, because it would then show what was read later than the rest of the page.
    """

    def find_or_compute() -> Any:
        kept = _find_kept(request, name, countries)
        return compute() if kept is None else kept

    kept = _find_kept(request, name, countries)
    if kept is not None:
        return kept
    return compute() if is_in_snapshot() else _computations.run(name, find_or_compute)


def record_version(request: HttpRequest, countries: Collection[int], ministry: int | None = None) -> str:
    """Return the version of the record when the request first asked for it. One query for the whole request.

    With a ministry (id), it is the version of what that ministry may read.
    """
    versions, key = _kept_on_request(request, _VERSIONS_ATTRIBUTE), (*sorted(countries), ministry)
    if key not in versions:
        versions[key] = read_version(countries, ministry)
    version: str = versions[key]
    return version


def _version_for_reader(request: HttpRequest, countries: Collection[int]) -> str:
    """Return the version of what the reader may read: of the whole record, or of the part for their ministry."""
    user = request.user
    return record_version(request, countries, user.ministry_id if isinstance(user, User) and user.is_ministry else None)


def _kept_on_request(request: HttpRequest, attribute: str) -> dict[Any, Any]:
    """Return a dictionary that lasts as long as the request."""
    kept: dict[Any, Any] = request.__dict__.setdefault(attribute, {})
    return kept


def _what_was_used(request: HttpRequest) -> tuple[object, ...]:
    """Return what would show that a body holds a token, a nonce or something of the session of this request."""
    return (
        request.META.get("CSRF_COOKIE_NEEDS_UPDATE"),
        bool(get_nonce(request)),
        request.session.modified,
    )


def _render_parts(request: HttpRequest, names: Collection[str]) -> dict[str, str]:
    """Return what belongs in the gaps with these names."""
    return {
        name: str(VALUES[name](request)) if name in VALUES else render_fresh_part(name, request) for name in set(names)
    }
