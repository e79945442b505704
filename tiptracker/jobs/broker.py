"""File-based broker for the demonstration and the tests: kombu's, but each message appears only when complete.

kombu's own writes a message into a file that a worker can already see. A worker that reads the file before the message
is written finds it empty, and stops.
"""

import uuid
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """A channel that gives a message file its final name only after writing it."""

    def _put(self, queue: str, message: Any, **_: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{monotonic_ns():020}_{uuid.uuid4()}"  # sorts in the order of sending
        unfinished = folder / f"{name}.unfinished"
        try:
            unfinished.write_text(dumps(message))
            unfinished.rename(folder / f"{name}.{queue}.msg")
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise ChannelError(f"Cannot add a message to {folder}") from error


class Transport(filesystem.Transport):
    """kombu's file transport with this channel."""

    Channel = Channel
