"""Pass a stream of bytes through code that reads by itself (encryption, an upload), with little memory.

Such code runs in a thread, behind a pipe. An error on one side ends the other side.
"""

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, Protocol

CHUNK_BYTES = 1024 * 1024


class Writable(Protocol):
    """What bytes can be written to."""

    def write(self, content: bytes, /) -> int:
        """Write all of `content`."""


class HashedWriter:
    """Write to a stream, and keep the SHA-256 and the number of bytes. It remembers an error of the stream."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.size, self.sha256 = stream, 0, hashlib.sha256()
        self.error: BaseException | None = None

    def write(self, content: bytes) -> int:
        """Write all of `content`."""
        try:
            self.stream.write(content)
        except BaseException as error:  # pyrage may leave it out
            self.error = error
            raise
        self.sha256.update(content)
        self.size += len(content)
        return len(content)

    def flush(self) -> None:
        """Do nothing: the stream below is flushed when it is closed."""


class DoubledWriter:
    """Write the same to two streams."""

    def __init__(self, *streams: Any) -> None:
        self.streams = streams

    def write(self, content: bytes) -> int:
        """Write all of `content` to each stream."""
        for stream in self.streams:
            stream.write(content)
        return len(content)


class HashedReader(io.RawIOBase):
    """Read from a stream, and keep the SHA-256 and the number of bytes."""

    def __init__(self, stream: Any) -> None:
        super().__init__()
        self.stream, self.size, self.sha256 = stream, 0, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        content: bytes = self.stream.read(CHUNK_BYTES if size is None or size < 0 else size)
        self.sha256.update(content)
        self.size += len(content)
        return content

    def readinto(self, buffer: Any, /) -> int:
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)


class StreamAbandoned(Exception):
    """The writer stopped before the end, so what was read so far must not be used."""


class _PipeEnd(io.RawIOBase):
    """The reading end of a pipe. At its end, it raises StreamAbandoned if the writer failed."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.file = os.fdopen(descriptor, "rb")
        self.is_abandoned = False

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        content = self.file.read(CHUNK_BYTES if size is None or size < 0 else size)
        if not content and self.is_abandoned:
            raise StreamAbandoned
        return content

    def readinto(self, buffer: Any, /) -> int:
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self.file.close()
        super().close()


@contextmanager
def write_through(consume: Callable[[Any], None]) -> Iterator[BinaryIO]:
    """Yield a stream; `consume` reads what is written to it. The block ends when `consume` has ended.

    An error in the block reaches `consume` as StreamAbandoned. An error of `consume` is raised here.
    """
    reading, writing = os.pipe()
    source = _PipeEnd(reading)

    def run() -> None:
        try:
            consume(source)
        finally:
            source.close()

    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(run)
        target = os.fdopen(writing, "wb")
        try:
            yield target
            target.flush()
        except BrokenPipeError:
            result.result()  # why it stopped reading
            raise
        except BaseException:
            source.is_abandoned = True
            with suppress(OSError):
                target.close()
            with suppress(Exception):
                result.result()
            raise
        finally:
            with suppress(OSError):
                target.close()
        result.result()


@contextmanager
def read_through(produce: Callable[[Any], None]) -> Iterator[BinaryIO]:
    """Yield a stream with what `produce` writes. An error of `produce` is raised at the end of the block.

    The error of `produce` counts more than the one of the block, which found the stream too short.
    """
    reading, writing = os.pipe()

    def run() -> None:
        with os.fdopen(writing, "wb") as target, suppress(BrokenPipeError):
            produce(target)

    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(run)
        source = os.fdopen(reading, "rb")
        try:
            yield source
        except BaseException:
            source.close()
            result.result()
            raise
        source.close()
        result.result()
