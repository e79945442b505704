"""Messages to the worker. Whoever sends one never waits long for the broker: each job is a row as well."""

import logging

from kombu import Connection
from kombu.exceptions import LimitExceeded, OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

from tiptracker.celery import app
from tiptracker.infrastructure.cache import redis_breaker

logger = logging.getLogger(__name__)

SENDER_OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0, "max_retries": 0}
"""Of a sender's connection alone: a worker waits for its next message as long as it takes."""
MAX_WAIT_SECONDS = 2.0
"""Seconds after which a sender stops waiting for one of the connections that others use."""


def send_message(task: str, argument: int) -> bool:
    """Tell a worker to run `task` on `argument`; whether the broker took the message. It is asked once at most."""
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
    """A sender's connection: equal ones share a pool."""
    return app.connection_for_write(transport_options=SENDER_OPTIONS)
