"""No thread waits for a slow connection: bodies are read and answers sent outside the threads that serve."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import OfficerFactory
from tests.running_server import free_port, stop
from tiptracker import asgi
from tiptracker.accounts import tokens
from tiptracker.audit.request_context import PERSON_KEY
from tiptracker.choices import TokenScope
from tiptracker.web import error_pages

POST = {"method": "POST", "path": "/accounts/login/"}


def run_async(coroutine):
    """Run it in a thread of its own: a browser that another test left open has an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


class AsgiRequest:
    """One request to an application, message by message."""

    def __init__(self, application, *parts, **scope):
        headers = [(name.encode(), value.encode()) for name, value in scope.pop("headers", {}).items()]
        self.scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/", "query_string": b""}
        self.scope |= {"headers": headers} | scope
        self.application = application
        self.parts = list(parts)
        self.may_send = asyncio.Event()
        self.may_send.set()
        self.sent = []

    async def receive(self):
        if not self.parts:
            await asyncio.Event().wait()  # nothing more ever comes
        part = self.parts.pop(0)
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(self.parts)}

    async def send(self, message):
        await self.may_send.wait()
        self.sent.append(message)

    def run(self):
        return self.application(self.scope, self.receive, self.send)

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def headers(self):
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self):
        return b"".join(message["body"] for message in self.sent[1:])


def echo(environ, start_response):
    start_response("200 OK", [("X-Path", environ["PATH_INFO"])])
    return [environ["wsgi.input"].read()]


def application(wsgi=echo, *, threads=1, seconds=30.0):
    return asgi.AsgiApplication(wsgi, threads=threads, max_bytes=1_000_000, initial_seconds=seconds)


def content_length(number):
    return {"content-length": str(number)}


def send_request(app, *parts, **scope):
    async def ask():
        one = AsgiRequest(app, *parts, **scope)
        await one.run()
        return one

    return run_async(ask())


# --- Bodies -----------------------------------------------------------------------------------------------------------


def test_body_is_complete_whatever_its_chunks():
    answer = send_request(application(), b"log", b"", b"in=" + b"a" * 200_000, **POST, headers=content_length(200_006))

    assert (answer.status, answer.headers["x-path"]) == (200, "/accounts/login/")
    assert answer.body == b"login=" + b"a" * 200_000


def test_a_body_that_does_not_arrive_in_time_is_given_up():
    app = application(seconds=0.01)
    answer = send_request(app, b"log", b"in", **POST, headers=content_length(200))
    answer_late = AsgiRequest(app, **POST, headers=content_length(200))
    run_async(answer_late.run())

    assert (
        answer.status == 200
    )  # the server said that this was all: `tiptracker.web.complete_body` tells that it was not
    assert answer_late.status == 408
    assert answer_late.body.decode() == error_pages.render_html(*error_pages.REQUEST_TIMEOUT)
    assert answer_late.headers["content-security-policy"] == error_pages.POLICY
    assert answer_late.headers["x-frame-options"] == "DENY"
    assert app.bodies == 0


def test_slow_requests_hold_no_thread():
    """One thread, a dozen bodies that never end, a dozen readers who take nothing: the next is answered."""

    async def ask():
        app = application()
        sending = [AsgiRequest(app, **POST, headers=content_length(200)) for _ in range(12)]
        reading = [AsgiRequest(app) for _ in range(12)]
        for request in reading:
            request.may_send.clear()
        tasks = [asyncio.create_task(request.run()) for request in (*sending, *reading)]
        await asyncio.sleep(0)
        last = AsgiRequest(app, path="/last/")
        await last.run()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return app, last

    app, last = run_async(ask())

    assert (last.status, last.headers["x-path"]) == (200, "/last/")
    assert (app.bodies, app.long_bodies) == (0, 0)


def test_too_long_body_is_refused_before_it_is_received():
    answer = send_request(application(), **POST, headers=content_length(1_000_001))

    assert answer.status == 413
    assert answer.body.decode() == error_pages.render_html(*error_pages.TOO_LARGE)


@pytest.mark.parametrize(
    ("size", "most"), [(asgi.MAX_BYTES_IN_MEMORY + 1, asgi.MAX_LONG_BODIES), (10, asgi.MAX_BODIES)]
)
def test_too_many_bodies_at_once_are_told_to_wait(size, most):
    async def ask():
        app = application()
        tasks = [asyncio.create_task(AsgiRequest(app, **POST, headers=content_length(size)).run()) for _ in range(most)]
        await asyncio.sleep(0.01)
        refused = AsgiRequest(app, method="POST", path="/api/v1/updates/", headers=content_length(size))
        await refused.run()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return refused

    refused = run_async(ask())

    assert (refused.status, refused.headers["retry-after"]) == (503, "30")
    assert json.loads(refused.body)["detail"].startswith(error_pages.TOO_BUSY.title)


def test_a_closed_connection_gets_no_answer():
    def never(environ, start_response):
        raise AssertionError("nobody asks any more")

    assert send_request(application(never), b"log", None, **POST, headers=content_length(200)).sent == []


# --- Whose requests are served ----------------------------------------------------------------------------------------


def identify_person(environ, start_response):
    """Tell that every session belongs to the person whose number its cookie begins with."""
    cookie = environ.get("HTTP_COOKIE", "")
    environ[PERSON_KEY] = int(cookie.partition("=")[2].partition("-")[0] or 0)
    start_response("200 OK", [])
    return []


def session_cookie(number):
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={number}"}


@pytest.mark.parametrize("theirs", [["7-a"] * 6, ["7-a", "7-b", "7-c", "7-d", "7-e", "7-f"]])
def test_one_persons_requests_leave_threads_to_others(theirs):
    """Of six slow ones, by one session or by six, two are served; somebody else is answered; then the others are."""
    may_end = threading.Event()
    served = []

    def slow(environ, start_response):
        if environ["PATH_INFO"] == "/slow/":
            served.append(environ["PATH_INFO"])
            may_end.wait(30)
        return identify_person(environ, start_response)

    async def ask():
        app = application(slow, threads=4)
        for each in {*theirs}:
            await AsgiRequest(app, headers=session_cookie(each)).run()
        mine = [AsgiRequest(app, path="/slow/", headers=session_cookie(each)) for each in theirs]
        tasks = [asyncio.create_task(request.run()) for request in mine]
        other = AsgiRequest(app, headers=session_cookie("8-a"))
        await other.run()
        while len(served) < asgi.MAX_CONCURRENT_PER_PERSON:  # until their threads have begun
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)  # in which another one would begin
        at_once = len(served)
        may_end.set()
        await asyncio.gather(*tasks)
        return app, other, at_once, mine

    app, other, at_once, mine = run_async(ask())

    assert (other.status, at_once) == (200, asgi.MAX_CONCURRENT_PER_PERSON)
    assert [request.status for request in mine] == [200] * 6
    assert len(served) == 6
    assert not any(share.holders for share in app.shares.values())


def test_only_the_person_over_the_processor_budget_waits(monkeypatch):
    monkeypatch.setattr(asgi, "CPU_BUDGET_SECONDS", 0.05)
    monkeypatch.setattr(asgi, "CPU_REFILL_RATE", 0.5)
    loops = iter([0, 0.25])  # seconds of the processor that the first requests take

    def costly(environ, start_response):
        until = time.thread_time() + next(loops, 0)
        while time.thread_time() < until:
            pass
        return identify_person(environ, start_response)

    async def ask():
        app = application(costly)
        for _ in range(2):  # whose the session is, the first has to say
            await AsgiRequest(app, headers=session_cookie("7-a")).run()
        before = asyncio.get_running_loop().time()
        mine = asyncio.create_task(AsgiRequest(app, headers=session_cookie("7-a")).run())
        await AsgiRequest(app, headers=session_cookie("8-a")).run()
        other_took = asyncio.get_running_loop().time() - before
        await mine
        return other_took, asyncio.get_running_loop().time() - before

    other_took, mine_took = run_async(ask())

    assert mine_took > 0.35, "(0.25 - 0.05) / 0.5 seconds, less what passed meanwhile"
    assert other_took < mine_took


def test_only_the_person_with_too_many_requests_is_told_to_wait():
    async def ask():
        app = application()
        tasks = [
            asyncio.create_task(AsgiRequest(app, **POST, headers=session_cookie("7-a") | content_length(9)).run())
            for _ in range(asgi.MAX_REQUESTS_PER_PERSON)
        ]
        await asyncio.sleep(0)
        refused, other, nobody = (
            AsgiRequest(app, headers=session_cookie("7-a")),
            AsgiRequest(app, headers=session_cookie("8-a")),
            AsgiRequest(app),
        )
        for request in (refused, other, nobody):
            await request.run()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return app, refused, other, nobody

    app, refused, other, nobody = run_async(ask())

    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    assert (other.status, nobody.status) == (200, 200)
    assert not any(share.holders for share in app.shares.values())


@pytest.mark.django_db
def test_application_names_the_person_of_a_session_and_of_a_token(client):
    officer = OfficerFactory()
    _, secret = tokens.create_token(
        person=officer, name="Nightly", scope=TokenScope.READ, expires_on=tokens.latest_expiry(officer)
    )
    client.force_login(officer)

    page = client.get("/")
    program = Client().get("/api/v1/commitments/", headers={"Authorization": f"Bearer {secret}"})

    assert page.wsgi_request.META[PERSON_KEY] == officer.pk
    assert program.wsgi_request.META[PERSON_KEY] == officer.pk


# --- Answers ----------------------------------------------------------------------------------------------------------


class PartsBody:
    """A body in parts, which says whether it was closed."""

    def __init__(self):
        self.is_closed = False

    def __iter__(self):
        yield from (b"a" * 100_000, b"b")

    def close(self):
        self.is_closed = True


def test_response_is_closed_so_that_its_connection_is_returned():
    parts = PartsBody()

    def stream(environ, start_response):
        start_response("200 OK", [])
        return parts

    assert send_request(application(stream)).body == b"a" * 100_000 + b"b"
    assert parts.is_closed


def test_an_error_outside_django_is_answered_with_an_error_page():
    def breaks(environ, start_response):
        raise PermissionError("a secret path")

    answer = send_request(application(breaks))

    assert answer.status == 500
    assert answer.body.decode() == error_pages.render_html(*error_pages.SERVER_ERROR)


@pytest.mark.parametrize(("stuck_after", "status"), [(120, 200), (-1, 503)])
def test_busy_server_is_healthy_and_one_with_stuck_threads_is_not(monkeypatch, stuck_after, status):
    monkeypatch.setattr(asgi, "STUCK_AFTER_SECONDS", stuck_after)
    is_done = threading.Event()

    def waits(environ, start_response):
        if environ["PATH_INFO"] != asgi.HEALTH_PATH:
            assert is_done.wait(60)
        return echo(environ, start_response)

    async def ask():
        app = application(waits)
        held = asyncio.create_task(AsgiRequest(app).run())
        await asyncio.sleep(0)
        health = AsgiRequest(app, path=asgi.HEALTH_PATH, client=("127.0.0.1", 1))
        await health.run()
        outside = AsgiRequest(app, path=asgi.HEALTH_PATH, client=("192.0.2.7", 1))
        await outside.run()
        is_done.set()
        await held
        after = AsgiRequest(app, path=asgi.HEALTH_PATH)
        await after.run()
        return health, outside, after

    health, outside, after = run_async(ask())

    assert (health.status, outside.status, after.status) == (status, status, 200)
    assert b"threads" not in outside.body
    assert b'"reason": "threads"' in health.body or status == 200


def test_a_header_with_an_underscore_passes_for_no_other():
    headers = {"x-forwarded-for": "192.0.2.7", "x_forwarded_for": "192.0.2.1", "cookie": "a=1"}
    scope = {"method": "GET", "path": "/é", "query_string": b"a=1", "http_version": "1.1", "client": ("192.0.2.9", 1)}
    environ = asgi.build_environ(scope | {"headers": [(n.encode(), v.encode()) for n, v in headers.items()]}, None)

    assert {name: value for name, value in environ.items() if name.startswith("HTTP_")} == {
        "HTTP_X_FORWARDED_FOR": "192.0.2.7",
        "HTTP_COOKIE": "a=1",
    }
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/é"
    assert (environ["QUERY_STRING"], environ["REMOTE_ADDR"]) == ("a=1", "192.0.2.9")


# --- A real server ----------------------------------------------------------------------------------------------------


def test_slow_bodies_are_ended_and_block_no_other_request_on_a_real_server():
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--no-ws", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "tests.tiptracker.short_timeout_asgi:application"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"PYTHONPATH": f"{settings.BASE_DIR}:{os.environ['PYTHONPATH']}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for_port(port, server)
        with ExitStack() as lines:
            slow = [lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)) for _ in range(20)]
            for line in slow:
                line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\nlogin=a")
            assert urlopen(f"http://127.0.0.1:{port}/", timeout=60).status == 200
            assert {line.recv(12) for line in slow} == {b"HTTP/1.1 408"}
        assert urlopen(f"http://127.0.0.1:{port}/", timeout=60).status == 200
    finally:
        stop(server)


def wait_for_port(port, server):
    give_up_at = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < give_up_at:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")
