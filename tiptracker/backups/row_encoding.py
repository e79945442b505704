"""Write rows as JSON with exact types, and read them again, the same on every database."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models


def list_models() -> list[type[models.Model]]:
    """Return every model that has a table, also those between two others, in order of their labels."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    ]
    return sorted(found, key=lambda model: model._meta.label_lower)


def list_columns(model: type[models.Model]) -> list[str]:
    """Return the names of the columns to write."""
    return [field.attname for field in model._meta.local_concrete_fields]


def encode_row(row: Sequence[Any]) -> bytes:
    """Return a row as one line of JSON."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_encode_value).encode() + b"\n"


def _encode_value(value: Any) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case bytes() | memoryview() | bytearray():
            return b64encode(value).decode()
    raise TypeError(f"A row has a value of {type(value)}, for which there is no format.")


_DECODERS: dict[str, Callable[[str], Any]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "DecimalField": Decimal,
    "UUIDField": UUID,
    "BinaryField": b64decode,
}
"""By the kind of a field: how its value is read from a string. Other values stand in JSON as they are."""


def decoders(model: type[models.Model], columns: Sequence[str]) -> list[Callable[[str], Any] | None]:
    """Return how to read each column."""
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    return [_DECODERS.get(_value_field(fields[column]).get_internal_type()) for column in columns]


def _value_field(field: Any) -> Any:
    """Return the field whose values a column has: that of the row it refers to, or itself."""
    while field.remote_field:
        field = field.target_field
    return field


def decode_row(line: bytes, readers: Sequence[Callable[[str], Any] | None]) -> list[Any]:
    """Return the values of a line. Raises ValueError if it has another number of columns."""
    return [
        value if reader is None or value is None else reader(value)
        for value, reader in zip(json.loads(line), readers, strict=True)
    ]
