"""Times of things that are compared: taken in turn, so that a noisy moment strikes them all."""

import statistics
import time
from collections.abc import Callable, Mapping


def medians_us(pieces: Mapping[str, Callable[[int], object]], rounds: int) -> dict[str, float]:
    """
    Median time of each piece, microseconds.

    Args:
        pieces: By name; each is given the number of the round, the same for all of one round.
        rounds: How often each runs, after one round that warms up and is not counted.
    """
    times_ns: dict[str, list[int]] = {name: [] for name in pieces}
    for number in range(rounds + 1):
        for name, piece in pieces.items():
            started_ns = time.perf_counter_ns()
            piece(number)
            times_ns[name].append(time.perf_counter_ns() - started_ns)
    return {name: statistics.median(times[1:]) / 1000 for name, times in times_ns.items()}
