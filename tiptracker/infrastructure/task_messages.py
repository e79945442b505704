"""Send messages to the worker without waiting long for the broker. Each job also exists as a row."""

import logging

from celery import current_task
from kombu import Connection
from kombu.exceptions import LimitExceeded, OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

from tiptracker.celery import app
from tiptracker.infrastructure.cache import redis_breaker
from tiptracker.infrastructure.log_lines import request_number

logger = logging.getLogger(__name__)

SENDER_OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0, "max_retries": 0}
"""Connection options of senders only. A worker waits for its next message without limit."""
MAX_WAIT_SECONDS = 2.0
"""Seconds after which a sender stops waiting for a shared connection."""


REQUEST_HEADER = "tiptracker_request"
"""Header of a message: the number of the request that queued the job, for the log."""


def current_message_request() -> str:
    """Return the number of the request that queued the message which this worker works on; "" for none."""
    message = getattr(current_task, "request", None)
    return str(message.get(REQUEST_HEADER) or "") if message else ""


def send_message(task: str, argument: int) -> bool:
    """Ask a worker to run `task` with `argument`. Return whether the broker took the message; there is one attempt."""
    if not redis_breaker.allows():
        return False
    try:
        with producers[sender_connection()].acquire(block=True, timeout=MAX_WAIT_SECONDS) as producer:
            headers = {REQUEST_HEADER: request_number.get()}
            app.send_task(task, args=[argument], producer=producer, retry=False, headers=headers)
    except (LimitExceeded, OperationalError, RedisError, OSError):
        redis_breaker.failed()
        logger.exception("The broker does not answer")
        return False
    redis_breaker.answered()
    return True


def sender_connection() -> Connection:
    """Return a sender's connection. Equal connections share a pool."""
    return app.connection_for_write(transport_options=SENDER_OPTIONS)
