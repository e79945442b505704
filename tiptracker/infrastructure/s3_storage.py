"""File storage in a bucket of an S3-compatible store, for installations with several machines.

django-storages does much of this. We do not use it: its last release, 1.14.6, is of April 2025 and names Django only up
to 5.1. It works with Django 6.1, but an outage raises the errors of its client, which lead to an error page, and it
leaves older versions of a deleted file in the bucket. boto3, the client, is released every week.
"""

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

from tiptracker.infrastructure.circuit_breaker import CircuitBreaker
from tiptracker.infrastructure.s3_client import S3Store
from tiptracker.infrastructure.storage import StorageUnavailableError

SECONDS_BETWEEN_TRIES = 3.0
"""After a connection failed, requests are refused at once for this long."""
_MISSING_CODES = {"404", "NoSuchKey", "NotFound"}


class S3FileStorage(Storage):
    """Files as private objects of a bucket. They have no address: the application sends them itself.

    An object gets its name only when it was received completely.

    Args:
        url: the bucket and the start of every name in it: `s3://bucket/prefix`.
        endpoint: the address of the store; empty for Amazon's.
        region: the region of the store.
        key_id: the ID of the access key; empty to use the role of the machine.
        secret: the secret of the access key.
        encryption: how the store encrypts each object, such as `AES256` or `aws:kms`; empty for its own default.
    """

    def __init__(
        self,
        *,
        url: str,
        endpoint: str = "",
        region: str = "",
        key_id: str = "",
        secret: str = "",
        encryption: str = "",
    ) -> None:
        parts = urlsplit(url)
        self.bucket, self.prefix = parts.netloc, parts.path.strip("/")
        self._store = S3Store(endpoint, region, key_id, secret)
        self._headers = {"ServerSideEncryption": encryption} if encryption else {}
        self._lock = threading.Lock()
        self._breaker = CircuitBreaker(SECONDS_BETWEEN_TRIES)

    def exists(self, name: str) -> bool:
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return int(self._head(name)["ContentLength"])

    def get_modified_time(self, name: str) -> datetime:
        modified: datetime = self._head(name)["LastModified"]
        return modified

    def delete(self, name: str) -> None:
        """Delete a file. If the bucket keeps versions, delete all of its versions."""
        with self._calls(name) as client:
            if client.delete_object(Bucket=self.bucket, Key=self._key(name)).get("VersionId"):
                self._delete_versions(client, self._key(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        folder = self._key(f"{path}/" if path else "")
        folders: list[str] = []
        files: list[str] = []
        for page in self._pages(folder, Delimiter="/"):
            folders += [found["Prefix"].removeprefix(folder).rstrip("/") for found in page.get("CommonPrefixes", ())]
            files += [found["Key"].removeprefix(folder) for found in page.get("Contents", ())]
        return folders, files

    def names(self, folder: str = "") -> Iterator[str]:
        """Yield the names of all files in a folder and the folders below it."""
        for page in self._pages(self._key(f"{folder}/" if folder else "")):
            for found in page.get("Contents", ()):
                yield found["Key"].removeprefix(self._key(""))

    def _open(self, name: str, mode: str = "rb") -> "ContentFile[bytes]":
        """Read a whole file, which has at most UPLOAD_MAX_BYTES. Every reader compares all of it with its hash."""
        if mode != "rb":
            raise ValueError("A file in a bucket is only read or replaced.")
        with self._calls(name) as client:
            content: bytes = client.get_object(Bucket=self.bucket, Key=self._key(name))["Body"].read()
        return ContentFile(content, name=name)

    def _save(self, name: str, content: "File[Any]") -> str:
        body = b"".join(chunk if isinstance(chunk, bytes) else chunk.encode() for chunk in content.chunks())
        with self._calls(name) as client:
            client.put_object(Bucket=self.bucket, Key=self._key(name), Body=body, **self._headers)
        return name

    def _head(self, name: str) -> dict[str, Any]:
        with self._calls(name) as client:
            answer: dict[str, Any] = client.head_object(Bucket=self.bucket, Key=self._key(name))
        return answer

    def _pages(self, prefix: str, **more: str) -> Iterator[dict[str, Any]]:
        token: dict[str, str] = {}
        while True:
            with self._calls(prefix) as client:
                page = client.list_objects_v2(Bucket=self.bucket, Prefix=prefix, **token, **more)
            yield page
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _delete_versions(self, client: Any, key: str) -> None:
        for page in client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=key):
            for found in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                if found["Key"] == key:
                    client.delete_object(Bucket=self.bucket, Key=key, VersionId=found["VersionId"])

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    @cached_property
    def _client(self) -> Any:
        """The client, which all threads share."""
        return self._store.connect(connect_timeout=2, read_timeout=10, attempts=2)

    @contextmanager
    def _calls(self, name: str) -> Iterator[Any]:
        """Yield the client. Raises FileNotFoundError and StorageUnavailableError instead of its own errors."""
        with self._lock:
            client = self._client
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        if not self._breaker.allows():
            raise StorageUnavailableError("The store of files did not answer a moment ago.")
        try:
            yield client
        except ClientError as error:
            self._breaker.answered()
            code = error.response["Error"]["Code"]
            if code in _MISSING_CODES:
                raise FileNotFoundError(errno.ENOENT, "No such file in the bucket", name) from error
            raise StorageUnavailableError(
                f"The store of files refuses: {code}. Check FILES_URL and its key."
            ) from error
        except BotoCoreError as error:
            self._breaker.failed()
            raise StorageUnavailableError(f"The store of files does not answer: {type(error).__name__}.") from error
        else:
            self._breaker.answered()
