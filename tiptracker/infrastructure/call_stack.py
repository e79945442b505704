"""Room for deep calls, so that Python does not get memory from the kernel at each of them.

Python 3.12 and 3.13 keep the frames of a thread in chunks of 16 KiB. They return a chunk to the kernel as soon as its
last frame ends. A page has many calls below its middleware, and a document many below its layout. If the end of a chunk
lies within a loop, every round of the loop gets a new chunk and returns it: a thousand times per page, a tenth of
its processor time. Python makes a chunk larger for a frame that does not fit in. So one frame that claims much room
makes a chunk that also holds all frames below it.
"""

from collections.abc import Callable
from functools import update_wrapper

CLAIMED_SLOTS = 33_000
"""Values that the frame claims: just over 256 KiB, so that Python makes a chunk of 512 KiB. The other half is the room.

No memory is used until frames are in it.
"""


def with_room_for_calls[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Return the function, called below a frame with room for some thousand calls."""

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    call.__code__ = call.__code__.replace(co_stacksize=CLAIMED_SLOTS)
    return update_wrapper(call, function)
