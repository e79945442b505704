"""Encrypt backups to public keys of age (https://age-encryption.org), and decrypt them with a private key."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

from tiptracker.backups.streams import HashedWriter, Writable, read_through, write_through
from tiptracker.errors import Refused
from tiptracker.localization import gettext

FIRST_BYTES = b"age-encryption.org/"
"""What an encrypted file begins with."""
SUFFIX = ".age"


def parse_recipients(keys: Sequence[str]) -> list[Any]:
    """Return the recipients for public keys such as "age1…". Raises Refused, code "wrong_recipient"."""
    try:
        return [pyrage.x25519.Recipient.from_str(key.strip()) for key in keys]
    except pyrage.RecipientError:
        raise Refused(
            "wrong_recipient",
            gettext(
                "BACKUP_RECIPIENTS has a key that is not a public key of age. A public key begins with “age1”; "
                "“age-keygen” prints one."
            ),
        ) from None


def read_identities(path: Path | None) -> list[Any]:
    """Return the private keys of a file, one a line. Raises Refused, code "no_key" or "unreadable_key"."""
    if path is None:
        raise Refused(
            "no_key",
            gettext("This backup is encrypted. Name the file of the private key: --identity FILE."),
        )
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        identities = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except OSError as error:
        raise Refused(
            "unreadable_key",
            gettext(
                "%(file)s cannot be read: %(reason)s. It must be a file that the user with number %(user)d may read."
            )
            % {"file": path, "reason": error.strerror, "user": os.geteuid()},
        ) from error
    except (UnicodeDecodeError, pyrage.IdentityError):
        identities = []
    if not identities:
        raise Refused(
            "unreadable_key",
            gettext("%(file)s has no private key of age. A private key begins with “AGE-SECRET-KEY-”.")
            % {"file": path},
        )
    return identities


@contextmanager
def encrypt_to(target: Writable, recipients: Sequence[Any]) -> Iterator[Writable]:
    """Yield a stream that is encrypted to `recipients` and written to `target`; without recipients, `target` itself."""
    if not recipients:
        yield target
        return
    sink = HashedWriter(target)

    def encrypt(source: Any) -> None:
        pyrage.encrypt_io(source, sink, list(recipients))
        if sink.error:
            raise sink.error

    with write_through(encrypt) as stream:
        yield stream


OpenStream = Callable[[], AbstractContextManager[BinaryIO]]
"""Opens a backup to read it from its beginning, any number of times."""


def decrypted(open_stream: OpenStream, identity_file: Path | None) -> OpenStream:
    """Return what opens the backup as plain tar. Raises Refused if it is encrypted and there is no key."""
    with open_stream() as stream:
        is_encrypted = stream.read(len(FIRST_BYTES)) == FIRST_BYTES
    if not is_encrypted:
        return open_stream
    identities = read_identities(identity_file)

    @contextmanager
    def open_decrypted() -> Iterator[BinaryIO]:
        def decrypt(target: Any) -> None:
            sink = HashedWriter(target)
            try:
                with open_stream() as stream:
                    pyrage.decrypt_io(stream, sink, identities)
            except (pyrage.DecryptError, OSError) as error:
                if isinstance(sink.error, BrokenPipeError):  # the reader has seen enough
                    return
                raise _explain(error) from error
            if sink.error and not isinstance(sink.error, BrokenPipeError):
                raise sink.error

        with read_through(decrypt) as stream:
            yield stream

    return open_decrypted


def _explain(error: Exception) -> Refused:
    if "No matching keys" in str(error):
        return Refused(
            "wrong_key",
            gettext("This private key does not open the backup. It was encrypted to another key."),
        )
    return Refused(
        "damaged",
        gettext("The backup is damaged or was cut off: it cannot be decrypted to its end. Use another copy."),
    )
