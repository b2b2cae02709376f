"""Times pieces of code in turn, so that a noisy moment affects all of them."""

import statistics
import time
from collections.abc import Callable, Mapping


def medians_us(pieces: Mapping[str, Callable[[int], object]], rounds: int) -> dict[str, float]:
    """
    Measure the median time of each piece in microseconds, with warm caches as under load.

    Args:
        pieces: By name; each gets a number, the same for all within a round.
        rounds: How often each is timed.
    """
    times_ns: dict[str, list[int]] = {name: [] for name in pieces}
    for number in range(rounds):
        for name, piece in pieces.items():
            piece(number + 1)  # not timed: warms the processor's caches after another piece
            started_ns = time.perf_counter_ns()
            piece(number)
            times_ns[name].append(time.perf_counter_ns() - started_ns)
    return {name: statistics.median(times) / 1000 for name, times in times_ns.items()}
