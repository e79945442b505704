"""Parse JSON bodies, with a size limit and without values that cannot be stored or sent back."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from tiptracker.localization import gettext, gettext_lazy
from tiptracker.numbers import parse_whole_number


class BodyTooLarge(APIException):
    """The body is larger than one request may be."""

    status_code = 413
    default_detail = gettext_lazy("The body is too large. Send less at a time.")


class JsonParser(BaseParser):
    """Parse JSON with a size limit and finite numbers. REST framework's own parser checks neither."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        stated = parser_context["request"].META.get("CONTENT_LENGTH") if parser_context else None
        if (parse_whole_number(stated) or 0) > most:
            raise BodyTooLarge
        sent = stream.read(most + 1)
        if len(sent) > most:
            raise BodyTooLarge
        try:
            return parse_json(sent.decode())
        except ValueError as error:
            raise ParseError(
                gettext("The body is not valid JSON (%(reason)s). Correct it, then send it again.") % {"reason": error}
            ) from error


def parse_json(text: str) -> Any:
    """Parse JSON. Raises ValueError with the reason if it is malformed or cannot be stored."""
    try:
        value = json.loads(text, parse_constant=_refuse_non_number, parse_float=_parse_finite)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("half of a surrogate pair") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value


def _refuse_non_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number")


def _parse_finite(text: str) -> float:
    if not isfinite(number := float(text)):
        _refuse_non_number(text)
    return number
