"""The shared cache, with a fallback to this process's memory.

Neither a Redis outage nor a full disk stops people from working. While the shared cache fails, its entries go to this
process's memory. Rate limits are stricter meanwhile (`tiptracker.web.rate_limits`), because each process then counts
alone. Lock-outs are stored in the database (`tiptracker.lock_outs`). A lost or emptied cache therefore never allows
more attempts.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import RedisError

from tiptracker.infrastructure.circuit_breaker import CircuitBreaker

logger = logging.getLogger(__name__)

LOCK_OUT_KEY_PREFIX = "allauth:rl:"
"""Prefix of the cache keys with which allauth counts wrong passwords, wrong codes and forgotten passwords."""
SECONDS_BETWEEN_TRIES = 5.0

redis_breaker = CircuitBreaker(SECONDS_BETWEEN_TRIES)
"""Whether Redis answers, or the disk accepts files. Shared by the cache and the messages of jobs."""


class FallbackCache(BaseCache):
    """Use the cache that LOCATION names in CACHES, or this process's memory if that fails.

    OPTIONS["lock_outs"] names the cache for lock-outs.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._location = location
        self._lock_outs = params["OPTIONS"]["lock_outs"]
        self._memory = LocMemCache(f"while {location} fails", {})

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask(key, lambda cache: cache.get(key, default, version))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask(key, lambda cache: cache.add(key, value, timeout, version)))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask(key, lambda cache: cache.set(key, value, timeout, version))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask(key, lambda cache: cache.touch(key, timeout, version)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask(key, lambda cache: cache.delete(key, version)))

    def clear(self) -> None:
        """Empty the shared cache and the memory. Lock-outs stay."""
        self._memory.clear()
        self._ask("", lambda cache: cache.clear())

    def _ask(self, key: Any, question: Callable[[BaseCache], Any]) -> Any:
        if str(key).startswith(LOCK_OUT_KEY_PREFIX):
            return question(caches[self._lock_outs])
        if redis_breaker.allows():
            try:
                answer = question(caches[self._location])
            except (RedisError, OSError):
                redis_breaker.failed()
                logger.exception("The cache does not answer; this process counts by itself meanwhile")
            else:
                redis_breaker.answered()
                return answer
        return question(self._memory)
