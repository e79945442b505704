"""The Idempotency-Key header of a POST, after the IETF draft (draft-ietf-httpapi-idempotency-key-header)."""

import json
import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import QueryDict
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.idempotency.actions import create_once, release_key, reserve_key
from tiptracker.localization import gettext

HEADER = "Idempotency-Key"
KEY_PATTERN = re.compile(r"[ !#-\[\]-~]{1,255}")
"""Printable ASCII characters, without quotes and backslashes, which a structured header would have to escape."""
RETRY_AFTER_SECONDS = 5
"""Seconds after which a request that is being carried out may be sent again, as Retry-After says."""


KEY_PARAMETER: dict[str, Any] = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!#-\[\]-~]+$"},
    "description": "A key that you choose for this request, such as a UUID, with or without quotation marks. If you "
    "send the same request again within 24 hours, with any of your tokens, it does not run again. The answer is the "
    "row that the first request created, as it is now and as you may see it, with the first status (404 if you may no "
    "longer see it). Two requests are the same if they have the same method, address, fields and contents of files. "
    "The boundary of a multipart body and the order of JSON fields make no difference. If the key was used for another "
    "request, the answer is 422. While the first request is running, it is 409 with Retry-After. A request that was "
    "refused (4xx) or failed (5xx) created nothing. You can then use its key again.",
}
"""The OpenAPI description of the header, which every POST accepts."""


class IdempotentCreateMixin(GenericViewSet[Any]):
    """A view set that answers a POST with the row it created, as the user may see that row."""

    def answer(self, pk: int) -> Any:
        """Return the representation of a row of this list. Raises NotFound if the user may no longer see it."""
        row = self.get_queryset().filter(pk=pk).first()
        if row is None:
            raise NotFound
        return self.serialize_row(row)

    def serialize_row(self, row: Any) -> Any:
        """Return the row as JSON."""
        return self.get_serializer(row).data


def idempotent_create(
    status: HTTPStatus = HTTPStatus.CREATED,
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Decorate a POST method of `IdempotentCreateMixin` that reads the input and returns the function creating the row.

    With an Idempotency-Key, that function runs once in 24 hours, however often the same person sends the same request.
    Each answer is made from the current row, so it holds nothing that the user may no longer see. A refused or failed
    request created nothing, so its key is free again.
    """

    def decorate(prepare: Callable[..., Callable[[], Model]]) -> Callable[..., Response]:
        @wraps(prepare)
        def view(self: IdempotentCreateMixin, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = _idempotency_key(request)
            if key is None:
                made = prepare(self, request, *args, **kwargs)().pk
            else:
                attempt = reserve_key(
                    person=cast("User", request.user), key=key, request=_request_digest(request), now=clock.now()
                )
                made = attempt.made
                if made is None:
                    try:
                        made = create_once(attempt, prepare(self, request, *args, **kwargs))
                    except BaseException:
                        release_key(attempt)
                        raise
            return Response(self.answer(made), status)

        return view

    return decorate


def _idempotency_key(request: Request) -> str | None:
    """Return the key from the header, without the quotes of a structured header. Raises ValidationError."""
    if (key := request.headers.get(HEADER)) is None:
        return None
    if len(key) > 1 and key.startswith('"') and key.endswith('"'):
        key = key[1:-1]
    if not key.strip() or not KEY_PATTERN.fullmatch(key):
        sentence = gettext(
            "Give 1 to 255 printable ASCII characters without quotation marks and backslashes, such as a UUID."
        )
        raise ValidationError({HEADER: [sentence]})
    return key


def _request_digest(request: Request) -> str:
    """Return the SHA-256 of method, path, content type and body as parsed: fields and contents of files.

    So another multipart boundary, or JSON fields in another order, give the same request.
    """
    data: Any = request.data
    if isinstance(data, QueryDict):
        data = {name: [_digestible(value) for value in values] for name, values in data.lists()}
    request_text = json.dumps(
        [request.method, request.path, request.content_type.partition(";")[0], data], sort_keys=True
    )
    return sha256(request_text.encode()).hexdigest()


def _digestible(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    content = sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return {"name": value.name, "sha256": content.hexdigest()}
