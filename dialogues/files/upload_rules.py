"""Which files are accepted: the sentences of refusals, and the same rules for the script that checks before sending."""

from decimal import Decimal
from typing import Any

from django.conf import settings

from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.file_types import EXTENSIONS, apple_image_error, unknown_type_error
from tiptracker.localization import format_number, gettext, ngettext


def format_size(size: int) -> str:
    """Format a size in bytes for a sentence: "9.5 MB", "2 GB"."""
    size_in_mb = size / 1024 / 1024
    if size_in_mb < 1024:
        return gettext("%(number)s MB") % {"number": format_number(Decimal(f"{size_in_mb:.1f}"))}
    return gettext("%(number)s GB") % {"number": format_number(Decimal(f"{size_in_mb / 1024:.1f}"))}


def accepted_files_hint() -> str:
    """Return the hint next to a file field: accepted types, maximum size, and what is removed."""
    sentence = gettext(
        "PDF, Word (.docx), Excel (.xlsx), text (.txt, .csv), JPEG or PNG, at most %(limit)s for each file. We remove "
        "location data from photographs, and scripts and attachments from PDF files."
    )
    return sentence % {"limit": format_size(settings.UPLOAD_MAX_BYTES)}


def describe_empty_file(name: str) -> str:
    """Return the refusal of an empty file."""
    return gettext("“%(name)s” is empty. Choose the file again.") % {"name": name}


def describe_oversized_file(name: str, size: str) -> str:
    """Return the refusal of a file above UPLOAD_MAX_BYTES. `size` is formatted."""
    sentence = gettext("“%(name)s” has %(size)s. The limit is %(limit)s. Attach a smaller scan, or split the file.")
    return sentence % {"name": name, "size": size, "limit": format_size(settings.UPLOAD_MAX_BYTES)}


def describe_oversized_total(size: str) -> str:
    """Return the refusal of files that are above UPLOAD_MAX_UPDATE_BYTES together. `size` is formatted."""
    sentence = gettext(
        "The files together have %(size)s. The limit for one update is %(limit)s. Send some of them with another "
        "update, or attach smaller scans."
    )
    return sentence % {"size": size, "limit": format_size(settings.UPLOAD_MAX_UPDATE_BYTES)}


def describe_excess_file(name: str) -> str:
    """Return the refusal of a file beyond UPLOAD_MAX_FILES."""
    limit = settings.UPLOAD_MAX_FILES
    sentence = ngettext(
        "“%(name)s” was not attached: the limit is %(limit)d file.",
        "“%(name)s” was not attached: the limit is %(limit)d files.",
        limit,
    )
    return sentence % {"name": name, "limit": limit}


def describe_rejection(rejection: FileRejected, name: str) -> str:
    """Return the reason of a sanitizer, in the language of the reader."""
    sentences = (gettext(sentence) % {"name": name, **rejection.values} for sentence in rejection.sentences)
    return " ".join(sentences)


def list_upload_rules() -> dict[str, Any]:
    """Return limits, accepted extensions and refusals for `attachments.js`, which fills in name and size."""
    name, size = "%(name)s", "%(size)s"
    return {
        "bytes": settings.UPLOAD_MAX_BYTES,
        "files": settings.UPLOAD_MAX_FILES,
        "total": settings.UPLOAD_MAX_UPDATE_BYTES,
        "types": EXTENSIONS,
        "empty": describe_empty_file(name),
        "oversized": describe_oversized_file(name, size),
        "excess": describe_excess_file(name),
        "oversizedTotal": describe_oversized_total(size),
        "apple": describe_rejection(apple_image_error(), name),
        "unknown": describe_rejection(unknown_type_error(), name),
        "megabytes": gettext("%(number)s MB"),
        "gigabytes": gettext("%(number)s GB"),
    }
