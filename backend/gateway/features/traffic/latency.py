"""
Latencies as counts in fixed bins that grow by 7.5 % each: of several buckets, or gateways, they are simply added.

Percentiles themselves cannot be added or averaged, counts can. Whatever falls into a bin is told as its geometric
middle: a percentile is within 4 % of the one that all values sorted would give, from 0.1 ms to 30 s; what is faster or
slower is told as these.
"""

import math
from collections.abc import Sequence

_MIN_S = 0.0001
_MAX_S = 30.0
_BINS_PER_DECADE = 32
BINS = math.ceil(math.log10(_MAX_S / _MIN_S) * _BINS_PER_DECADE) + 1
_LOG_MIN = math.log(_MIN_S)
_BINS_PER_E = _BINS_PER_DECADE / math.log(10)


def bin_of(latency_s: float) -> int:
    """The bin that counts this latency: 0 up to BINS - 1, the shortest first."""
    if latency_s <= _MIN_S:
        return 0
    if latency_s >= _MAX_S:
        return BINS - 1
    return int((math.log(latency_s) - _LOG_MIN) * _BINS_PER_E)


def percentiles_ms(counts: Sequence[int], shares: Sequence[float]) -> list[float] | None:
    """
    Nearest-rank percentiles.

    Args:
        counts: how many latencies fell into each of the BINS.
        shares: in 0..1, ascending.

    Returns:
        For each share the latency, in milliseconds, that so many took at most; None when nothing was counted.
    """
    total = sum(counts)
    if total == 0:
        return None
    found, seen, at = list[float](), 0, -1
    for share in shares:
        rank = max(1, math.ceil(share * total))
        while seen < rank:
            at += 1
            seen += counts[at]
        found.append(_MIDDLES_MS[at])
    return found


def _middle_ms(number: int) -> float:
    middle_s = _MIN_S * 10 ** ((number + 0.5) / _BINS_PER_DECADE)
    return float(f"{min(middle_s, _MAX_S) * 1000:.4g}")  # more digits than it knows would only fill replies


_MIDDLES_MS = tuple(_middle_ms(number) for number in range(BINS))
