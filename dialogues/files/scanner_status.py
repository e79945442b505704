"""The malware scanner on the status page."""

from datetime import datetime

from django.conf import settings

from dialogues.files.scanner import ScannerUnavailable, ask_version
from tiptracker.localization import gettext, gettext_noop
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck


def check_scanner(now: datetime) -> CheckResult:
    """Ask the malware scanner whether it is there, and for its version."""
    if not settings.CLAMD_URL:
        return CheckResult(
            CheckState.OK, gettext("No malware scanner is set. Files are cleaned, and not scanned for malware.")
        )
    try:
        version = ask_version(settings.CLAMD_URL)
    except ScannerUnavailable:
        return CheckResult(
            CheckState.FAILED,
            gettext("The malware scanner does not answer."),
            gettext("Start clamd, or correct CLAMD_URL. Files are scanned later, as soon as it answers."),
        )
    return CheckResult(CheckState.OK, gettext("The malware scanner answers: %(version)s.") % {"version": version})


SCANNER = StatusCheck("scanner", gettext_noop("Malware scanner"), check_scanner)
