"""
The one writing thread of a file: what queued while the last commit was on its way is the next commit.

An fsync costs about 1 ms; shared by all that waits for it, the same disk takes thousands of records a second.
"""

import asyncio
import enum
import queue
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

import structlog

from gateway.kit.sqlite import is_damage, is_full, is_locked
from observability.seldom import Seldom

_log = structlog.get_logger()
_BATCH_MAX = 256  # jobs in one commit
_QUEUE_MAX = 20_000  # past it a job is refused; at 1 ms a commit of 256 the last one has waited 80 ms


class Refusal(enum.Enum):
    """Why a job has no result. Only what is unconfirmed may have had its effect."""

    CROWDED = "too many jobs wait"
    FULL = "the disk is full"
    FAILED = "the disk does not take it"
    UNCONFIRMED = "the disk failed at the very end"


class Transactional(Protocol):
    """A file whose changes count once `commit` has returned. Everything may raise sqlite3.Error."""

    def begin(self) -> None:
        """Start a transaction that writes."""

    def commit(self) -> None:
        """End the transaction; it is durable when this returns."""

    def rollback(self) -> None:
        """Forget what the transaction did, if one is open."""

    def close(self) -> None:
        """Let go of the file."""


S = TypeVar("S", bound=Transactional)
T = TypeVar("T")
Answered = Callable[[Any, Exception | None], None]  # with the job's result, or with what became of it instead
_Job = tuple[Callable[[S], Any], asyncio.AbstractEventLoop, Answered]


class WriterThread(Generic[S]):
    """
    Does jobs on the store, many in one transaction, and answers each after the commit.

    Args:
        open_store: Makes the connection, in the thread that uses it; again after a damaged one was closed.
        name: For the log.
        failure: Makes what is raised for a refused job.
        replace: Makes another in the place of a damaged one, and closes that; without it, it is closed and opened anew.
        is_atomic: False where each job makes transactions of its own, such as a lone statement is by itself.

    Attributes:
        progressed_at_s: When it last finished something, or had nothing to do; on the monotonic clock.
    """

    def __init__(
        self,
        open_store: Callable[[], S],
        *,
        name: str,
        failure: Callable[[Refusal], Exception],
        replace: Callable[[S], S] | None = None,
        is_atomic: bool = True,
    ) -> None:
        self.progressed_at_s = monotonic()
        self._open_store = open_store
        self._replace = replace
        self._is_atomic = is_atomic
        self._name = name
        self._failure = failure
        self._jobs: queue.SimpleQueue[_Job[S] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._store: S | None = None
        self._is_closing = False
        self._is_committing = False
        self._complaints = Seldom()

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    async def close(self) -> None:
        """Do what is queued, then end."""
        self._is_closing = True
        if self._thread.is_alive():
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    async def do(self, job: Callable[[S], T]) -> T:
        """
        Do a job; what it returns, once its effect is durable.

        Raises:
            Exception: what `failure` makes of the refusal.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.post(job, partial(_settle, answer))
        return await answer

    def post(self, job: Callable[[S], Any], answered: Answered) -> None:
        """Do a job for who does not wait: `answered` is called in this event loop, at once where there is no room."""
        if self._jobs.qsize() >= _QUEUE_MAX:
            answered(None, self._failure(Refusal.CROWDED))
        else:
            self._jobs.put((job, asyncio.get_running_loop(), answered))

    def _run(self) -> None:
        stopping = False
        while not stopping:
            batch = [self._jobs.get()]
            self.progressed_at_s = monotonic()
            while len(batch) < _BATCH_MAX and not self._jobs.empty():
                batch.append(self._jobs.get())
            stopping = None in batch
            if jobs := [job for job in batch if job is not None]:
                self._commit(jobs)
        if self._store is not None:
            self._store.close()

    def _commit(self, jobs: list[_Job[S]]) -> None:
        try:
            results = self._do_patiently(jobs)
        except Exception as error:
            # Nobody of this batch is acknowledged: the caller says so, and the same request again is safe.
            if times := self._complaints.happened():
                _log.exception(f"{self._name}.write_failed", jobs=len(jobs), times=times)
            refusal = self._refusal(error)
            for _, loop, answered in jobs:  # each its own: tracebacks do not mix
                loop.call_soon_threadsafe(answered, None, self._failure(refusal))
        else:
            for (_, loop, answered), result in zip(jobs, results, strict=True):
                loop.call_soon_threadsafe(answered, result, None)
        self.progressed_at_s = monotonic()

    def _do_patiently(self, jobs: list[_Job[S]]) -> list[Any]:
        """Once more where another file took the place of a damaged one; as often as it takes while one is locked."""
        was_replaced = False
        while True:
            try:
                return self._do_all(jobs)
            except sqlite3.Error as error:
                if is_damage(error) and not was_replaced:
                    was_replaced = True
                    self._replace_store()
                elif not is_locked(error) or self._is_closing:
                    raise

    def _do_all(self, jobs: list[_Job[S]]) -> list[Any]:
        self._is_committing = False
        if self._store is None:
            self._store = self._open_store()
        store = self._store
        try:
            if not self._is_atomic:
                return [job(store) for job, _, _ in jobs]
            store.begin()
            results = [job(store) for job, _, _ in jobs]
            self._is_committing = True
            store.commit()
        except BaseException:
            try:
                store.rollback()
            except sqlite3.Error:
                _log.warning(f"{self._name}.rollback_failed")
            raise
        return results

    def _replace_store(self) -> None:
        store = self._store
        if store is not None and self._replace is not None:
            self._store = self._replace(store)
        elif store is not None:
            self._store = None
            store.close()

    def _refusal(self, error: Exception) -> Refusal:
        if is_full(error):
            return Refusal.FULL
        return Refusal.UNCONFIRMED if self._is_committing else Refusal.FAILED


def _settle(answer: "asyncio.Future[Any]", result: Any, failure: Exception | None) -> None:
    if answer.done():  # whoever waited is gone
        return
    if failure is None:
        answer.set_result(result)
    else:
        answer.set_exception(failure)
