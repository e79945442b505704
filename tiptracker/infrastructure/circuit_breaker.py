"""Stop asking a server that does not answer, so that one request does not wait for it ten times. No Django here."""

import threading
import time


class CircuitBreaker:
    """Remembers that a server failed: for `pause` seconds nobody asks it again, then one caller tries.

    Shared by the threads of a process.
    """

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self._lock = threading.Lock()
        self._is_open = False
        self._tried_again_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the server failed when it was last asked."""
        return self._is_open

    def allows(self) -> bool:
        """Whether to ask the server now. While it is failing, one caller in `pause` seconds is told to."""
        if not self._is_open:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._tried_again_at:
                return False
            self._tried_again_at = now + self.pause
            return True

    def failed(self) -> None:
        """The server did not answer."""
        with self._lock:
            self._is_open = True
            self._tried_again_at = time.monotonic() + self.pause

    def answered(self) -> None:
        """The server answered."""
        if self._is_open:
            with self._lock:
                self._is_open = False
