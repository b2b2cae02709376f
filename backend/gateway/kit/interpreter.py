"""Python itself, set for a process that answers thousands of requests a second with one thread and a few beside it."""

import gc
import sys

_GARBAGE_MAX = 10_000  # objects more than before, until circles are looked for: a request makes none
# A thread that waits so long for the interpreter's lock gets it. Python's 5 ms never end: uvloop lets go of the lock
# at each event, which wakes the thread in vain and begins them anew. An insert needs the lock 7 times, a note 3 times.
_LOCK_S = 0.00005


def settle() -> None:
    """Take what was made until here for everlasting: to look at it each time cost 30 ms of p99. Share the lock."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE_MAX)
    sys.setswitchinterval(_LOCK_S)
