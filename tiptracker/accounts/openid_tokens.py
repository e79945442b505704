"""Ask an OpenID Connect provider within time and size limits, and accept only answers that it can prove."""

import time
from contextlib import closing
from hmac import compare_digest
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
import urllib3

TIMEOUTS = (3.05, 5)
"""Seconds until the connection must be open, and until the next data must arrive."""
MAX_SECONDS = 8
"""Seconds until an answer must be complete."""
MAX_BYTES = 1024 * 1024
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""The accepted signature algorithms: only those whose key the provider alone holds."""
LEEWAY = 60
"""Seconds by which the two clocks may differ."""


class ProviderError(Exception):
    """An answer of the provider that is not accepted; `reason` is "silent", "garbled", "declined" or "untrusted"."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class BoundedSession(requests.Session):
    """A requests session with limits: each answer is read whole here, or the request fails."""

    def send(self, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        more |= {"timeout": TIMEOUTS, "stream": True, "allow_redirects": False}
        end = time.monotonic() + MAX_SECONDS
        try:
            response = super().send(request, **more)
            with closing(response):
                content = _read_bounded(response, end)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise ProviderError("silent", type(error).__name__) from error
        response._content = content  # requests itself would read it without a limit
        return response


def _read_bounded(response: requests.Response, end: float) -> bytes:
    read = bytearray()
    while piece := response.raw.read1(MAX_BYTES, decode_content=True):
        read += piece
        if len(read) > MAX_BYTES:
            raise ProviderError("garbled", "an answer without an end")
        if time.monotonic() > end:
            raise ProviderError("silent", "an answer that takes too long")
    return bytes(read)


def fetch_json(session: requests.Session, url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object at `url`. Raises ProviderError."""
    response = session.get(url, headers=headers)
    if response.status_code != HTTPStatus.OK:
        raise ProviderError("garbled", f"{response.status_code} instead of an answer")
    return _parse_json_object(response)


def exchange_code(
    session: requests.Session, url: str, form: dict[str, str], *, client: tuple[str, str], is_basic: bool
) -> dict[str, str]:
    """Exchange an authorization code, which works once, for its tokens. Raises ProviderError."""
    if is_basic:
        response = session.post(url, data=form, auth=client)
    else:
        response = session.post(url, data=form | {"client_id": client[0], "client_secret": client[1]})
    answer = _parse_json_object(response)
    if response.status_code == HTTPStatus.BAD_REQUEST and "error" in answer:
        raise ProviderError("declined", str(answer["error"])[:100])
    tokens = {name: answer.get(name) for name in ("access_token", "id_token")}
    if response.status_code != HTTPStatus.OK or not all(isinstance(token, str) for token in tokens.values()):
        raise ProviderError("garbled", f"{response.status_code} without tokens")
    return {name: str(token) for name, token in tokens.items()}


def _parse_json_object(response: requests.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except (ValueError, RecursionError) as error:
        raise ProviderError("garbled", "no JSON") from error
    if not isinstance(answer, dict):
        raise ProviderError("garbled", "no object")
    return answer


def check_configuration(configuration: dict[str, Any], server_url: str, *, is_secure: bool) -> None:
    """Raise ProviderError if the provider's configuration names another issuer, or an address that is not HTTPS.

    Plain HTTP is allowed only if `is_secure` is false.
    """
    issuer = server_url.partition("/.well-known/")[0].rstrip("/")
    if str(configuration.get("issuer", "")).rstrip("/") != issuer:
        raise ProviderError("untrusted", "another issuer")
    schemes = {"https"} if is_secure else {"https", "http"}
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
        if urlsplit(str(configuration.get(name, ""))).scheme not in schemes:
            raise ProviderError("garbled", f"no {name}")


def read_id_token(token: str, *, keys: dict[str, Any], issuer: str, audience: str, nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token (OpenID Connect Core, 3.1.3.7).

    Raises ProviderError if the token is not for this sign-in.
    """
    try:
        key = _find_signing_key(token, keys)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=list(ALGORITHMS),
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise ProviderError("untrusted", type(error).__name__) from error
    parties = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", audience) != audience or (len(parties) > 1 and "azp" not in claims):
        raise ProviderError("untrusted", "a token for others as well")
    if not nonce or not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise ProviderError("untrusted", "the answer to another question")
    return claims


def _find_signing_key(token: str, keys: dict[str, Any]) -> jwt.PyJWK:
    """Return the key that the token names; if it names none, the only key there is."""
    try:
        provider_keys = jwt.PyJWKSet.from_dict(keys).keys
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        raise ProviderError("garbled", "no keys") from error
    named = jwt.get_unverified_header(token).get("kid")
    candidates = [key for key in provider_keys if key.key_id == named] if named else provider_keys
    if len(candidates) != 1:
        raise ProviderError("untrusted", "a key that isn't the provider's")
    return candidates[0]
