"""Find out whether a certificate and its key can serve an installation."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

PROXY_USER = 33
"""The user of the proxy, www-data on Debian."""


def find_certificate_faults(certificate: Path, key: Path, hosts: Sequence[str]) -> list[str]:
    """Return a sentence for each fault of a certificate, with what to do. Empty if the proxy can use it."""
    missing = [f"{path} is not there. Put the file there, or name another one." for path in (certificate, key)
               if not path.is_file()]  # fmt: skip
    if missing:
        return missing
    try:
        first = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_refuse_password)
    except (ssl.SSLError, ValueError):
        return [
            f"{key} is not the key of {certificate}. Name a certificate and its key, both as PEM without a password."
        ]
    return [*_find_unfit_dates(certificate, first), *_find_missing_names(certificate, first, hosts)]


def _refuse_password() -> str:
    raise ValueError("a key with a password")


def _find_unfit_dates(path: Path, certificate: x509.Certificate) -> list[str]:
    now = datetime.now(UTC)
    if now >= certificate.not_valid_after_utc:
        return [f"{path} expired on {certificate.not_valid_after_utc:%Y-%m-%d}. Ask for a new certificate."]
    if now < certificate.not_valid_before_utc:
        begins = f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        return [f"{path} is valid from {begins}. Check the clock of this machine."]
    return []


def _find_missing_names(path: Path, certificate: x509.Certificate, hosts: Sequence[str]) -> list[str]:
    try:
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return [f"{path} names no host (subjectAltName), so browsers refuse it. Ask for another certificate."]
    names = {name.lower() for name in named.get_values_for_type(x509.DNSName)}
    names |= {str(address) for address in named.get_values_for_type(x509.IPAddress)}
    # A name with "*" stands for hosts one level below.
    missing = [host for host in hosts if not {host.lower().strip("[]."), f"*.{host.lower().partition('.')[2]}"} & names]
    return [f"{path} is not for {host}. Ask for a certificate with this name." for host in missing]


def find_unreadable_files(paths: Sequence[Path]) -> list[str]:
    """Return a sentence for each file that the user of the proxy cannot read."""
    return [
        f"The proxy runs as user {PROXY_USER}, who cannot read {path}. Run: chown {PROXY_USER} {path}"
        for path in paths
        if not _may_read(path)
    ]


def _may_read(path: Path) -> bool:
    file = path.stat()
    if file.st_uid == PROXY_USER:
        return bool(file.st_mode & 0o400)
    return bool(file.st_mode & (0o040 if file.st_gid == PROXY_USER else 0o004))
