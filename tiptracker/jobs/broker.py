"""The broker in files, by which the demonstration and the tests run: kombu's, with messages that are there whole.

kombu's own writes a message into the file that a worker is already looking at. A worker that reads it between the two
finds it empty, and ends.
"""

import uuid
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """A channel whose messages get the name by which they are found once they are written."""

    def _put(self, queue: str, message: Any, **_: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{monotonic_ns():020}_{uuid.uuid4()}"  # in turn, as they were sent
        unfinished = folder / f"{name}.unfinished"
        try:
            unfinished.write_text(dumps(message))
            unfinished.rename(folder / f"{name}.{queue}.msg")
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise ChannelError(f"Cannot add a message to {folder}") from error


class Transport(filesystem.Transport):
    """kombu's transport, with that channel."""

    Channel = Channel
