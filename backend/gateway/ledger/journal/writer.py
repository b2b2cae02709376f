"""
The journal's one writing thread: what queued while the last commit was on its way is the next commit.

An fsync costs about 1 ms; shared by all that waits for it, the same disk takes thousands of verdicts a second.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import structlog

from gateway.errors import JournalUnavailable

_log = structlog.get_logger()
_BATCH_MAX = 256  # jobs in one commit
_QUEUE_MAX = 20_000  # past it a verdict is refused; at 1 ms a commit of 256 the last one has waited 80 ms


class Transactional(Protocol):
    """A file whose changes count once `commit` has returned. Everything may raise sqlite3.Error."""

    def begin(self) -> None:
        """Start a transaction that writes."""

    def commit(self) -> None:
        """Durable when it returns."""

    def rollback(self) -> None:
        """Forget what the transaction did, if one is open."""

    def close(self) -> None:
        """Let go of the file."""


S = TypeVar("S", bound=Transactional)
T = TypeVar("T")
_Job = tuple[Callable[[S], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class WriterThread(Generic[S]):
    """
    Does jobs on the store, many in one transaction, and answers each after the commit.

    Args:
        open_store: Makes the connection, in the thread that uses it; again after the file was found damaged.
        name: For the log.
    """

    def __init__(self, open_store: Callable[[], S], *, name: str = "journal") -> None:
        self._open_store = open_store
        self._name = name
        self._jobs: queue.Queue[_Job[S] | None] = queue.Queue(_QUEUE_MAX)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._store: S | None = None

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    async def close(self) -> None:
        """Do what is queued, then end."""
        if self._thread.is_alive():
            await asyncio.to_thread(self._jobs.put, None)
            await asyncio.to_thread(self._thread.join)

    async def do(self, job: Callable[[S], T]) -> T:
        """
        What the job returns, once its effect is durable.

        Raises:
            JournalUnavailable: the disk is full or broken, or too much waits. Nothing of the job counts.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        try:
            self._jobs.put_nowait((job, loop, answer))
        except queue.Full:
            raise JournalUnavailable("too much waits for the journal") from None
        return await answer

    def _run(self) -> None:
        stopping = False
        while not stopping:
            batch = [self._jobs.get()]
            while len(batch) < _BATCH_MAX and not self._jobs.empty():
                batch.append(self._jobs.get())
            stopping = None in batch
            if jobs := [job for job in batch if job is not None]:
                self._commit(jobs)
        if self._store is not None:
            self._store.close()

    def _commit(self, jobs: list[_Job[S]]) -> None:
        try:
            results = self._do_all(jobs)
        except Exception as error:
            # Nobody of this batch is acknowledged: the caller says so, and the same request again is safe.
            _log.exception(f"{self._name}.write_failed", jobs=len(jobs))
            failure = JournalUnavailable(f"the {self._name} cannot be written: {type(error).__name__}")
            for _, loop, answer in jobs:
                loop.call_soon_threadsafe(_fail, answer, failure)
        else:
            for (_, loop, answer), result in zip(jobs, results, strict=True):
                loop.call_soon_threadsafe(_answer, answer, result)

    def _do_all(self, jobs: list[_Job[S]]) -> list[Any]:
        if self._store is None:
            self._store = self._open_store()
        store = self._store
        try:
            store.begin()
            results = [job(store) for job, _, _ in jobs]
            store.commit()
        except BaseException as error:
            try:
                store.rollback()
            except sqlite3.Error:
                _log.warning(f"{self._name}.rollback_failed")
            if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
                store.close()  # "malformed": a fresh start looks at the file and saves what can be read
                self._store = None
            raise
        return results


def _answer(answer: "asyncio.Future[Any]", result: Any) -> None:
    if not answer.done():  # whoever waited may be gone
        answer.set_result(result)


def _fail(answer: "asyncio.Future[Any]", failure: JournalUnavailable) -> None:
    if not answer.done():
        answer.set_exception(JournalUnavailable(failure.detail))  # its own: tracebacks do not mix
