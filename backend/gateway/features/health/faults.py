"""What brains inject, or have to do without, asked each second: what nobody announced must show without traffic."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from gateway.kit.periodic import Periodic
from gateway.scoring.faults import BrainFaults

_ASK_S = 1.0
_KEPT_S = 5.0  # what a brain that is silent said last; it may be silent because of it


@dataclass(frozen=True, slots=True)
class _Heard:
    faults: BrainFaults
    at_s: float


class KnownFaults(Periodic):
    """Asks and remembers."""

    def __init__(self, read: Callable[[], Awaitable[Sequence[BrainFaults]]], now_s: Callable[[], float]) -> None:
        """
        Args:
            read: What every known brain injects; its settings are None when it does not say. Never raises for a brain.
            now_s: Monotonic seconds.
        """
        super().__init__("faults", self.ask, every_s=_ASK_S)
        self._read = read
        self._now_s = now_s
        self._heard: dict[str, _Heard] = {}

    def known(self) -> tuple[BrainFaults, ...]:
        """By address, as each brain said it within the last seconds."""
        return tuple(self._heard[address].faults for address in sorted(self._heard))

    async def ask(self) -> None:
        """Ask every brain once."""
        said = [brain for brain in await self._read() if brain.settings is not None]
        self._heard |= {brain.address: _Heard(brain, self._now_s()) for brain in said}
        forgotten_s = self._now_s() - _KEPT_S
        self._heard = {address: heard for address, heard in self._heard.items() if heard.at_s > forgotten_s}
