"""Times of things that are compared: taken in turn, so that a noisy moment strikes them all."""

import statistics
import time
from collections.abc import Callable, Mapping


def medians_us(pieces: Mapping[str, Callable[[int], object]], rounds: int) -> dict[str, float]:
    """
    Median time of each piece, microseconds, when the same work went just before it: as under load.

    Args:
        pieces: By name; each is given a number, the same for all within a round.
        rounds: How often each is timed.
    """
    times_ns: dict[str, list[int]] = {name: [] for name in pieces}
    for number in range(rounds):
        for name, piece in pieces.items():
            piece(number + 1)  # not timed: the piece before has left the processor's caches full of its own
            started_ns = time.perf_counter_ns()
            piece(number)
            times_ns[name].append(time.perf_counter_ns() - started_ns)
    return {name: statistics.median(times) / 1000 for name, times in times_ns.items()}
