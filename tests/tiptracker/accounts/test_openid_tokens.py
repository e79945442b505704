"""Which answers of an OpenID Connect provider are accepted, and how long the application waits."""

import json
import re
import socket
import threading
import time
from contextlib import contextmanager, suppress

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tiptracker.accounts import openid_tokens
from tiptracker.accounts.openid_tokens import (
    BoundedSession,
    ProviderError,
    check_configuration,
    exchange_code,
    fetch_json,
    read_id_token,
)

PROVIDER_KEY, OTHER_KEY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
ISSUER = "https://id.example.gov"
NOW = int(time.time())
CLAIMS = {"iss": ISSUER, "aud": "tip", "sub": "a", "iat": NOW, "exp": NOW + 24 * 3600, "nonce": "n"}
"""Valid for as long as a run of the whole suite may take."""
KEYS = {
    "keys": [
        jwt.algorithms.ECAlgorithm.to_jwk(PROVIDER_KEY.public_key(), as_dict=True) | {"kid": "one", "alg": "ES256"}
    ]
}


def make_token(key=PROVIDER_KEY, algorithm="ES256", kid="one", **changes):
    said = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jwt.encode(said, key, algorithm, headers={"kid": kid})


def read_sample_token(sent, keys=KEYS):
    return read_id_token(sent, keys=keys, issuer=ISSUER, audience="tip", nonce="n")


def test_a_token_for_this_sign_in_is_read():
    assert read_sample_token(make_token()) == CLAIMS
    assert read_sample_token(make_token(aud=["tip"]))["sub"] == "a"
    assert read_sample_token(make_token(aud=["tip", "other"], azp="tip"))["sub"] == "a"


@pytest.mark.parametrize(
    "sent",
    [
        make_token(aud="other"),
        make_token(aud=["tip", "other"]),
        make_token(azp="other"),
        make_token(iss="https://evil.example"),
        make_token(nonce="another"),
        make_token(nonce=None),
        make_token(exp=NOW - 120),
        make_token(iat=NOW + 86_400),
        make_token(exp=None),
        make_token(sub=None),
        make_token(key=OTHER_KEY),
        make_token(kid="two"),
        make_token(key=b"a secret of thirty-two bytes or more", algorithm="HS256"),
        make_token(key=None, algorithm="none"),
        "",
        "garbage",
        "a.b.c",
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(sent):
    with pytest.raises(ProviderError) as refused:
        read_sample_token(sent)

    assert refused.value.reason == "untrusted"


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": 1}, {"keys": ["a"]}, {"keys": [{"kty": "?"}]}])
def test_keys_that_are_none_are_refused(keys):
    with pytest.raises(ProviderError):
        read_sample_token(make_token(), keys)


def configuration(**changes):
    endpoints = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
    return {"issuer": ISSUER} | {name: f"{ISSUER}/{name}" for name in endpoints} | changes


@pytest.mark.parametrize("url", [ISSUER, f"{ISSUER}/", f"{ISSUER}/.well-known/openid-configuration"])
def test_a_provider_says_of_itself_what_it_is_known_by(url):
    check_configuration(configuration(), url, is_secure=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.example"},
        {"issuer": 1},
        {"token_endpoint": "http://id.example.gov/token"},
        {"jwks_uri": None},
        {"userinfo_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": ["javascript:alert(1)"]},
    ],
)
def test_a_provider_that_says_something_else_is_refused(changes):
    with pytest.raises(ProviderError):
        check_configuration(configuration(**changes), ISSUER, is_secure=True)


def read_request(connection):
    """Read the whole request. Closing with unread data would reset the connection and lose the answer."""
    head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)


@contextmanager
def serve_pieces(*pieces, pause=0.0):
    """Start a server that sends these pieces and then nothing. Yield its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def answer():
        connection, _ = listening.accept()
        with connection, suppress(OSError):  # the other side gives up
            read_request(connection)
            for piece in pieces:
                connection.sendall(piece)
                over.wait(pause)
            if pause:
                over.wait(5)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    over.set()
    thread.join()
    listening.close()


RESPONSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


def test_an_answer_is_read_whole():
    with serve_pieces(RESPONSE_HEAD, b'{"a":', b" 1}") as url, BoundedSession() as session:
        assert fetch_json(session, url) == {"a": 1}


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ([], "silent"),
        ([RESPONSE_HEAD, *[b" "] * 100], "silent"),
        ([RESPONSE_HEAD], "silent"),
        ([b"HTTP/1.1 200"], "silent"),
    ],
    ids=["nothing", "a space now and then", "nothing behind its head", "half a line"],
)
def test_a_provider_that_keeps_one_waiting_is_given_up(monkeypatch, pieces, reason):
    monkeypatch.setattr(openid_tokens, "TIMEOUTS", (0.2, 0.2))
    monkeypatch.setattr(openid_tokens, "MAX_SECONDS", 0.3)
    with (
        serve_pieces(*pieces, pause=0.05) as url,
        BoundedSession() as session,
        pytest.raises(ProviderError) as refused,
    ):
        fetch_json(session, url)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 500 Oops\r\n\r\n", b"{}"],
        [b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"],
        [RESPONSE_HEAD, b"<html>It works!</html>"],
        [RESPONSE_HEAD, b"[1]"],
        [RESPONSE_HEAD, b"\xff\xfe"],
        [RESPONSE_HEAD, b"[" * 100_000],
        [RESPONSE_HEAD, b" " * 2_000_000],
    ],
    ids=["an error", "a way elsewhere", "a page", "a list", "no text", "very deep", "very long"],
)
def test_a_malformed_answer_is_refused(pieces):
    with serve_pieces(*pieces) as url, BoundedSession() as session, pytest.raises(ProviderError) as refused:
        fetch_json(session, url)

    assert refused.value.reason == "garbled"


@pytest.mark.parametrize(
    ("head", "answer", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", {"error": "invalid_grant"}, "declined"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", {}, "garbled"),
        (RESPONSE_HEAD, {"access_token": "a"}, "garbled"),
        (RESPONSE_HEAD, {"access_token": "a", "id_token": 1}, "garbled"),
    ],
)
def test_an_exchange_without_a_usable_token_is_refused(head, answer, reason):
    with (
        serve_pieces(head, json.dumps(answer).encode()) as url,
        BoundedSession() as session,
        pytest.raises(ProviderError) as refused,
    ):
        exchange_code(session, url, {"code": "c"}, client=("tip", "s"), is_basic=False)

    assert refused.value.reason == reason
