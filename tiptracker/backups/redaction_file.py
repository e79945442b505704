"""The file of redactions beside the backups: redactions, disposals and backups, each line sealed by the one before.

A backup that is older than a redaction still contains the removed text. So `restore` needs the newest of these files,
and carries out what it names. It contains no text: only which rows, fields and files were redacted.

A line has: number, moment, kind ("backup" or the name of a source of redactions), content, hash of the line before, own
hash. Lines are only added. Because a store of objects cannot append, the file is replaced by a longer one, if nobody
changed it meanwhile.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.module_loading import import_string

from tiptracker.audit.chain import GENESIS_HASH, hash_entry
from tiptracker.backups.archive_format import Head, Manifest
from tiptracker.backups.destinations import Destination
from tiptracker.errors import Refused
from tiptracker.localization import gettext

FILE_NAME = "redactions.jsonl"
BACKUP_KIND = "backup"
SOURCES = {
    "redaction": "dialogues.actions.repeated_redactions",
    "briefing": "reports.actions.repeated_withdrawals",
    "disposal": "reports.actions.repeated_disposals",
}
"""By kind of line: the module that lists what was removed, and removes it again. Its functions are `list_redacted` and
`redact_again`. They are import paths, because this package must not import those apps."""
ATTEMPTS = 5


class Line(NamedTuple):
    """One line of the file."""

    number: int
    at: str
    kind: str
    content: Mapping[str, Any]
    previous: str
    hash: str


@dataclass
class RedactionLines:
    """The lines of the file, and its bytes (None: there is no file)."""

    raw: bytes | None
    lines: Sequence[Line]

    @property
    def head(self) -> Head | None:
        """Number and hash of the last line."""
        return Head(self.lines[-1].number, self.lines[-1].hash) if self.lines else None


def read_redaction_file(destination: Destination) -> RedactionLines:
    """Return the file of a destination. Raises Refused, code "redactions_damaged", if its chain does not hold."""
    raw = destination.read_file(FILE_NAME)
    lines: list[Line] = []
    previous = GENESIS_HASH
    for number, text in enumerate((raw or b"").splitlines(), start=1):
        try:
            line = Line(**json.loads(text))
        except (ValueError, TypeError):
            raise _damaged(number) from None
        if (line.number, line.previous, line.hash) != (number, previous, _hash(line)):
            raise _damaged(number)
        lines.append(line)
        previous = line.hash
    return RedactionLines(raw, lines)


def update_redaction_file(destination: Destination, *, at: str, backup: Mapping[str, Any] | None = None) -> Head | None:
    """Add every redaction that the file lacks, and the line of a new backup. Return the head of the file.

    Running it again adds nothing. Raises Refused.
    """
    for _ in range(ATTEMPTS):
        file = read_redaction_file(destination)
        known: dict[tuple[str, str], Mapping[str, Any]] = {}
        for line in file.lines:
            known[line.kind, str(line.content.get("key"))] = line.content
        new = [
            (kind, content)
            for kind, source in SOURCES.items()
            for content in import_string(f"{source}.list_redacted")()
            if known.get((kind, str(content["key"]))) != content
        ]
        if backup:
            new.append((BACKUP_KIND, backup))
        lines = list(_seal(file, new, at))
        text = b"".join(_encode(line) for line in lines)
        if not lines:
            return file.head
        if destination.extend_file(FILE_NAME, file.raw, text):
            return Head(lines[-1].number, lines[-1].hash)
    raise Refused(
        "redactions_busy",
        gettext("%(file)s at %(place)s was changed by others at the same time. Run this again.")
        % {"file": FILE_NAME, "place": destination.label},
    )


def require_complete(file: RedactionLines, *, manifest: Manifest, names: Sequence[str]) -> None:
    """Refuse a file that lacks a line which it must have, because of the backup or of the others beside it.

    Raises Refused, code "redactions_missing" or "redactions_cut".
    """
    if file.raw is None:
        raise Refused(
            "redactions_missing",
            gettext(
                "There is no %(file)s beside the backup. It says what was removed from the record after the backup was "
                "made. Put the newest one there."
            )
            % {"file": FILE_NAME},
        )
    head = manifest.redaction_head
    logged = [line.content for line in file.lines if line.kind == BACKUP_KIND]
    has_head = head is None or any((line.number, line.hash) == tuple(head) for line in file.lines)
    has_backup = any(content.get("made_at") == manifest.header.made_at for content in logged)
    others = set(names) - {str(content.get("name")) for content in logged}
    if not has_head or not has_backup or others:
        raise Refused(
            "redactions_cut",
            gettext(
                "%(file)s is not the newest one, or its end is missing: it does not list this backup, or one beside "
                "it. Put the newest one there."
            )
            % {"file": FILE_NAME},
        )


def carry_out_again(file: RedactionLines, manifest: Manifest) -> int:
    """Redact in the restored record what the file names. Return how many redactions the backup did not contain.

    The backup contains what the file named when it was made. Those lines are left out: they may name rows of a time
    before an earlier restore, whose keys other rows have today.
    """
    count, made_at = 0, manifest.header.made_at
    for line in file.lines:
        if line.at >= made_at and (source := SOURCES.get(line.kind)):
            count += bool(import_string(f"{source}.redact_again")(line.content))
    return count


def _seal(file: RedactionLines, new: Sequence[tuple[str, Mapping[str, Any]]], at: str) -> Iterator[Line]:
    number, previous = file.head or (0, GENESIS_HASH)
    for kind, content in new:
        number += 1
        line = Line(number, at, kind, content, previous, "")
        line = line._replace(hash=_hash(line))
        previous = line.hash
        yield line


def _hash(line: Line) -> str:
    sealed = {name: value for name, value in line._asdict().items() if name not in {"previous", "hash"}}
    return hash_entry(line.previous, sealed)


def _encode(line: Line) -> bytes:
    return json.dumps(line._asdict(), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _damaged(number: int) -> Refused:
    return Refused(
        "redactions_damaged",
        gettext("Line %(number)d of %(file)s was changed or removed. Put a copy of the file there that nobody changed.")
        % {"number": number, "file": FILE_NAME},
    )
