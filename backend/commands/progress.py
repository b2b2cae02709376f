"""A bar on standard error while a command works for more than some seconds."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_REDRAW_S = 0.1


class ProgressBar:
    """A context manager to call with what is being done. Shows nothing where standard error is no terminal."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
            # lines for a terminal go above the bar; those for a file or a pipe go there
            redirect_stdout=sys.stdout.isatty(),
        )
        self._task = self._progress.add_task("starting", total=None)
        self._what = ""
        self._redraw_at_s = 0.0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Cheap enough for each of millions of records: it draws ten times a second."""
        if what == self._what and time.monotonic() < self._redraw_at_s:
            return
        self._what, self._redraw_at_s = what, time.monotonic() + _REDRAW_S
        self._progress.update(self._task, description=what, completed=done, total=max(done, total))
