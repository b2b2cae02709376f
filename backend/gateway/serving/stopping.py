"""Whether somebody has asked this process to end, since when, and whether they have asked twice."""

import asyncio
import signal
import threading
from time import monotonic
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class StopRequests:
    """
    Listens to SIGTERM and SIGINT beside the server, which does not tell an application of them.

    Attributes:
        first_at_s: When the first came, on the monotonic clock; None before.
        is_urgent: Set by the second one: whoever sends it does not want to wait any longer.
    """

    def __init__(self) -> None:
        self.first_at_s: float | None = None
        self.is_urgent = asyncio.Event()

    def listen(self) -> None:
        """Begin; the server's own handlers are called as before. Does nothing where no server has set any."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            theirs = signal.getsignal(number)
            if not callable(theirs) or theirs is signal.default_int_handler:
                continue

            def note(number: int, frame: FrameType | None, theirs: object = theirs) -> None:
                loop.call_soon_threadsafe(self.note)
                if callable(theirs):
                    theirs(number, frame)

            signal.signal(number, note)

    def note(self) -> None:
        """One has come."""
        if self.first_at_s is None:
            self.first_at_s = monotonic()
        else:
            self.is_urgent.set()

    def left_s(self, of_s: float) -> float:
        """How much is left of so many seconds from the first one; all of them when none came."""
        return of_s if self.first_at_s is None else max(0.0, self.first_at_s + of_s - monotonic())
