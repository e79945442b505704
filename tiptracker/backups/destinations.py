"""Where backups are kept: a folder, or a bucket of an S3-compatible store ("s3://bucket/prefix").

A backup appears under its name when it is complete, and not before. Beside the backups is the file of redactions
(`redaction_file`), which is only ever extended.
"""

import fcntl
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from tiptracker.backups.archive_format import parse_backup_name
from tiptracker.backups.streams import write_through
from tiptracker.errors import Refused
from tiptracker.infrastructure.s3_client import S3Store
from tiptracker.localization import gettext

PARTIAL_PREFIX = ".partial-"
"""Prefix of a backup that is still being written."""
UPLOAD_CHUNK_BYTES = 16 * 1024 * 1024
ABANDONED_AFTER = timedelta(days=2)
"""An upload that was begun so long ago belongs to a process that was killed."""


class BackupPlace(NamedTuple):
    """A destination, and the name of a backup in it; "" if only the destination was named."""

    destination: "Destination"
    name: str


class Destination(ABC):
    """A place that keeps backups."""

    label: str
    """How people name it."""

    @abstractmethod
    def create(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Yield a stream for a new backup. It gets its name at the end of the block, or disappears after an error."""

    @abstractmethod
    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Yield a stream of a backup. Raises FileNotFoundError."""

    @abstractmethod
    def list_names(self) -> list[str]:
        """Return the names of the backups, oldest first."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Delete a backup."""

    @abstractmethod
    def read_file(self, name: str) -> bytes | None:
        """Return the content of a small file, or None."""

    @abstractmethod
    def extend_file(self, name: str, old: bytes | None, more: bytes) -> bool:
        """Add `more` to a small file whose content is `old` (None: it does not exist). False if it has changed."""


class FolderDestination(Destination):
    """A folder. It is created when the first backup is written; its parent must exist."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.label = folder, str(folder)

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        self._prepare()
        final, partial = self.folder / name, self.folder / f"{PARTIAL_PREFIX}{name}"
        if final.exists():
            raise Refused("exists", gettext("%(name)s already exists. Choose another name.") % {"name": final})
        with _translated(self.label), partial.open("xb") as file:
            try:
                os.fchmod(file.fileno(), 0o600)
                fcntl.flock(file, fcntl.LOCK_EX)
                yield file
                file.flush()
                os.fsync(file.fileno())
                partial.rename(final)
                with _locked(self.folder) as folder:
                    os.fsync(folder)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise

    def _prepare(self) -> None:
        """Create the folder, and delete what killed processes left in it."""
        with _translated(self.label):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            for left in self.folder.glob(f"{PARTIAL_PREFIX}*"):
                with suppress(FileNotFoundError, BlockingIOError), left.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while a process writes it
                    left.unlink()

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        try:
            file = (self.folder / name).open("rb")
        except PermissionError as error:
            raise _no_permission(self.label) from error
        with file:
            yield file

    def list_names(self) -> list[str]:
        with _translated(self.label):
            if not self.folder.is_dir():
                return []
            return _sorted_backups(path.name for path in self.folder.iterdir() if path.is_file())

    def delete(self, name: str) -> None:
        with _translated(self.label):
            (self.folder / name).unlink(missing_ok=True)

    def read_file(self, name: str) -> bytes | None:
        with _translated(self.label), suppress(FileNotFoundError):
            return (self.folder / name).read_bytes()
        return None

    def extend_file(self, name: str, old: bytes | None, more: bytes) -> bool:
        with _translated(self.label):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            with _locked(self.folder) as folder:
                if self.read_file(name) != old:
                    return False
                # Under another name first, so that a process that is killed leaves no half line.
                partial = self.folder / f"{PARTIAL_PREFIX}{name}"
                with partial.open("wb") as file:
                    os.fchmod(file.fileno(), 0o600)
                    file.write((old or b"") + more)
                    file.flush()
                    os.fsync(file.fileno())
                partial.rename(self.folder / name)
                os.fsync(folder)
        return True


class BucketDestination(Destination):
    """A bucket, and the prefix of the names in it. Keys and address of the store are settings."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket, self.prefix = bucket, f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self.label = f"s3://{bucket}/{self.prefix}".rstrip("/")
        store = S3Store(
            settings.BACKUP_S3_ENDPOINT,
            settings.BACKUP_S3_REGION,
            settings.BACKUP_S3_KEY_ID,
            settings.BACKUP_S3_SECRET,
        )
        self.client: Any = store.connect(connect_timeout=10, read_timeout=60, attempts=4)

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        from boto3.s3.transfer import TransferConfig  # noqa: PLC0415

        slow = TransferConfig(multipart_chunksize=UPLOAD_CHUNK_BYTES, max_concurrency=2, use_threads=True)
        with _translated(self.label):
            if made_at := parse_backup_name(name):
                self._abort_abandoned_uploads(before=made_at - ABANDONED_AFTER)
            with write_through(
                lambda source: self.client.upload_fileobj(source, self.bucket, self.prefix + name, Config=slow)
            ) as stream:
                yield stream

    def _abort_abandoned_uploads(self, *, before: datetime) -> None:
        """Let the store delete the parts of uploads whose process was killed. A store may not list them."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        with suppress(ClientError):
            found = self.client.list_multipart_uploads(Bucket=self.bucket, Prefix=self.prefix).get("Uploads", [])
            for upload in found:
                if parse_backup_name(upload["Key"].removeprefix(self.prefix)) and upload["Initiated"] < before:
                    self.client.abort_multipart_upload(
                        Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with _translated(self.label):
            found = self._get(name)
        if found is None:
            raise FileNotFoundError(name)
        with closing(found["Body"]) as body, _translated(self.label):
            yield body

    def list_names(self) -> list[str]:
        with _translated(self.label):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
            keys = [row["Key"] for page in pages for row in page.get("Contents", [])]
        return _sorted_backups(key.removeprefix(self.prefix) for key in keys)

    def delete(self, name: str) -> None:
        with _translated(self.label):
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    def read_file(self, name: str) -> bytes | None:
        with _translated(self.label):
            found = self._get(name)
            if found is None:
                return None
            with closing(found["Body"]) as body:
                return bytes(body.read())

    def extend_file(self, name: str, old: bytes | None, more: bytes) -> bool:
        """Replace the object, if it is unchanged. S3 cannot append to one."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        with _translated(self.label):
            found = self._get(name)
            if (bytes(found["Body"].read()) if found else None) != old:
                return False
            unchanged = {"IfMatch": found["ETag"]} if found else {"IfNoneMatch": "*"}
            try:
                self.client.put_object(
                    Bucket=self.bucket, Key=self.prefix + name, Body=(old or b"") + more, **unchanged
                )
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] in {409, 412}:
                    return False
                raise
        return True

    def _get(self, name: str) -> Any:
        try:
            return self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)
        except self.client.exceptions.NoSuchKey:
            return None


def parse_destination(text: str) -> BackupPlace:
    """Return the destination that a text names: a folder, a file (a name that ends with .tar or .tar.age) or s3://….

    Raises Refused, code "no_destination".
    """
    is_file = text.endswith((".tar", ".tar.age"))
    if text.startswith("s3://"):
        parts = urlsplit(text)
        if not parts.netloc:
            raise Refused("no_destination", gettext("Name the bucket: s3://bucket/folder."))
        folder, _, name = parts.path.rpartition("/") if is_file else (parts.path, "", "")
        return BackupPlace(BucketDestination(parts.netloc, folder), name)
    if not text.strip():
        raise Refused("no_destination", gettext("Name a folder, a file or s3://bucket/folder."))
    path = Path(text)
    if is_file and not path.is_dir():
        return BackupPlace(FolderDestination(path.parent), path.name)
    return BackupPlace(FolderDestination(path), "")


def newest_name(destination: Destination) -> str:
    """Return the name of the newest backup. Raises Refused, code "no_backup"."""
    names = destination.list_names()
    if not names:
        raise Refused(
            "no_backup",
            gettext("There is no backup at %(place)s. Look whether it is the right place, and is mounted here.")
            % {"place": destination.label},
        )
    return names[-1]


def _sorted_backups(names: Any) -> list[str]:
    found = [(moment, name) for name in names if (moment := parse_backup_name(name))]
    return [name for _, name in sorted(found)]


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """Hold the lock of a folder, and yield its descriptor."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _no_permission(label: str) -> Refused:
    return Refused(
        "destination",
        gettext(
            "%(place)s: the user with number %(user)d may not read or write there. Give it the folder and the files in "
            "it, for example with: chown --recursive %(user)d FOLDER."
        )
        % {"place": label, "user": os.geteuid()},
    )


@contextmanager
def _translated(label: str) -> Iterator[None]:
    """Raise what a person can act on, code "destination", for an error of the disk or of the store."""
    try:
        yield
    except PermissionError as error:
        raise _no_permission(label) from error
    except OSError as error:
        raise Refused(
            "destination",
            gettext("%(place)s: %(reason)s. Check that the folder above exists, has space and may be written.")
            % {"place": label, "reason": error},
        ) from error
    except Exception as error:
        if not type(error).__module__.startswith(("botocore", "boto3")):
            raise
        raise Refused(
            "destination",
            gettext("%(place)s: %(reason)s. Check BACKUP_S3_ENDPOINT, the key and the bucket.")
            % {"place": label, "reason": error},
        ) from error
