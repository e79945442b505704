"""Say why a mail server did not take a mail, and which setting to change."""

import smtplib
import socket
import ssl
from collections.abc import Mapping
from typing import Any

UNREACHABLE = "{server} cannot be reached: {error}. Check EMAIL_HOST, and the network of this machine."
TIMED_OUT = """\
{server} did not answer in time. A firewall may be in between. Let this machine connect to it, or correct EMAIL_HOST and
EMAIL_PORT. Port 465 needs EMAIL_USE_TLS=true."""
WITHOUT_TLS = """\
{server} offers no TLS. Try EMAIL_PORT=587 or 465. Set EMAIL_USE_TLS=false only if nobody can listen between this
machine and the server."""
SENTENCES: dict[type[OSError], str] = {
    smtplib.SMTPAuthenticationError: """\
{server} does not accept the name and the password. It answered: {answer}. If it took mails before, first ask who runs
it. Otherwise correct EMAIL_HOST_USER and EMAIL_HOST_PASSWORD. Some servers want a password for applications.""",
    smtplib.SMTPSenderRefused: """\
{server} does not send mails of {sender}. It answered: {answer}. If it took mails before, first ask who runs it.
Otherwise set DEFAULT_FROM_EMAIL to an address that the account may use, or set EMAIL_HOST_USER if the server wants a
sign-in.""",
    smtplib.SMTPRecipientsRefused: """\
{server} does not take mails for this address. It answered: {answer}. Check the address. If it is right, ask who runs
the server to let this machine send to it.""",
    smtplib.SMTPResponseException: """\
{server} refused the mail. It answered: {answer}. Ask who runs the server for the reason.""",
    smtplib.SMTPNotSupportedError: """\
{server} takes no name and password on this connection: {error} Set EMAIL_USE_TLS=true, or empty EMAIL_HOST_USER if the
server wants no sign-in.""",
    smtplib.SMTPServerDisconnected: """\
{server} ended the connection. Check EMAIL_PORT: 587 fits most servers. If it fits, ask who runs the server whether this
machine may connect.""",
    socket.gaierror: """\
No host is called {host}. Correct EMAIL_HOST, or the name server of this machine.""",
    ConnectionRefusedError: """\
{server} takes no connections. Check EMAIL_HOST and EMAIL_PORT. Usual ports are 587 and 465.""",
    TimeoutError: TIMED_OUT,
    ssl.SSLCertVerificationError: """\
{server} has a certificate that this machine does not trust: {distrust}. Set EMAIL_HOST to the name in the certificate.
If your organisation signs its own, install its root certificate here.""",
    ssl.SSLError: """\
{server} does not begin with TLS. Set EMAIL_PORT=587, where TLS begins after a greeting.""",
}
"""By what was raised, the first that fits: what happened, and what to do."""


def explain_failure(error: OSError, options: Mapping[str, Any], sender: str) -> str:
    """Return what happened and what to do about it.

    Args:
        error: what sending raised. Errors of the network, of TLS and of smtplib are all OSErrors.
        options: those of the mailer, as in settings.
        sender: the address in DEFAULT_FROM_EMAIL.
    """
    sentence = next((text for kind, text in SENTENCES.items() if isinstance(error, kind)), UNREACHABLE)
    if isinstance(error, smtplib.SMTPNotSupportedError) and "STARTTLS" in str(error):
        sentence = WITHOUT_TLS
    if isinstance(error.__context__, TimeoutError):  # smtplib says of it that the server disconnected
        sentence = TIMED_OUT
    return sentence.replace("\n", " ").format(
        server=f"{options['host']}, port {options['port']},",
        host=options["host"],
        sender=sender,
        error=error,
        answer=_answer(error),
        distrust=getattr(error, "verify_message", ""),
    )


def _answer(error: OSError) -> str:
    """Return what the server answered, with its code; "" if it did not."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_decode(text)}" for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decode(error.smtp_error)}"
    return ""


def _decode(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
