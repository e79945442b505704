"""Compute the hashes that seal the entries of the activity log."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from tiptracker.localization import gettext

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
GENESIS_HASH = "0" * 64
"""The previous hash of the first entry."""


def hash_entry(previous: str, entry: Mapping[str, str | int | None]) -> str:
    """Return the SHA-256 (hex) of the previous entry's hash and the entry.

    The entry is written as canonical JSON: sorted keys, no spaces, UTF-8.
    """
    canonical = _ENCODER.encode(dict(entry))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def salted_digest(salt: str, side: str, text: str) -> str:
    """Return the SHA-256 (hex) that binds a text to the chain without revealing it, or "" if there is no text.

    `side` is "before" or "after". Each has its own digest, so that one can be redacted while the other still holds.
    """
    return hashlib.sha256(f"{salt}\n{side}\n{text}".encode()).hexdigest() if text else ""


def format_timestamp(at: datetime) -> str:
    """Return `at` in UTC to the microsecond, as the same text on every database."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seal_imported(previous: str, number: int, entry_hash: str) -> str:
    """Return the seal of an imported entry: the SHA-256 (hex) of the seal before, its number and its own hash."""
    return hash_entry(previous, {"number": number, "hash": entry_hash})


def find_hash_fault(
    number: int, previous_hash: str, entry_hash: str, sealed: Mapping[str, str | int | None], *, previous: str | None
) -> str:
    """Return why an entry does not follow the one whose hash is `previous`, or does not have its own hash; else ""."""
    if previous_hash != previous:
        return gettext("entry %(number)d does not follow the entry before it") % {"number": number}
    if hash_entry(previous_hash, sealed) == entry_hash:
        return ""
    return gettext("entry %(number)d was changed or inserted") % {"number": number}


def find_first_fault(entries: Iterable[tuple[int, str, str, Mapping[str, str | int | None]]]) -> tuple[int, str] | None:
    """Return the number of the first entry that does not fit and the reason, or None if the chain holds.

    Each of `entries`, in order of number, gives: number, previous hash, own hash, sealed fields. Entries cut off at the
    end can only be detected with a head that was noted before.
    """
    earlier, previous, expected = "", GENESIS_HASH, 1
    for number, previous_hash, entry_hash, sealed in entries:
        if number != expected:
            return expected, gettext("entry %(number)d is missing") % {"number": expected}
        if previous_hash == earlier:  # it follows the entry before the last one
            return number - 1, gettext("entry %(number)d was inserted") % {"number": number - 1}
        if fault := find_hash_fault(number, previous_hash, entry_hash, sealed, previous=previous):
            return number, fault
        earlier, previous, expected = previous, entry_hash, expected + 1
    return None
