"""Run the checks of the status page. A check that raises an error or hangs is reported, and holds up no other check."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.db import OperationalError, connection
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import current_language, gettext, gettext_noop
from tiptracker.operations.thresholds import CHECK_SECONDS

logger = logging.getLogger(__name__)

CHECKS = (
    "tiptracker.operations.service_checks.WEB",
    "tiptracker.operations.delivery_checks.PROXY",
    "tiptracker.operations.service_checks.WORKER",
    "tiptracker.operations.service_checks.MAIL_WORKER",
    "tiptracker.operations.service_checks.BEAT",
    "tiptracker.operations.service_checks.QUEUE",
    "tiptracker.operations.service_checks.REDIS",
    "tiptracker.operations.storage_checks.DATABASE",
    "tiptracker.operations.storage_checks.MIGRATIONS",
    "tiptracker.operations.storage_checks.DATABASE_DISK",
    "tiptracker.operations.storage_checks.FILES_DISK",
    "tiptracker.operations.delivery_checks.MAIL",
    "dialogues.files.scanner_status.SCANNER",
    "tiptracker.operations.backup_checks.BACKUPS",
    "tiptracker.operations.delivery_checks.CERTIFICATE",
    "tiptracker.operations.storage_checks.SECRETS",
    "tiptracker.operations.storage_checks.ACTIVITY_LOG",
    "tiptracker.operations.storage_checks.VERSION",
)
"""All checks, in the order of the page. To add one, name it here: a StatusCheck of any package."""

_database_turns = threading.BoundedSemaphore(2)
"""A web process has few database connections. Its other requests need them too."""


class CheckState(ChoiceEnum):
    """What a check found."""

    OK = "ok", gettext_noop("OK")
    ATTENTION = "attention", gettext_noop("Needs attention")
    FAILED = "failed", gettext_noop("Failed")


@dataclass(frozen=True)
class CheckResult:
    """What a check measured, in a sentence, and what to do next. The sentences are in the reader's language.

    Attributes:
        next_step: what to do. It is complete without the commands where there may be none.
        commands: what to type for it on the server, line by line: see `tiptracker/operations/commands.py`.
    """

    state: CheckState
    measured: str
    next_step: str = ""
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatusCheck:
    """A part of the installation and how to check it.

    Attributes:
        name: its name in JSON.
        label: its name for people, in English.
        run: returns the result. The argument is the current machine time.
        uses_database: whether it needs a database connection.
        judges_upgrade: whether an upgrade has failed if this part has. Services may be stopped during an upgrade.
    """

    name: str
    label: str
    run: Callable[[datetime], CheckResult]
    uses_database: bool = False
    judges_upgrade: bool = False


@dataclass(frozen=True)
class PartStatus:
    """A part and the result of its check."""

    check: StatusCheck
    result: CheckResult

    @property
    def label(self) -> str:
        """The name of the part in the reader's language."""
        return gettext(self.check.label)


def load_checks() -> list[StatusCheck]:
    """Return all checks."""
    return [import_string(path) for path in CHECKS]


def run_checks(*, now: datetime, checks: Sequence[StatusCheck] | None = None) -> list[PartStatus]:
    """Run all checks at the same time and return their results, in order. It takes at most CHECK_SECONDS.

    `now` is machine time.
    """
    begun = [_RunningCheck(check, now) for check in (load_checks() if checks is None else checks)]
    ends_at = monotonic() + CHECK_SECONDS
    return [PartStatus(running.check, running.wait_until(ends_at)) for running in begun]


def worst_state(parts: Iterable[PartStatus]) -> CheckState:
    """Return the worst state among the parts."""
    return max(parts, key=severity).result.state


def severity(part: PartStatus) -> int:
    """Return 0 for a part that works, 1 for one that needs attention, 2 for one that failed."""
    return list(CheckState).index(part.result.state)


class _RunningCheck:
    """A check that runs in its own thread. The thread of a check that hangs ends with the process."""

    def __init__(self, check: StatusCheck, now: datetime) -> None:
        self.check = check
        self._result: CheckResult | None = None
        # A thread begins in the language and the time zone of the settings, not in those of the reader.
        self._language, self._time_zone = current_language(), timezone.get_current_timezone()
        self._thread = threading.Thread(target=self._run_for_reader, args=(now,), daemon=True)
        self._thread.start()

    def _run_for_reader(self, now: datetime) -> None:
        with translation.override(self._language), timezone.override(self._time_zone):
            self._run(now)

    def _run(self, now: datetime) -> None:
        try:
            with _database_turns if self.check.uses_database else nullcontext():
                self._result = self.check.run(now)
        except OperationalError as error:
            logger.warning("The check of %s had no answer from the database: %s", self.check.name, error)
            self._result = CheckResult(
                CheckState.FAILED,
                gettext("This was not measured, because the database does not answer."),
                gettext("First look at the part “Database”."),
            )
        except Exception as error:
            logger.exception("The check of %s failed", self.check.name)
            self._result = CheckResult(
                CheckState.FAILED,
                gettext("This check ended with an error: %(error)s.") % {"error": type(error).__name__},
                gettext("The log of this process has the details. Look for “The check of %(name)s failed”.")
                % {"name": self.check.name},
            )
        finally:
            connection.close()

    def wait_until(self, ends_at: float) -> CheckResult:
        self._thread.join(max(ends_at - monotonic(), 0))
        return self._result or CheckResult(
            CheckState.FAILED,
            gettext("This check had no answer after %(seconds)d seconds.") % {"seconds": CHECK_SECONDS},
            gettext("First look at the part “Database”. If it works, this part hangs: look at its log, and restart it.")
            if self.check.uses_database and self.check.name != "database"
            else gettext("The part hangs, or its machine does not answer. Look at its log, and restart it."),
        )
