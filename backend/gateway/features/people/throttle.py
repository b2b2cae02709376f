"""
Slows down who guesses passwords: by email address and network together, never by the email address alone.

So nobody can lock somebody else out from elsewhere, and somebody who tries many addresses from one network is slowed
as well. In memory, of this gateway: several of them allow as many times more.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from gateway.features.people.errors import SignInSlowed

_FREE = 5  # failures in a row that cost no wait: people mistype
_FREE_OF_NETWORK = 50  # of all email addresses together: an office behind one address
_FIRST_S, _LONGEST_S = 2.0, 60.0
_DOUBLINGS_MAX = 6  # 2 s x 2^6 is past the longest
_FORGET_S = 900.0  # without a failure
_KNOWN_MAX = 20_000  # the oldest are forgotten: 4 MB


@dataclass(slots=True)
class _Failures:
    count: int = 0
    last_s: float = 0.0


class Throttle:
    """
    Counts failures.

    Args:
        now_s: Seconds on a clock that does not jump.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def check(self, who: str, address: str) -> None:
        """
        Refuse an attempt that comes too early.

        Args:
            who: The email address, folded; or what else is guessed.
            address: Of the caller.

        Raises:
            SignInSlowed: with the time to wait.
        """
        network = _network_of(address)
        wait_s = max(self._wait_s((who, network), _FREE), self._wait_s(("", network), _FREE_OF_NETWORK))
        if wait_s > 0:
            raise SignInSlowed(ceil(wait_s))

    def failed(self, who: str, address: str) -> None:
        """Note a wrong attempt."""
        network = _network_of(address)
        for key in ((who, network), ("", network)):
            known = self._failures.pop(key, None) or _Failures()
            if self._now_s() - known.last_s > _FORGET_S:
                known.count = 0
            known.count += 1
            known.last_s = self._now_s()
            self._failures[key] = known
        while len(self._failures) > _KNOWN_MAX:
            self._failures.popitem(last=False)

    def succeeded(self, who: str, address: str) -> None:
        """Forget the failures of this person there; not those of the network."""
        self._failures.pop((who, _network_of(address)), None)

    def _wait_s(self, key: tuple[str, str], free: int) -> float:
        known = self._failures.get(key)
        if known is None or known.count < free:
            return 0.0
        pause_s: float = min(_FIRST_S * 2.0 ** min(known.count - free, _DOUBLINGS_MAX), _LONGEST_S)
        return known.last_s + pause_s - self._now_s()


def _network_of(address: str) -> str:
    """An IPv4 address as it is; of IPv6 the half that a provider gives to one customer."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
