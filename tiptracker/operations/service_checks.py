"""Checks of the running services: web, workers, schedule, queue and Redis."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from urllib.parse import urlsplit

from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from tiptracker.celery import app
from tiptracker.infrastructure.task_messages import SENDER_OPTIONS
from tiptracker.jobs.models import Job, State
from tiptracker.localization import gettext, gettext_noop, ngettext
from tiptracker.operations import thresholds
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck
from tiptracker.operations.commands import log_command, restart_command, start_command
from tiptracker.operations.formatting import describe_bytes, describe_duration
from tiptracker.operations.models import ServiceHeartbeat
from tiptracker.operations.schedule import BEAT as BEAT_SERVICE

WEB_SECONDS = 3.0
WORKER_SECONDS = 1.5
"""How long workers have to answer. It is waited to the end, because nobody knows how many there are."""
MAX_LISTED_JOBS = 5
"""Numbers of failed jobs of one kind that are listed."""

# --- Web --------------------------------------------------------------------------------------------------------------


def check_web(now: datetime) -> CheckResult:
    """Ask the web server whether it can serve pages."""
    address = urlsplit(settings.WEB_URL)
    line = HTTPConnection(address.hostname or "", address.port, timeout=WEB_SECONDS)
    host = settings.ALLOWED_HOSTS[0].removeprefix(".")
    try:
        line.request("GET", "/health/", headers={"Host": host})
        status = line.getresponse().status
    except OSError:
        return CheckResult(
            CheckState.FAILED,
            gettext("The web server does not answer at %(url)s.") % {"url": settings.WEB_URL},
            gettext("Start the service “web”, or look at its log. If it listens elsewhere, set WEB_URL."),
            start_command("web") + log_command("web"),
        )
    finally:
        line.close()
    if status == HTTPStatus.OK:
        return CheckResult(CheckState.OK, gettext("The web server answers, and can serve pages."))
    return CheckResult(
        CheckState.FAILED,
        gettext("The web server answers with status %(status)d, so it cannot serve pages.") % {"status": status},
        gettext("The log of the service “web” says what it lacks."),
        log_command("web"),
    )


# --- Workers ----------------------------------------------------------------------------------------------------------


def _worker_check(queue: str, service: str, next_step: str) -> Callable[[datetime], CheckResult]:
    """Return the check that a worker of a queue answers. `next_step` is what to do without one, in English."""

    def check(now: datetime) -> CheckResult:
        try:
            count = _count_workers(queue)
        except (OperationalError, RedisError, OSError):
            return CheckResult(
                CheckState.FAILED,
                gettext("No worker could be asked, because Redis does not answer."),
                gettext("First start Redis. The worker goes on by itself."),
                start_command("redis"),
            )
        if count:
            return CheckResult(CheckState.OK, _count_answers(count))
        commands = start_command(service) + log_command(service)
        return CheckResult(CheckState.FAILED, gettext("No worker answers."), gettext(next_step), commands)

    return check


def _count_workers(queue: str) -> int:
    """Return how many workers of a queue answer within WORKER_SECONDS.

    Raises OperationalError, RedisError or OSError if the broker does not answer.
    """
    with app.connection_for_write(transport_options=SENDER_OPTIONS) as line:
        line.ensure_connection(max_retries=1, timeout=1)
        answers = app.control.inspect(timeout=WORKER_SECONDS, connection=line).active_queues() or {}
    return sum(any(consumed["name"] == queue for consumed in queues) for queues in answers.values())


def _count_answers(count: int) -> str:
    return ngettext("%(number)d worker answers.", "%(number)d workers answer.", count) % {"number": count}


# --- Schedule ---------------------------------------------------------------------------------------------------------


def check_beat(now: datetime) -> CheckResult:
    """Look when the schedule last sent what was due."""
    heartbeat = ServiceHeartbeat.objects.filter(service=BEAT_SERVICE).first()
    next_step = gettext(
        "If Redis answers, restart the service “beat”. Until then, there is no nightly work, and no reminder is sent."
    )
    commands = restart_command("beat") + log_command("beat")
    if heartbeat is None:
        return CheckResult(CheckState.FAILED, gettext("The schedule has never run here."), next_step, commands)
    age = now - heartbeat.at
    if abs(age) <= thresholds.BEAT_SILENT_FOR:
        return CheckResult(
            CheckState.OK,
            gettext("The schedule worked %(duration)s ago.") % {"duration": describe_duration(max(age, timedelta()))},
        )
    if age < timedelta():
        measured = gettext("The schedule last worked at a time that is still to come. A clock was put back.")
    else:
        measured = gettext("The schedule has not worked for %(duration)s.") % {"duration": describe_duration(age)}
    return CheckResult(CheckState.FAILED, measured, next_step, commands)


# --- Queue ------------------------------------------------------------------------------------------------------------


def check_queue(now: datetime) -> CheckResult:
    """Measure how long the oldest job waits, and list the jobs that failed in the last day."""
    oldest = Job.objects.filter(state=State.QUEUED, due_at__lte=now).order_by("due_at").first()
    waits = now - oldest.due_at if oldest else timedelta()
    failed = _failed_jobs(now - thresholds.RECENT)
    sentences = [
        gettext("The oldest job waits for %(duration)s.") % {"duration": describe_duration(waits)}
        if oldest
        else gettext("No job waits."),
        *([_describe_failed_jobs(failed)] if failed else [gettext("No job failed in the last day.")]),
    ]
    steps: list[str] = []
    commands: tuple[str, ...] = ()
    if waits >= thresholds.JOB_WAITS_ATTENTION:
        commands += log_command("worker")
        steps.append(gettext("Look whether the worker answers. If it does, it may be busy: wait, or add a worker."))
    if failed:
        commands += log_command("worker", word="failed")
        steps.append(
            gettext("The log of the worker names each failed job by its number. Ask again for what is still needed.")
        )
    if waits >= thresholds.JOB_WAITS_FAILED:
        state = CheckState.FAILED
    else:
        state = CheckState.ATTENTION if steps else CheckState.OK
    return CheckResult(state, " ".join(sentences), " ".join(steps), commands)


def _failed_jobs(since: datetime) -> dict[str, list[int]]:
    """Return the numbers of the jobs that failed since a moment, newest first, by kind."""
    found: dict[str, list[int]] = defaultdict(list)
    jobs = Job.objects.filter(state=State.FAILED, finished_at__gte=since).order_by("kind", "-pk")
    for kind, number in jobs.values_list("kind", "pk"):
        found[kind].append(number)
    return found


def _describe_failed_jobs(failed: dict[str, list[int]]) -> str:
    count = sum(map(len, failed.values()))
    kinds = "; ".join(_describe_kind(kind, numbers) for kind, numbers in failed.items())
    return ngettext(
        "%(number)d job failed in the last day: %(kinds)s.", "%(number)d jobs failed in the last day: %(kinds)s.", count
    ) % {"number": count, "kinds": kinds}


def _describe_kind(kind: str, numbers: Iterable[int]) -> str:
    """Return for example "briefing 12, 15 and 3 more"."""
    listed = list(numbers)
    shown = ", ".join(map(str, listed[:MAX_LISTED_JOBS]))
    if (more := len(listed) - MAX_LISTED_JOBS) > 0:
        shown = gettext("%(numbers)s and %(more)d more") % {"numbers": shown, "more": more}
    return f"{kind} {shown}"


# --- Redis ------------------------------------------------------------------------------------------------------------


def check_redis(now: datetime) -> CheckResult:
    """Ask Redis for an answer and its memory."""
    if not settings.REDIS_URL:
        return CheckResult(CheckState.OK, gettext("This installation uses files in place of Redis."))
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1.0, socket_timeout=2.0) as redis:
            redis.ping()
            used = redis.info("memory")["used_memory"]
    except (RedisError, OSError):
        return CheckResult(
            CheckState.FAILED,
            gettext("Redis does not answer."),
            gettext("Start the service “redis”. Until then, people can work. Jobs and mails wait."),
            start_command("redis") + log_command("redis"),
        )
    size = describe_bytes(used)
    return CheckResult(CheckState.OK, gettext("Redis answers. It uses %(size)s of memory.") % {"size": size})


WEB = StatusCheck("web", gettext_noop("Web server"), check_web)
WORKER = StatusCheck(
    "worker",
    gettext_noop("Worker"),
    _worker_check(
        settings.CELERY_TASK_DEFAULT_QUEUE,
        "worker",
        gettext_noop("Start the service “worker”, or look at its log. Jobs wait, and nothing is lost."),
    ),
)
MAIL_WORKER = StatusCheck(
    "mail_worker",
    gettext_noop("Mail worker"),
    _worker_check(
        "mail",
        "mail",
        gettext_noop("Start the service “mail”, or look at its log. Mails wait, and nothing is lost."),
    ),
)
BEAT = StatusCheck("beat", gettext_noop("Schedule"), check_beat, uses_database=True)
QUEUE = StatusCheck("queue", gettext_noop("Jobs"), check_queue, uses_database=True)
REDIS = StatusCheck("redis", gettext_noop("Redis"), check_redis)
