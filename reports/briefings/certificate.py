"""The certificate of a disposal as a document. It says nothing of what was disposed of but its kinds and numbers."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from dialogues.models import DisposalCertificate
from reports.briefings.content.documents import page_number_words
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry, ImportedEntry
from tiptracker.choices import Marking
from tiptracker.localization import current_language, format_date, gettext

VERBS = ("disposal.approved", "disposal.repeated")
"""The entries of the activity log that say that an edition was disposed of."""


class TableCount(NamedTuple):
    """How many rows of a table a disposal names, with the name of the table for people."""

    name: str
    rows: int


def find_log_entry(certificate: DisposalCertificate, user: User) -> AuditEntry | ImportedEntry | None:
    """Return the entry of the log on the disposal, or of the log that was imported with the country."""
    for log in (AuditEntry.objects.visible_to(user), ImportedEntry.objects.visible_to(user)):
        if entry := log.for_rows(certificate).filter(verb__in=VERBS).order_by("number").first():
            return entry
    return None


def render_certificate(certificate: DisposalCertificate, tables: Sequence[TableCount], user: User) -> str:
    """Return the certificate for a user as HTML for `reports.briefings.pdf`, in the language at hand."""
    edition, language = certificate.edition, current_language()
    day = timezone.localtime(certificate.recorded_at).date()
    context: dict[str, Any] = {
        "briefing": {
            "title": certificate.title,
            "subtitle": gettext("Certificate of disposal"),
            "post": gettext("U.S. Embassy, %(country)s") % {"country": edition.country},
            "country": edition.country,
            "edition": gettext("%(year)d edition") % {"year": edition.year},
            "marking": Marking.SBU.label,
            "as_of": day,
        },
        "certificate": certificate,
        "entry": find_log_entry(certificate, user),
        "tables": tables,
        "total": sum(table.rows for table in tables),
        "day": format_date(day),
        "paper": edition.country.paper,
        "clearance": "",
        "page_words": page_number_words(),
        "language": "en" if language == settings.LANGUAGE_CODE else language,
    }
    return render_to_string("reports/certificate_print.html", context)
