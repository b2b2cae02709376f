"""
A test week through the real gateway and brain: `PYTHONPATH=backend python -m training.replay --url http://127.0.0.1:8000`.

Sends the 37 days that fill the histories, then the test week, with the label of each fraud 7 days late, and holds the
scores that came back against those computed offline. Without --url it starts a mongod, a brain and a gateway of its
own, with more patience than usual. A world of the book's size is 420,000 payments. Exit status 1 when the two differ
by more than 0.01 AP.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from brain.domain import MERCHANT_WINDOW_DAYS
from brain.model.artifact import Model
from local import mongod
from tests.processes import BrainProcess, GatewayProcess, MongodProcess
from training.evaluation.metrics import Figures, figures
from training.examples.histories import features
from training.examples.protocol import FIRST_TEST_DAY, TEST_DAYS, judged_rows
from training.live import Floats, Ints, Replayed, ReplayError, replay
from training.train import ARTIFACTS
from training.world.simulator import Rules, World, simulate

AP_DIFFERENCE_MAX = 0.01
SAME_SCORE = 1e-6
SAY_EVERY_S = 15.0
# Of the stack that is started here: scores are compared, not latencies, and a busy machine misses the usual budgets.
PATIENCE = {
    "BRAIN_PROFILE_BUDGET_MS": "200",
    "GATEWAY_SCORING_BUDGET_MS": "3000",
    "GATEWAY_LEDGER_BUDGET_MS": "5000",
}


def main(arguments: list[str] | None = None) -> int:
    """Replay and compare; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m training.replay", description="A test week through the real chain."
    )
    parser.add_argument("--url", help="of a running gateway; without it a stack of its own is started")
    parser.add_argument("--seed", type=int, default=4242, help="of the world")
    parser.add_argument("--week", type=int, choices=range(1, 8), default=1, help="which of the seven test weeks")
    parser.add_argument("--customers", type=int, default=Rules().customers, help="a smaller world is quicker")
    parser.add_argument("--terminals", type=int, default=Rules().terminals)
    parser.add_argument("--json", action="store_true", help="print one line of JSON instead of the table")
    options = parser.parse_args(arguments)

    world = simulate(options.seed, Rules(customers=options.customers, terminals=options.terminals))
    first_day = FIRST_TEST_DAY + (options.week - 1) * TEST_DAYS
    day = world.day
    rows = np.flatnonzero((day >= first_day - MERCHANT_WINDOW_DAYS) & (day < first_day + TEST_DAYS))
    started_s = time.perf_counter()
    try:
        with contextlib.nullcontext(options.url) if options.url else _own_stack() as url:
            replayed = asyncio.run(
                replay(
                    world,
                    rows,
                    url,
                    judged_from=int(np.searchsorted(day[rows], first_day)),
                    progress=_Progress(rows.size),
                )
            )
    except ReplayError as error:
        print(f"training.replay: {error}", file=sys.stderr)
        return 2
    rate = rows.size / (time.perf_counter() - started_s)

    judged = judged_rows(world, first_day)
    live = replayed.scores[np.searchsorted(rows, judged)]
    model = Model.load(ARTIFACTS)
    offline = model.risk_scores(features(world, judged))
    both = _figures(world, judged, live), _figures(world, judged, offline)
    same = float(np.mean(np.abs(live - offline) < SAME_SCORE))
    if options.json:
        print(json.dumps(_summary(replayed, both, same, payments=rows.size, per_s=rate)))
    else:
        _print_table(replayed, both, same, payments=rows.size, per_s=rate)
    if replayed.models != {f"{model.name} {model.version}"}:
        print(f"training.replay: scored by {replayed.models}, not by the shipped model", file=sys.stderr)
        return 1
    return int(abs(both[0].ap - both[1].ap) > AP_DIFFERENCE_MAX)


@contextlib.contextmanager
def _own_stack() -> Iterator[str]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        directory = Path(folder)
        with (
            MongodProcess(mongod.ensure(), directory) as ledger,
            BrainProcess(directory, mongodb_url=ledger.url, environment=PATIENCE) as brain,
            GatewayProcess(directory, mongodb_url=ledger.url, brain_port=brain.port, environment=PATIENCE) as gateway,
        ):
            yield gateway.url


class _Progress:
    """Says on standard error, now and then, how far it is."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._next_s = time.monotonic() + SAY_EVERY_S

    def __call__(self, sent: int) -> None:
        if time.monotonic() >= self._next_s:
            self._next_s += SAY_EVERY_S
            print(f"{sent:,} of {self._total:,} payments", file=sys.stderr, flush=True)


def _figures(world: World, rows: Ints, scores: Floats) -> Figures:
    """A payment without a score ranks last: blind is no help."""
    return figures(world.fraud[rows], np.nan_to_num(scores, nan=-1.0), world.day[rows], world.user[rows])


def _summary(
    replayed: Replayed, both: tuple[Figures, Figures], same: float, *, payments: int, per_s: float
) -> dict[str, object]:
    return {
        "live": asdict(both[0]),
        "offline": asdict(both[1]),
        "ap_difference": both[0].ap - both[1].ap,
        "same_scores": same,
        "payments": payments,
        "payments_per_s": per_s,
        "labels": replayed.labels,
        "blind": replayed.blind,
        "degraded": replayed.degraded,
    }


def _print_table(
    replayed: Replayed, both: tuple[Figures, Figures], same: float, *, payments: int, per_s: float
) -> None:
    print(f"{payments:,} payments and {replayed.labels:,} labels through the gateway, {per_s:,.0f} payments/s")
    print(f"{replayed.blind:,} verdicts were blind, {replayed.degraded:,} scores made without history")
    print(f"\n{'':<10}{'AUC':>8}{'AP':>8}{'CP@100':>8}{'R@1%':>8}")
    for name, found in zip(("live", "offline"), both, strict=True):
        print(f"{name:<10}" + "".join(f"{value:>8.3f}" for value in asdict(found).values()))
    print(f"\n{same:.1%} of the test week's scores are the same; AP differs by {both[0].ap - both[1].ap:+.4f}")


if __name__ == "__main__":
    sys.exit(main())
