"""Ratios compare what was measured side by side, round by round."""

from itertools import product

from benchmarks.candidates import ECHO, NAIVE, RAW, SENTINEL
from benchmarks.chain import CLIENTS, summary
from benchmarks.load.wrk import BODIES
from benchmarks.measure import Figures

RATIOS = {"naive_1", "naive_20", "naive_64", "naive_200", "echo_64", "echo_200", "cpu_echo_64"}


def turn(per_s: float, **cpu_us: float) -> Figures:
    """What one candidate did in one turn."""
    return Figures(per_s, p50_ms=1000 / per_s, p99_ms=2000 / per_s, cpu_us=cpu_us, scored=None)


def test_a_ratio_is_the_median_of_the_rounds() -> None:
    """A round in which the machine was busy halves both sides, and no ratio. The worker's time is not the path's."""
    of_round = {
        RAW: lambda speed: turn(900 * speed, gateway=10.0),
        ECHO: lambda speed: turn(200 * speed, gateway=100.0),
        NAIVE: lambda speed: turn(20 * speed, gateway=600.0, brain=500.0, mongod=400.0),
        SENTINEL: lambda speed: turn(100 * speed, gateway=110.0, brain=50.0, mongod=40.0, worker=70.0),
    }
    cells = product(BODIES, CLIENTS, of_round)
    turns = {(body, clients, name): [of_round[name](speed) for speed in (1, 0.5, 1)] for body, clients, name in cells}

    found = summary(turns)

    assert found["ratios"].keys() == found["ratios_full"].keys() == RATIOS
    assert found["ratios"]["naive_64"] == 5.0
    assert found["ratios"]["echo_64"] == 0.5
    assert found["ratios"]["cpu_echo_64"] == 2.0
    assert found["spread"]["naive_64"] == [5.0, 5.0]
    assert found["latency_ratios"] == {"p50_naive_1": 0.2, "p99_naive_64": 0.2}
