"""Serve the synchronous application over ASGI, so that slow connections do not block worker threads.

Granian runs this in production and in the demonstration. A few threads run the WSGI application (`tiptracker.wsgi`).
The request body is read completely before a thread starts, within a time limit and a size limit. The response is
completed before it is sent. A client that sends or reads slowly therefore holds only a connection.

Granian's own WSGI interface reads the body in the serving thread without a time limit. It also stops the whole
process when a client stops reading early.
"""

import asyncio
import gc
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.urls import get_resolver

from tiptracker.audit.request_context import PERSON_KEY
from tiptracker.infrastructure.call_stack import with_room_for_calls
from tiptracker.numbers import parse_whole_number
from tiptracker.operations.this_machine import unavailable_health
from tiptracker.web import error_pages
from tiptracker.web.error_pages import ErrorPage
from tiptracker.web.security_headers import security_headers_middleware
from tiptracker.wsgi import application as wsgi_application

AsgiScope = dict[str, Any]
AsgiReceive = Callable[[], Awaitable[dict[str, Any]]]
AsgiSend = Callable[[dict[str, Any]], Awaitable[None]]
BodyFile = SpooledTemporaryFile[bytes]
RawHeaders = list[tuple[bytes, bytes]]
WsgiResult = tuple[int, RawHeaders, float]
"""Status, headers and seconds of processor time."""

logger = logging.getLogger(__name__)

INITIAL_BODY_SECONDS = 20.0
MIN_BYTES_PER_SECOND = 4 * 1024
"""Time limit of a body: INITIAL_BODY_SECONDS, and one more second for every MIN_BYTES_PER_SECOND received.

A line of 64 kbit/s brings twice as much, so that a photograph arrives while a text travels beside it.
"""

FORM_BYTES_ALLOWANCE = 2 * 1024 * 1024
"""Bytes that a form may have in addition to its files."""

MAX_BYTES_IN_MEMORY = 64 * 1024
"""Bytes of a body that are kept in memory. A longer body goes to a temporary file."""

MAX_BODIES = 64
MAX_LONG_BODIES = 6
"""How many bodies a process reads at once, and how many of them may be longer than MAX_BYTES_IN_MEMORY."""

MAX_CONCURRENT_PER_PERSON = 2
MAX_REQUESTS_PER_PERSON = 10
"""How many requests of one person a process runs at once, and how many it accepts. The rest wait in order."""

CPU_BUDGET_SECONDS, CPU_REFILL_RATE = 15.0, 0.3
"""Processor seconds of one person in a process: the budget, and what is added to it each second.

A person who reads and writes needs a tenth of that. A person who has used up the budget waits for the refill.
"""

MAX_KNOWN_CREDENTIALS = 10_000
"""Sessions and tokens whose person a process remembers before it clears the list."""

HEALTH_PATH, READY_PATH = "/health/", "/ready/"
STUCK_AFTER_SECONDS = 120.0
"""Seconds without a finished request, while all threads are busy, after which the threads count as stuck."""

CHUNK_BYTES = 64 * 1024
"""Bytes of a response that are sent at a time."""


class RefusedRequest(Exception):
    """A request whose body is not read, with the status and the page to answer."""

    def __init__(self, status: HTTPStatus, page: ErrorPage, *, retry_after: int | None = None) -> None:
        super().__init__(page.title)
        self.status = status
        self.page = page
        self.headers = {"Connection": "close"} | ({"Retry-After": str(retry_after)} if retry_after else {})


class ClientDisconnected(Exception):
    """The client closed the connection."""


@dataclass
class PersonShare:
    """The requests and processor time that one person uses in this process."""

    holders: int = 0
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CONCURRENT_PER_PERSON))
    used: float = 0.0
    counted_at: float = 0.0

    def use(self, seconds: float, now: float) -> float:
        """Count used processor seconds, less the refill since the last count. Return how much of the budget is used."""
        self.used = max(self.used - (now - self.counted_at) * CPU_REFILL_RATE, 0) + seconds
        self.counted_at = now
        return self.used

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Callable[[float], object]]:
        """Wait until this person may run one more request.

        Yields a function that counts the processor seconds which the request took.
        """
        clock = asyncio.get_running_loop().time
        async with self.turns:
            excess = self.use(0, clock()) - CPU_BUDGET_SECONDS
            if excess > 0:
                await asyncio.sleep(excess / CPU_REFILL_RATE)
            yield lambda seconds: self.use(seconds, clock())


@dataclass
class AsgiApplication:
    """An ASGI application that runs a WSGI application in `threads` threads.

    One person's requests never take all threads, nor more than a share of the processor. Some run at once; the others
    wait without holding a thread. The session or token identifies the person. Which person it belongs to is known
    after the application has answered one request with it.

    A separate thread answers health checks, so that a busy server does not look like a broken one.
    """

    wsgi: Callable[..., Any]
    threads: int
    max_bytes: int
    initial_seconds: float = INITIAL_BODY_SECONDS
    bodies: int = 0
    long_bodies: int = 0
    serving: int = 0
    moved_at: float = 0.0
    shares: dict[bytes | int, PersonShare] = field(default_factory=dict)
    people: dict[bytes, int] = field(default_factory=dict)
    pool: ThreadPoolExecutor = field(init=False)
    health_pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="web")
        self.health_pool = ThreadPoolExecutor(1, thread_name_prefix="health")

    async def __call__(self, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        with (
            SpooledTemporaryFile(max_size=MAX_BYTES_IN_MEMORY) as body,
            SpooledTemporaryFile(max_size=1024 * 1024) as answer,
        ):
            environ = build_environ(scope, body)
            try:
                with self._share(environ) as share:
                    await self._read(scope, receive, body)
                    async with share.turn() as count:
                        status, headers, seconds = await self._run(environ, answer)
                        count(seconds)
            except ClientDisconnected:
                return
            except RefusedRequest as refusal:
                page = _refusal_page(refusal, scope)
                await _send_response(send, refusal.status, _encode_headers(page.items()), [page.content])
                return
            await _send_response(send, status, headers, iter(lambda: answer.read(CHUNK_BYTES), b""))

    # --- Shares of people ---------------------------------------------------------------------------------------------

    @contextmanager
    def _share(self, environ: dict[str, Any]) -> Iterator[PersonShare]:
        """Return the share that the request counts against.

        Raises RefusedRequest if the same person already has too many requests.
        """
        shown = _credential_digest(environ)
        if shown is None or environ["PATH_INFO"] in {HEALTH_PATH, READY_PATH}:
            yield PersonShare()
            return
        key = self.people.get(shown, shown)
        share = self.shares.setdefault(key, PersonShare())
        if share.holders >= MAX_REQUESTS_PER_PERSON:
            raise RefusedRequest(HTTPStatus.SERVICE_UNAVAILABLE, error_pages.TOO_BUSY, retry_after=5)
        share.holders += 1
        try:
            yield share
        finally:
            share.holders -= 1
            if key == shown and not share.holders:  # unknown session or token, or counted under the person from now on
                del self.shares[key]
            if len(self.shares) >= MAX_KNOWN_CREDENTIALS:
                self.shares = {key: share for key, share in self.shares.items() if share.holders}
            if person := environ.get(PERSON_KEY):
                if len(self.people) >= MAX_KNOWN_CREDENTIALS:
                    self.people.clear()
                self.people[shown] = person

    # --- Request bodies -----------------------------------------------------------------------------------------------

    async def _read(self, scope: AsgiScope, receive: AsgiReceive, body: BodyFile) -> None:
        """Read the request body. Raises RefusedRequest or ClientDisconnected."""
        stated = dict(scope["headers"]).get(b"content-length", b"").decode("latin-1")
        length = parse_whole_number(stated) or 0
        if not length:
            return
        if length > self.max_bytes:
            raise RefusedRequest(HTTPStatus.CONTENT_TOO_LARGE, error_pages.TOO_LARGE)
        with self._turn(is_long=length > MAX_BYTES_IN_MEMORY):
            ends_at = asyncio.get_running_loop().time() + self.initial_seconds
            left = length
            while left > 0:
                try:
                    async with asyncio.timeout_at(ends_at):
                        message = await receive()
                except TimeoutError:
                    raise RefusedRequest(HTTPStatus.REQUEST_TIMEOUT, error_pages.REQUEST_TIMEOUT) from None
                if message["type"] != "http.request":
                    raise ClientDisconnected
                part = message.get("body", b"")
                body.write(part)
                left -= len(part)
                ends_at += len(part) / MIN_BYTES_PER_SECOND
                if not message.get("more_body"):
                    break  # `tiptracker.web.complete_body` reports an incomplete body
        body.seek(0)

    @contextmanager
    def _turn(self, *, is_long: bool) -> Iterator[None]:
        """Count the bodies that are being read. Raises RefusedRequest if there are too many."""
        if self.bodies >= MAX_BODIES or (is_long and self.long_bodies >= MAX_LONG_BODIES):
            raise RefusedRequest(HTTPStatus.SERVICE_UNAVAILABLE, error_pages.TOO_BUSY, retry_after=30)
        self.bodies += 1
        self.long_bodies += is_long
        try:
            yield
        finally:
            self.bodies -= 1
            self.long_bodies -= is_long

    # --- Responses ----------------------------------------------------------------------------------------------------

    async def _run(self, environ: dict[str, Any], answer: BodyFile) -> WsgiResult:
        """Run the request in a thread as soon as one is free."""
        loop = asyncio.get_running_loop()
        if environ["PATH_INFO"] in {HEALTH_PATH, READY_PATH}:
            if self.serving >= self.threads and loop.time() - self.moved_at > STUCK_AFTER_SECONDS:
                stuck = unavailable_health(environ, "threads")
                answer.write(stuck.content)
                answer.seek(0)
                return HTTPStatus.SERVICE_UNAVAILABLE, _encode_headers(stuck.items()), 0
            return await loop.run_in_executor(self.health_pool, self._serve, environ, answer)
        if self.serving < self.threads:
            self.moved_at = loop.time()
        self.serving += 1
        try:
            return await loop.run_in_executor(self.pool, self._serve, environ, answer)
        finally:
            self.serving -= 1
            self.moved_at = loop.time()

    def _serve(self, environ: dict[str, Any], answer: BodyFile) -> WsgiResult:
        """Run the WSGI application in this thread and write the body of its response to `answer`."""
        head: tuple[int, RawHeaders] = (HTTPStatus.INTERNAL_SERVER_ERROR, [])
        begun = time.thread_time()

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], int]:
            nonlocal head
            head = int(status.split(" ", 1)[0]), _encode_headers(headers)
            return answer.write

        try:
            parts = self.wsgi(environ, start_response)
            try:
                answer.writelines(parts)
            finally:
                if hasattr(parts, "close"):
                    parts.close()
        except Exception:
            logger.exception("%s %s could not be answered.", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            page = error_pages.plain_page(*error_pages.SERVER_ERROR, status=HTTPStatus.INTERNAL_SERVER_ERROR)
            head = page.status_code, _encode_headers(page.items())
            answer.seek(0)
            answer.truncate()
            answer.write(page.content)
        answer.seek(0)
        return *head, time.thread_time() - begun


def _credential_digest(environ: dict[str, Any]) -> bytes | None:
    """Return a digest of the token or session cookie of a request, or None if it has neither."""
    secret = environ.get("HTTP_AUTHORIZATION", "")
    if not secret and (cookies := environ.get("HTTP_COOKIE")):
        secret = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    return sha256(secret.encode()).digest() if secret else None


def build_environ(scope: AsgiScope, body: BodyFile) -> dict[str, Any]:
    """Build a WSGI environment from an ASGI scope.

    A header whose name contains an underscore is dropped. WSGI would confuse it with the header that has a hyphen,
    which a proxy sets.
    """
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if client := scope.get("client"):
        environ["REMOTE_ADDR"] = client[0]
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper()
        if "_" in key:
            continue
        key = key.replace("-", "_")
        if key not in {"CONTENT_LENGTH", "CONTENT_TYPE"}:
            key = f"HTTP_{key}"
        text = value.decode("latin-1")
        if key in environ:  # HTTP/2 sends each cookie in its own header
            text = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + text
        environ[key] = text
    return environ


def _refusal_page(refusal: RefusedRequest, scope: AsgiScope) -> HttpResponse:
    """Return the answer to a refused request, with the security headers of every response."""
    request = HttpRequest()
    request.path = scope["path"]
    page = error_pages.api_or_plain_page(request, *refusal.page, status=refusal.status)
    for name, value in refusal.headers.items():
        page.headers[name] = value
    return security_headers_middleware(lambda _: page)(request)


def _encode_headers(headers: Any) -> RawHeaders:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


async def _send_response(send: AsgiSend, status: int, headers: RawHeaders, parts: Any) -> None:
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


application = AsgiApplication(
    with_room_for_calls(wsgi_application),
    threads=settings.WEB_THREADS,
    max_bytes=settings.UPLOAD_MAX_TOTAL_BYTES + FORM_BYTES_ALLOWANCE,
)

# A run of the garbage collector that looks at all that is loaded by now takes a tenth of a second and more, within some
# request. Without it, a run looks only at what requests have made.
get_resolver().url_patterns  # noqa: B018 -- loads all pages, which the first request would do otherwise
gc.collect()
gc.freeze()
