"""A job that one worker does at a time."""

from collections.abc import Awaitable, Callable

from gateway.errors import LedgerFailure
from gateway.features.workers.store import JobLeases
from gateway.kit.periodic import Periodic


class Job(Periodic):
    """
    Repeats a step while MongoDB is up and this worker holds the lease of the job.

    Args:
        step: Returns True when there is more to do at once. Raises LedgerFailure, or one of `expected`.
        every_s: Seconds between two steps; who does not hold the lease asks for it as often.
        is_open: Whether the step can do anything now.
        expected: Failures, beside LedgerFailure, that are logged where they happen.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], Awaitable[bool | None]],
        leases: JobLeases,
        *,
        every_s: float,
        is_open: Callable[[], bool],
        expected: tuple[type[Exception], ...] = (),
    ) -> None:
        super().__init__(name, self._turn, every_s=every_s, expected=(LedgerFailure, *expected))
        self._do = step
        self._leases = leases
        self._is_open = is_open

    async def _turn(self) -> bool:
        return self._is_open() and await self._leases.take(self._name) and bool(await self._do())
