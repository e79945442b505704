"""What documents of every kind have in common. Pure."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import Any

from reports.content.ambassador import BriefingContent
from reports.content.dialogue import DialoguePack
from reports.content.ministry import MinistryPage
from reports.content.washington import WashingtonInput

type Content = BriefingContent | MinistryPage | DialoguePack | WashingtonInput
"""What a document of any kind says."""


def fingerprint(content: Content) -> str:
    """The SHA-256 of all that a document says, in hexadecimal; whether it is cleared is no part of that.

    The same facts, told to the same reader, have the same hash in any database: no key of a row is in it.
    """
    return hashlib.sha256(json.dumps(as_plain(content), sort_keys=True).encode()).hexdigest()


def as_plain(content: Content) -> dict[str, Any]:
    """All that a document says, cleared or not, as JSON takes it: what its hash is of, and what two are compared by."""
    return {field.name: _plain(getattr(content, field.name)) for field in fields(content) if field.name != "is_cleared"}


def clearance(content: Content) -> str:
    """What stands at the head of every page until somebody else than the requester clears it."""
    return "" if content.is_cleared else "DRAFT, NOT CLEARED"


def _plain(value: Any) -> Any:
    """A value as JSON takes it, in its order."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int) else str(value)
