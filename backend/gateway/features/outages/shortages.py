"""Whether verdicts lack so much, and for so long, that it belongs on record, although the circuit may be closed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.features.outages.causes import is_worse
from gateway.features.outages.shortfall import Shortfall

# A moment in which a brain is busy, or reads history too slowly, is over within a second (0.3 s of its work queue, a
# profile budget of 50 ms). A MongoDB that fails over takes 2 to 12 s.
_LASTING = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Shortage:
    """One that lasts: from the first verdict that lacked something to the last one so far."""

    since: datetime
    last_at: datetime
    cause: str


class Shortages:
    """Asked twice a second; needs neither brain nor ledger."""

    def __init__(self, *kinds: tuple[Shortfall, Callable[[], str]]) -> None:
        """Args: kinds: each with a way to ask why it is so right now."""
        self._kinds = kinds

    @property
    def is_on(self) -> bool:
        """Whether verdicts lack something now, for however short a time."""
        return any(shortfall.since is not None for shortfall, _ in self._kinds)

    def current(self) -> Shortage | None:
        """All that lacks, as one; None while that is nothing, or a moment's matter."""
        lasting = None
        for shortfall, why in self._kinds:
            since, last_at = shortfall.since, shortfall.last_at
            if since is None or last_at is None or last_at - since < _LASTING:
                continue
            found = Shortage(since, last_at, why())
            lasting = found if lasting is None else _together(lasting, found)
        return lasting


def _together(one: Shortage, other: Shortage) -> Shortage:
    cause = other.cause if is_worse(other.cause, one.cause) else one.cause
    return Shortage(min(one.since, other.since), max(one.last_at, other.last_at), cause)
