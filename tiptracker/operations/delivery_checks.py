"""Checks of what leads outside: mails, and the certificate that browsers see."""

import socket
import ssl
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings

from tiptracker import clock
from tiptracker.localization import format_date, gettext, gettext_noop, ngettext
from tiptracker.mail.models import Mail, MailState
from tiptracker.operations import thresholds
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck
from tiptracker.operations.formatting import describe_duration

TLS_SECONDS = 3.0
HTTPS_PORT = 443


def check_mail(now: datetime) -> CheckResult:
    """Measure when a mail was last sent, how many wait and for how long, and how many were not sent in the last day."""
    mails = Mail.objects.get_queryset()
    sent = mails.filter(state=MailState.SENT).order_by("-finished_at").values_list("finished_at", flat=True).first()
    oldest = mails.filter(state=MailState.QUEUED).order_by("queued_at").values_list("queued_at", flat=True).first()
    waiting = mails.filter(state=MailState.QUEUED).count()
    failed = mails.filter(
        state__in=(MailState.REFUSED, MailState.GIVEN_UP), finished_at__gte=now - thresholds.RECENT
    ).count()
    waits = now - oldest if oldest else timedelta()
    sentences = [
        gettext("The last mail was sent %(duration)s ago.") % {"duration": describe_duration(now - sent)}
        if sent
        else gettext("No mail was sent yet."),
        ngettext(
            "%(number)d mail waits, for %(duration)s.",
            "%(number)d mails wait, the oldest for %(duration)s.",
            waiting,
        )
        % {"number": waiting, "duration": describe_duration(waits)}
        if waiting
        else gettext("No mail waits."),
    ]
    steps = []
    if failed:
        sentences.append(
            ngettext(
                "%(number)d mail was refused or given up in the last day.",
                "%(number)d mails were refused or given up in the last day.",
                failed,
            )
            % {"number": failed}
        )
        steps.append(gettext("The page “Mails” shows what the mail server said of each."))
    if waits >= thresholds.MAIL_WAITS_ATTENTION:
        steps.append(gettext("Look whether the mail worker answers, and whether the mail server takes mails."))
    if waits >= thresholds.MAIL_WAITS_FAILED:
        state = CheckState.FAILED
    else:
        state = CheckState.ATTENTION if steps else CheckState.OK
    return CheckResult(state, " ".join(sentences), " ".join(steps))


def check_certificate(now: datetime) -> CheckResult:
    """Read the last day of the certificate that browsers see."""
    if not settings.SECURE:
        return CheckResult(CheckState.OK, gettext("This installation answers without HTTPS, so it has no certificate."))
    name = urlsplit(settings.PUBLIC_URL).hostname or ""
    try:
        ends_at = _read_certificate_end(name)
    except (OSError, ValueError):
        return CheckResult(
            CheckState.ATTENTION,
            gettext("The certificate could not be read, because nothing answers at %(address)s.")
            % {"address": _tls_address()},
            gettext("Look whether the proxy runs. If it answers elsewhere, set TLS_ADDRESS."),
        )
    left = ends_at - now
    last_day = format_date(clock.to_domain_time(ends_at).date())
    next_step = gettext(
        "Get a new certificate, replace the files of TLS_CERTIFICATE and TLS_KEY, and restart the proxy."
    )
    if left <= timedelta():
        return CheckResult(
            CheckState.FAILED, gettext("The certificate ended on %(day)s.") % {"day": last_day}, next_step
        )
    measured = gettext("The certificate ends on %(day)s, in %(duration)s.") % {
        "day": last_day,
        "duration": describe_duration(left),
    }
    if left >= thresholds.CERTIFICATE_ATTENTION:
        return CheckResult(CheckState.OK, measured)
    state = CheckState.FAILED if left < thresholds.CERTIFICATE_FAILED else CheckState.ATTENTION
    return CheckResult(state, measured, next_step)


def _tls_address() -> str:
    public = urlsplit(settings.PUBLIC_URL)
    return settings.TLS_ADDRESS or f"{public.hostname}:{public.port or HTTPS_PORT}"


def _read_certificate_end(name: str) -> datetime:
    """Return when the certificate for a host name ends. It is not verified, because an expired one is read too."""
    host, _, port = _tls_address().rpartition(":")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((host, int(port)), timeout=TLS_SECONDS) as line,
        context.wrap_socket(line, server_hostname=name) as secured,
    ):
        content = secured.getpeercert(binary_form=True) or b""
    return x509.load_der_x509_certificate(content).not_valid_after_utc


MAIL = StatusCheck("mail", gettext_noop("Mails"), check_mail, uses_database=True)
CERTIFICATE = StatusCheck("certificate", gettext_noop("Certificate"), check_certificate)
