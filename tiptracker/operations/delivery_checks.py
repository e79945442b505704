"""Checks of what leads outside: mails, the proxy, and the certificate that browsers see."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings

from tiptracker import clock
from tiptracker.localization import format_date, gettext, gettext_noop, ngettext
from tiptracker.mail.models import Mail, MailState
from tiptracker.operations import thresholds
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck
from tiptracker.operations.commands import log_command, restart_command, start_command
from tiptracker.operations.formatting import describe_duration

TLS_SECONDS = 3.0
"""How long each step of a connection to the proxy may take."""
HTTPS_PORT = 443
MAX_HEALTH_BYTES = 1000
NO_ANSWER = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)
"""What a proxy says in place of a server that it does not reach."""

# --- Mails ------------------------------------------------------------------------------------------------------------


def check_mail(now: datetime) -> CheckResult:
    """Measure when a mail was last sent, how many wait and for how long, and how many the mail server did not take."""
    mails = Mail.objects.get_queryset()
    sent = mails.filter(state=MailState.SENT).order_by("-finished_at").values_list("finished_at", flat=True).first()
    oldest = mails.filter(state=MailState.QUEUED).order_by("queued_at").values_list("queued_at", flat=True).first()
    waiting = mails.filter(state=MailState.QUEUED).count()
    tried = mails.filter(state=MailState.QUEUED, tries__gt=0).count()
    failed = mails.filter(
        state__in=(MailState.REFUSED, MailState.GIVEN_UP), finished_at__gte=now - thresholds.RECENT
    ).count()
    waits = now - oldest if oldest else timedelta()
    sentences = []
    if sent:
        sentences.append(
            gettext("The last mail was sent %(duration)s ago.") % {"duration": describe_duration(now - sent)}
        )
    sentences.append(
        ngettext(
            "%(number)d mail waits, for %(duration)s.",
            "%(number)d mails wait, the oldest for %(duration)s.",
            waiting,
        )
        % {"number": waiting, "duration": describe_duration(waits)}
        if waiting
        else gettext("No mail waits.")
    )
    if tried:
        sentences.append(
            ngettext(
                "The mail server did not take %(number)d waiting mail when it was last tried.",
                "The mail server did not take %(number)d waiting mails when they were last tried.",
                tried,
            )
            % {"number": tried}
        )
    if failed:
        sentences.append(
            ngettext(
                "%(number)d mail was refused or given up in the last day.",
                "%(number)d mails were refused or given up in the last day.",
                failed,
            )
            % {"number": failed}
        )
    steps = []
    if tried or failed:
        steps.append(gettext("The page “Mails” shows what the mail server said of each."))
    is_slow = waits >= thresholds.MAIL_WAITS_ATTENTION
    if is_slow:
        steps.append(gettext("Look whether the mail worker answers, and whether the mail server takes mails."))
    if waits >= thresholds.MAIL_WAITS_FAILED:
        state = CheckState.FAILED
    else:
        state = CheckState.ATTENTION if steps else CheckState.OK
    return CheckResult(state, " ".join(sentences), " ".join(steps), log_command("mail") if is_slow else ())


# --- Proxy ------------------------------------------------------------------------------------------------------------


def check_proxy(now: datetime) -> CheckResult:
    """Ask the web server for its health through the proxy, as a browser would."""
    if not settings.SECURE:
        return CheckResult(CheckState.OK, gettext("This installation answers without HTTPS, so it knows no proxy."))
    name = _public_name()
    try:
        with _connect(name) as secured:
            status, is_passed_on = _ask_health(secured, name)
    except (OSError, ValueError):
        return CheckResult(
            CheckState.FAILED,
            gettext("Nothing answers at %(address)s, so nobody can reach any page.") % {"address": _tls_address()},
            gettext(
                "Look at the log of the proxy. A frequent cause: user 33 cannot read the key of the certificate. If "
                "the proxy answers elsewhere, set TLS_ADDRESS."
            ),
            log_command("proxy") + start_command("proxy"),
        )
    if is_passed_on:
        return CheckResult(CheckState.OK, gettext("The proxy passes requests on."))
    if status in NO_ANSWER:
        return CheckResult(
            CheckState.FAILED,
            gettext("The proxy runs, and does not reach the web server. So nobody can reach any page."),
            gettext("If the web server works, look at the log of the proxy, and restart the service “proxy”."),
            log_command("proxy") + restart_command("proxy"),
        )
    return CheckResult(
        CheckState.ATTENTION,
        gettext("The proxy answers with status %(status)d in place of the web server.") % {"status": status},
        gettext("Compare its configuration with the section “The proxy” of docs/operating.md."),
        log_command("proxy"),
    )


def _ask_health(secured: ssl.SSLSocket, name: str) -> tuple[int, bool]:
    """Return the status of the answer to /health/, and whether it is the application's own.

    That has a status of failure too if the application cannot serve pages, which is not the fault of the proxy. Without
    an answer, the status is 504.
    """
    line = HTTPConnection(name)
    line.sock = secured
    try:
        line.request("GET", "/health/")
        answer = line.getresponse()
        return answer.status, answer.read(MAX_HEALTH_BYTES).startswith(b'{"status":')
    except (OSError, HTTPException):
        return HTTPStatus.GATEWAY_TIMEOUT, False


# --- Certificate and connection ---------------------------------------------------------------------------------------


def check_certificate(now: datetime) -> CheckResult:
    """Read the last day of the certificate that browsers see."""
    if not settings.SECURE:
        return CheckResult(CheckState.OK, gettext("This installation answers without HTTPS, so it has no certificate."))
    try:
        ends_at = _read_certificate_end(_public_name())
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
    commands = restart_command("proxy")
    if left <= timedelta():
        return CheckResult(
            CheckState.FAILED, gettext("The certificate ended on %(day)s.") % {"day": last_day}, next_step, commands
        )
    measured = gettext("The certificate ends on %(day)s, in %(duration)s.") % {
        "day": last_day,
        "duration": describe_duration(left),
    }
    if left >= thresholds.CERTIFICATE_ATTENTION:
        return CheckResult(CheckState.OK, measured)
    state = CheckState.FAILED if left < thresholds.CERTIFICATE_FAILED else CheckState.ATTENTION
    return CheckResult(state, measured, next_step, commands)


def _public_name() -> str:
    """Return the name of this installation in the address that people open."""
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def _tls_address() -> str:
    public = urlsplit(settings.PUBLIC_URL)
    return settings.TLS_ADDRESS or f"{public.hostname}:{public.port or HTTPS_PORT}"


def _read_certificate_end(name: str) -> datetime:
    """Return when the certificate for a host name ends."""
    with _connect(name) as secured:
        content = secured.getpeercert(binary_form=True) or b""
    return x509.load_der_x509_certificate(content).not_valid_after_utc


@contextmanager
def _connect(name: str) -> Iterator[ssl.SSLSocket]:
    """Connect to the proxy for a host name. The certificate is not verified, because it may have ended.

    Raises OSError, or ValueError if TLS_ADDRESS names no port.
    """
    host, _, port = _tls_address().rpartition(":")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((host, int(port)), timeout=TLS_SECONDS) as line,
        context.wrap_socket(line, server_hostname=name) as secured,
    ):
        yield secured


MAIL = StatusCheck("mail", gettext_noop("Mails"), check_mail, uses_database=True)
PROXY = StatusCheck("proxy", gettext_noop("Proxy"), check_proxy)
CERTIFICATE = StatusCheck("certificate", gettext_noop("Certificate"), check_certificate)
