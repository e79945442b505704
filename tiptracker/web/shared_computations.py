"""Let the threads of a process that need the same result at the same moment wait for one computation of it.

Only a computation that begins after a thread has asked may answer it. So a result is never older than the question.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock

MAX_WAIT_SECONDS = 10.0
"""How long a thread waits for another one at most. Then it computes by itself."""


@dataclass(eq=False)
class _Computation[T]:
    """A computation that one thread makes for so many `threads`. `result` is None if it has none to share."""

    threads: int = 1
    has_begun: bool = False
    is_done: Event = field(default_factory=Event)
    result: T | None = None


class SharedComputations[T]:
    """The computations of a process that are under way or waiting: at most one of each for a name."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_name: dict[str, deque[_Computation[T]]] = {}

    def run(self, name: str, compute: Callable[[], T | None]) -> T | None:
        """Return what `compute` returns, or what another thread's returned that began after this call.

        None if the other one raised an error, returned None or took too long. Then the caller has to compute by itself.
        """
        with self._lock:
            computations = self._by_name.setdefault(name, deque())
            last = computations[-1] if computations else None
            if last is not None and not last.has_begun:
                own = None
                last.threads += 1
            else:
                own = _Computation[T](has_begun=last is None)
                computations.append(own)
        if last is not None:
            last.is_done.wait(MAX_WAIT_SECONDS)
        if own is None:
            return last.result if last else None
        try:
            with self._lock:
                own.has_begun = True
            own.result = compute()
        finally:
            with self._lock:
                computations.remove(own)
                if not computations:
                    del self._by_name[name]
            own.is_done.set()
        return own.result
