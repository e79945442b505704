"""How an entry is sealed. Pure: values in, digests out."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

GENESIS_HASH = "0" * 64
"""What stands where the first entry would name the one before it."""


def hash_entry(previous: str, entry: Mapping[str, str | int | None]) -> str:
    """SHA-256 (hex) over the previous entry's hash and the entry as canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(dict(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def salted_digest(salt: str, side: str, text: str) -> str:
    """SHA-256 (hex) that binds a text to the chain without giving it away, or "" where there is none.

    `side` is "before" or "after": each has a digest of its own, so that one can be redacted and the other still holds.
    """
    return hashlib.sha256(f"{salt}\n{side}\n{text}".encode()).hexdigest() if text else ""


def format_timestamp(at: datetime) -> str:
    """`at` in UTC to the microsecond, the same text on every database."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def find_first_fault(entries: Iterable[tuple[int, str, str, Mapping[str, str | int | None]]]) -> tuple[int, str] | None:
    """The number of the first entry that doesn't fit and why, or None where the chain holds.

    Each of `entries`, in order of number: number, previous hash, own hash, what is sealed. Whether the
    last entries were cut off, only a head noted before can tell.
    """
    earlier, previous, expected = "", GENESIS_HASH, 1
    for number, named, own, sealed in entries:
        if number != expected:
            return expected, f"entry {expected} is missing"
        if named == earlier:  # it follows the last but one
            return number - 1, f"entry {number - 1} was put in"
        if named != previous:
            return number, f"entry {number} does not follow the one before it"
        if hash_entry(previous, sealed) != own:
            return number, f"entry {number} was changed or put in"
        earlier, previous, expected = previous, own, expected + 1
    return None
