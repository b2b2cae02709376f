"""What goes on in threads while a test does something else."""

import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self


class Beside:
    """A context manager: its work begins with the block, and what is under way at the end of it is finished."""

    def __init__(self, work: Iterable[Callable[[], None]]) -> None:
        """Args: work: one thread each; returns soon after `_stop` is set."""
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=target) for target in work]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
