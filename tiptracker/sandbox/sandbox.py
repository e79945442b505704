"""Run confined processes on behalf of a person, with limits per machine and per person.

Processes that open files share the machine with the web server. So only a few run at once on a machine, and one per
person. A request that gets no turn soon is refused, and its thread serves others. The processor time of a file counts
against the person who had it opened. A file that made its process fail is not opened again for the same purpose.
"""

import hashlib
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache as once
from http import HTTPStatus
from importlib.metadata import version
from math import ceil
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache

from tiptracker.errors import TryLater
from tiptracker.localization import gettext
from tiptracker.sandbox.process import run_process
from tiptracker.sandbox.slots import acquire_slot
from tiptracker.web.rate_limits import format_wait

logger = logging.getLogger(__name__)

HOUR = 3600
FAILURE_REMEMBERED_SECONDS = 30 * 24 * HOUR
"""Seconds for which a file that made its process fail is remembered."""
MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""Bytes of an answer. A clean copy is hardly larger than the original."""
BUSY_RETRY_SECONDS = 60
"""Seconds after which a refused request may try again. A job waits that long itself."""
_LIBRARIES = ("pikepdf", "pillow", "pypdfium2", "lxml", "openpyxl", "python-magic")
_PERSON_SLOTS = 512
"""Number of slot names for people. Two people who share a name by chance wait for each other."""


class Sandbox(NamedTuple):
    """Runs confined processes for `person` (an account's id; None for an operator with a shell on the machine).

    A request waits a few seconds for its turn, and only a few requests wait at once. A job waits up to a minute.
    """

    person: int | None
    is_job: bool = False

    def __call__(self, module: str, *arguments: str, content: bytes, timeout_seconds: float) -> bytes | None:
        """Return what `python -m module`, which confines itself, answers to `content`. None if it fails.

        `timeout_seconds` is the longest time by the clock. Raises TryLater if too many files are being opened, or if
        the files of this person have used up the processor time of this hour.
        """
        if self.person is not None and is_known_to_fail(module, *arguments, content=content):
            return None
        self._refuse_if_over_limit()
        with self._turn() as slots:
            ended = run_process(
                [sys.executable, "-B", "-m", module, *arguments],
                content,
                folder=settings.BASE_DIR,
                timeout_seconds=timeout_seconds,
                max_answer_bytes=MAX_ANSWER_BYTES,
                inherited_files=slots,
            )
        self._count_usage(ended.seconds)
        if ended.code == 0 and not ended.answer_too_long:
            return ended.answer
        logger.warning("%s could not open a file: it ended with %s. %s", module, ended.code, ended.errors[-2000:])
        if ended.timed_out and ended.seconds < timeout_seconds / 30:
            raise _busy_error()  # the machine had no time for it, so the file is not at fault
        # If one page of a file crashes or answers too much, the other pages are not tried either.
        failing_arguments = () if ended.code < 0 or ended.answer_too_long else arguments
        if self.person is not None:
            cache.set(_failure_key(module, failing_arguments, content), True, FAILURE_REMEMBERED_SECONDS)
        return None

    @contextmanager
    def _turn(self) -> Iterator[list[int]]:
        """Hold a turn during the block and yield its locked files. Raises TryLater if there is no turn."""
        processes, waiting = settings.SANDBOX_PROCESSES, settings.SANDBOX_WAITING
        patience = BUSY_RETRY_SECONDS if self.is_job else settings.SANDBOX_PATIENCE
        deadline = time.monotonic() + patience
        person = "" if self.person is None else f"person-{self.person % _PERSON_SLOTS}"
        queues = []
        if not self.is_job:
            # A waiting request holds a thread that could serve others. So only a few wait, and not all of them for one
            # person. A person's own limit comes first: a request over it must not take a general slot even briefly,
            # because another person would be refused meanwhile.
            queues += [(f"{person}-request", max(processes + waiting - 1, 1), 0)] if person else []
            queues += [("request", processes + waiting, 0)]
        queues += [(person, 1, patience)] if person else []
        queues += [("process", processes, patience)]
        with ExitStack() as stack:
            slots = []
            for name, count, timeout_seconds in queues:
                left = max(deadline - time.monotonic(), 0) if timeout_seconds else 0
                file = stack.enter_context(acquire_slot(settings.SANDBOX_DIR, name, count, timeout_seconds=left))
                if file is None:
                    raise _busy_error()
                slots.append(file)
            yield slots

    def _refuse_if_over_limit(self) -> None:
        limit, now = settings.SANDBOX_SECONDS_PER_HOUR, time.time()
        if self.person is not None and (cache.get(self._usage_key(now)) or 0) >= limit * 1000:
            wait = ceil(HOUR - now % HOUR)
            raise TryLater(
                "hourly_share_used",
                gettext(
                    "You have sent or opened many files in the last hour. Try again in %(wait)s. Your text is kept."
                )
                % {"wait": format_wait(wait)},
                seconds=wait,
                status=HTTPStatus.TOO_MANY_REQUESTS,
            )

    def _count_usage(self, seconds: float) -> None:
        if self.person is None:
            return
        key = self._usage_key(time.time())
        cache.add(key, 0, HOUR)
        try:
            cache.incr(key, ceil(seconds * 1000))
        except ValueError:  # the hour ended between the two calls
            cache.set(key, ceil(seconds * 1000), HOUR)

    def _usage_key(self, now: float) -> str:
        return f"sandbox:share:{self.person}:{int(now // HOUR)}"


def is_known_to_fail(module: str, *arguments: str, content: bytes) -> bool:
    """Return whether `content` made the process of `module` fail before, for any person.

    A failure counts with these arguments or with none.
    """
    names = {_failure_key(module, failing_arguments, content) for failing_arguments in ((), arguments)}
    return bool(cache.get_many(names))


def _failure_key(module: str, arguments: tuple[str, ...], content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    text = "\0".join((module, _code_version(module), *arguments, digest))
    return f"sandbox:failed:{hashlib.sha256(text.encode()).hexdigest()}"


@once
def _code_version(module: str) -> str:
    """Return a value that changes with the code that opens files and with the libraries it uses."""
    folder = settings.BASE_DIR.joinpath(*module.split("."))
    confinement = settings.BASE_DIR / "tiptracker" / "sandbox" / "confinement.py"
    digest = hashlib.sha256()
    for file in (*sorted(folder.glob("*.py")), confinement):
        digest.update(file.read_bytes())
    return digest.hexdigest() + " ".join(f"{name} {version(name)}" for name in _LIBRARIES)


def _busy_error() -> TryLater:
    return TryLater(
        "server_busy",
        gettext("The server is opening many files at the moment. Try again in %(wait)s. Your text is kept.")
        % {"wait": format_wait(BUSY_RETRY_SECONDS)},
        seconds=BUSY_RETRY_SECONDS,
    )
