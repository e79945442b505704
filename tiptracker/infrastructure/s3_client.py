"""The client of an S3-compatible store, for stored files and for backups."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class S3Store:
    """Where a store is, and the key for it. Empty: Amazon's address, its default region, the role of the machine."""

    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)

    def connect(self, *, connect_timeout: int, read_timeout: int, attempts: int) -> Any:
        """Return a client, which all threads may share. The timeouts are in seconds. It connects with the first call.

        boto3 takes 40 MB of memory and a third of a second, so it is imported only here.
        """
        from boto3.session import Session  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        config = Config(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            max_pool_connections=16,
            # Many stores do not know Amazon's newer checksums. We hold our own hash of each file and of each backup.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            # A store of one's own seldom has a name for each bucket, such as bucket.store.example.
            s3={"addressing_style": "path"} if self.endpoint else None,
        )
        return Session().client(
            "s3",
            config=config,
            endpoint_url=self.endpoint or None,
            region_name=self.region or None,
            aws_access_key_id=self.key_id or None,
            aws_secret_access_key=self.secret or None,
        )
