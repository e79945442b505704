"""Stop calling a server that does not answer, so that one request does not wait for it ten times. No Django here."""

import threading
import time


class CircuitBreaker:
    """Remember that a server failed. For `pause` seconds nothing calls it; then one caller tries again.

    The threads of a process share one instance.
    """

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self._lock = threading.Lock()
        self._is_open = False
        self._tried_again_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the last call to the server failed."""
        return self._is_open

    def allows(self) -> bool:
        """Return whether to call the server now. While it fails, one caller every `pause` seconds may."""
        if not self._is_open:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._tried_again_at:
                return False
            self._tried_again_at = now + self.pause
            return True

    def failed(self) -> None:
        """Record that the server did not answer."""
        with self._lock:
            self._is_open = True
            self._tried_again_at = time.monotonic() + self.pause

    def answered(self) -> None:
        """Record that the server answered."""
        if self._is_open:
            with self._lock:
                self._is_open = False
