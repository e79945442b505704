"""The format of a backup: a tar file that begins with `backup.json` and ends with `manifest.json` and its hash.

In order:

- `backup.json`: format, version of the application, migrations, moment, fingerprint of SECRET_KEY, head of the log.
- `rows/LABEL/NUMBER.jsonl.gz`: rows of one table, one JSON array a line, in the order of `columns` of the manifest.
  Moments are ISO 8601 in UTC, decimal numbers and UUIDs are strings, bytes are Base64.
- `files/NAME`: the stored files that rows name.
- `manifest.json`: all of `backup.json`, and size and SHA-256 of every member before it; by table its columns, the
  number of its rows and its next key; the head of the file of redactions; the files that rows name and that did not
  exist; what was wrong before: files that were lost or altered, and the fault of the log.
- `manifest.sha256`: the SHA-256 of `manifest.json`.

A reader needs no seeking, so a backup is written and read as a stream.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from tiptracker.errors import Refused
from tiptracker.localization import gettext

FORMAT = "tiptracker-backup"
FORMAT_VERSION = 1
HEADER_MEMBER, MANIFEST_MEMBER, HASH_MEMBER = "backup.json", "manifest.json", "manifest.sha256"
ROWS_PREFIX, FILES_PREFIX = "rows/", "files/"
PART_BYTES = 1024 * 1024
"""A part of a table ends with the row that exceeds this many bytes of JSON."""
MAX_HEADER_BYTES = 1024 * 1024
MAX_PART_BYTES = 512 * 1024 * 1024
"""The most that a part may have, also unpacked. One row of the largest kind has about a hundredth."""
NAME_PREFIX, NAME_SUFFIX = "tiptracker-", ".tar"
_MOMENT_FORMAT = "%Y%m%dT%H%M%SZ"


class Head(NamedTuple):
    """Number and hash of the newest entry of a chain."""

    number: int
    hash: str


@dataclass(frozen=True)
class Header:
    """What a backup says of itself at its beginning."""

    version: str
    made_at: str
    vendor: str
    migrations: Mapping[str, Sequence[str]]
    secret_key: str
    log_head: Head | None
    format: str = FORMAT
    format_version: int = FORMAT_VERSION


@dataclass
class Table:
    """The rows of one table."""

    columns: list[str]
    rows: int = 0
    next_key: int | None = None


class Member(NamedTuple):
    """Size and SHA-256 of one member; `unpacked` is the size of the unpacked rows."""

    name: str
    size: int
    sha256: str
    unpacked: int = 0


@dataclass
class Manifest:
    """What a backup contains."""

    header: Header
    redaction_head: Head | None
    tables: dict[str, Table] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    missing_files: list[str] = field(default_factory=list)
    faulty_files: list[str] = field(default_factory=list)
    log_fault: str = ""
    post: dict[str, Any] = field(default_factory=dict)
    """Of the archive of one country: what `tiptracker.portable_post` has to know of it. Empty in a backup."""

    @property
    def rows(self) -> int:
        """How many rows it has in all."""
        return sum(table.rows for table in self.tables.values())

    @property
    def files(self) -> dict[str, str]:
        """The SHA-256 of each stored file, by name."""
        return {
            member.name.removeprefix(FILES_PREFIX): member.sha256
            for member in self.members
            if member.name.startswith(FILES_PREFIX)
        }


def encode_header(header: Header) -> bytes:
    """Return the content of `backup.json`."""
    return _to_json(asdict(header))


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the content of `manifest.json`."""
    return _to_json(asdict(manifest))


def decode_header(content: bytes, archive_format: str = FORMAT) -> Header:
    """Return what `backup.json` says. Raises Refused, code "not_a_backup" or "other_format"."""
    try:
        values = json.loads(content)
        if values["format"] != archive_format:
            raise not_a_backup()
        if values["format_version"] != FORMAT_VERSION:
            raise Refused(
                "other_format",
                gettext(
                    "The backup has format %(number)s, and this version reads format %(own)d. Use version %(other)s."
                )
                % {"number": values["format_version"], "own": FORMAT_VERSION, "other": values["version"]},
            )
        return _read_header(values)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise not_a_backup() from None


def decode_manifest(content: bytes) -> Manifest:
    """Return what `manifest.json` says. Raises Refused, code "damaged"."""
    try:
        values = json.loads(content)
        return Manifest(
            header=_read_header(values["header"]),
            redaction_head=_read_head(values["redaction_head"]),
            tables={label: Table(**table) for label, table in values["tables"].items()},
            members=[Member(*member) for member in values["members"]],
            missing_files=[str(name) for name in values["missing_files"]],
            faulty_files=[str(name) for name in values["faulty_files"]],
            log_fault=str(values["log_fault"]),
            post=dict(values.get("post", {})),  # older backups have none
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise damaged(MANIFEST_MEMBER) from None


def _read_header(values: Mapping[str, Any]) -> Header:
    return Header(**{**values, "log_head": _read_head(values["log_head"])})


def _read_head(values: Sequence[Any] | None) -> Head | None:
    return Head(*values) if values else None


def _to_json(values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def not_a_backup() -> Refused:
    """Return the refusal of a file that was never a backup."""
    return Refused("not_a_backup", gettext("This is not a backup of TIP Tracker."))


def damaged(name: str) -> Refused:
    """Return the refusal of a backup with a changed member."""
    return Refused(
        "damaged", gettext("The backup is damaged: “%(name)s” was changed. Use another copy.") % {"name": name}
    )


def cut_off() -> Refused:
    """Return the refusal of a backup that lacks its end."""
    return Refused(
        "cut_off", gettext("The backup ends too early: it was cut off, or a part is damaged. Use another copy.")
    )


def is_safe_name(name: str) -> bool:
    """Return whether the name of a member stays inside the folder to which it is written."""
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name and str(path) == name


def fingerprint_key(secret_key: str) -> str:
    """Return what tells one SECRET_KEY from another, and reveals nothing of it."""
    return hmac.digest(secret_key.encode(), b"tiptracker backup", "sha256").hex()[:32]


def backup_name(made_at: datetime) -> str:
    """Return the name of a backup made at a moment, such as "tiptracker-20261130T002000Z.tar"."""
    return f"{NAME_PREFIX}{made_at.astimezone(UTC):{_MOMENT_FORMAT}}{NAME_SUFFIX}"


def parse_backup_name(name: str) -> datetime | None:
    """Return the moment in the name of a backup, encrypted or not; None for the name of anything else."""
    moment = name.removesuffix(".age").removesuffix(NAME_SUFFIX).removeprefix(NAME_PREFIX)
    if name.removesuffix(".age") != f"{NAME_PREFIX}{moment}{NAME_SUFFIX}":
        return None
    try:
        return datetime.strptime(moment, _MOMENT_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
