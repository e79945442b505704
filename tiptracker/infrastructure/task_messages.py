"""Send messages to the worker without waiting long for the broker. Each job also exists as a row."""

import logging

from kombu import Connection
from kombu.exceptions import LimitExceeded, OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

from tiptracker.celery import app
from tiptracker.infrastructure.cache import redis_breaker

logger = logging.getLogger(__name__)

SENDER_OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0, "max_retries": 0}
"""Connection options of senders only. A worker waits for its next message without limit."""
MAX_WAIT_SECONDS = 2.0
"""Seconds after which a sender stops waiting for a shared connection."""


def send_message(task: str, argument: int) -> bool:
    """Ask a worker to run `task` with `argument`. Return whether the broker took the message; there is one attempt."""
    if not redis_breaker.allows():
        return False
    try:
        with producers[sender_connection()].acquire(block=True, timeout=MAX_WAIT_SECONDS) as producer:
            app.send_task(task, args=[argument], producer=producer, retry=False)
    except (LimitExceeded, OperationalError, RedisError, OSError):
        redis_breaker.failed()
        logger.exception("The broker does not answer")
        return False
    redis_breaker.answered()
    return True


def sender_connection() -> Connection:
    """Return a sender's connection. Equal connections share a pool."""
    return app.connection_for_write(transport_options=SENDER_OPTIONS)
