"""Start a real S3 server, SeaweedFS, for tests of files in a bucket."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from tests.running_server import free_port, stop

BUCKET, VERSIONED_BUCKET = "files", "versions"
KEY_ID, SECRET = "key-of-the-tests", "secret-of-the-tests"


class S3Server(NamedTuple):
    """A running server: its address, and a client that may do everything."""

    endpoint: str
    client: Any

    def variables(self, **changes: str) -> dict[str, str]:
        """Return the variables of an installation whose files are in a new folder of the bucket."""
        return {
            "FILES_URL": f"s3://{BUCKET}/{uuid4().hex}",
            "FILES_S3_ENDPOINT": self.endpoint,
            "FILES_S3_KEY_ID": KEY_ID,
            "FILES_S3_SECRET": SECRET,
        } | changes

    def options(self, **changes: str) -> dict[str, str]:
        """Return the options of a storage in a new folder of the bucket."""
        return {
            "url": f"s3://{BUCKET}/{uuid4().hex}",
            "endpoint": self.endpoint,
            "region": "us-east-1",
            "key_id": KEY_ID,
            "secret": SECRET,
        } | changes


@contextmanager
def serve_s3(folder: Path) -> Iterator[S3Server]:
    """Run a server with two empty buckets, one of which keeps versions. It takes three seconds to start."""
    from boto3.session import Session  # noqa: PLC0415 -- only the tests of a bucket load it
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    allowed = {"credentials": [{"accessKey": KEY_ID, "secretKey": SECRET}], "name": "tests", "actions": ["Admin"]}
    folder.mkdir(parents=True)
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [allowed]}))
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    options = [f"-{name}.port={port}" for name, port in ports.items()]
    options += [f"-{name}.port.grpc={free_port()}" for name in ports]
    command = [
        str(Path(sys.executable).with_name("weed")), "-logtostderr=true", "server", "-s3", "-s3.iam=false", *options,
        f"-dir={folder}", f"-s3.config={config}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3.port.iceberg=0",
        "-s3.port.lance=0", "-volume.max=20", "-master.volumeSizeLimitMB=64", "-master.telemetry=false",
        f"-filer.localSocket={folder}/filer.sock",
    ]  # fmt: skip
    log = folder / "log"
    with log.open("wb") as output:
        environment = os.environ | {"WEED_S3_SSE_KEY": "encrypts the files of the tests"}
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    settings = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, connect_timeout=2)
    client = Session(KEY_ID, SECRET, region_name="us-east-1").client("s3", endpoint_url=endpoint, config=settings)
    give_up_at = time.monotonic() + 60
    try:
        while True:
            try:
                client.create_bucket(Bucket=BUCKET)
                client.put_object(Bucket=BUCKET, Key="first", Body=b"")
                break
            except (BotoCoreError, ClientError) as error:
                if server.poll() is not None or time.monotonic() > give_up_at:
                    raise AssertionError(f"The S3 server did not start:\n{log.read_text()[-4000:]}") from error
                time.sleep(0.1)
        client.create_bucket(Bucket=VERSIONED_BUCKET)
        client.put_bucket_versioning(Bucket=VERSIONED_BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield S3Server(endpoint, client)
    finally:
        stop(server)
        client.close()
