"""
`sentinel bench signals`: what a score costs a brain that is told everything, and one that is told four fields.

Payments of a simulated town come in batches, each for the first time, to a memory that holds those before them. Both
take turns, and each step from the bytes of a request to the bytes of its answer is timed by itself. Then one client of
a running chain sends payments of either kind in turn, and waits.
"""

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.candidates import SENTINEL, running
from benchmarks.load.wrk import BODIES
from benchmarks.measure import measure
from benchmarks.progress import Progress
from benchmarks.told import FOUR_FIELDS, messages
from brain.domain import Query
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.main import GC_THRESHOLD
from brain.model.artifact import Model
from brain.reasons.explanation import explain
from brain.scoring.features import read_features
from brain.scoring.replies import ReplyWriter
from brain.settings import HERE
from brain.wire import read_transaction
from money.currencies import load_rates
from protos import fraud_pb2
from training.payments import Payments
from training.world.town.rules import Rules
from training.world.town.simulator import simulate_town

TOWN = Rules(days=75)  # some 420,000 payments, far more than a processor's caches hold; every window is full
MEMORY_MIB = 128.0
SIZES = {1: 1500, 8: 400, 32: 150}  # batches of each size
STEPS = ("decode", "rows", "remember", "features", "trees", "reasons", "encode")
_RATES = load_rates()
WITHOUT_REASONS = "whole, without reasons"


@dataclass(frozen=True, slots=True)
class Told:
    """A brain's memory, and the messages of the payments that come next, as bytes of one transaction each."""

    memory: Memory
    messages: Iterator[bytes]


def measure_signals(*, rounds: int, seconds: float, progress: Progress) -> dict[str, Any]:
    """
    Measure, write results/signals.json, and return what it says.

    Args:
        rounds: How often the lone client sends payments of each kind.
        seconds: How long each time.

    Raises:
        BenchmarkError: as `measure` does.
    """
    about = machine.describe()
    payments, us_a_row = _cost_in_batches(progress)
    p50_ms = _wait_alone(rounds, seconds, progress)
    return results.write("signals", about | {"payments": payments, "us_a_row": us_a_row, "lone_p50_ms": p50_ms})


def _wait_alone(rounds: int, seconds: float, progress: Progress) -> dict[str, float]:
    """Let one client of the whole chain send either kind in turn. Returns its median p50 and that of the difference."""
    p50_ms: dict[str, list[float]] = {body: [] for body in BODIES}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running(Path(folder), SENTINEL) as (sentinel,),
    ):
        for body in BODIES:
            measure(sentinel, clients=20, seconds=2, body=body)  # warms it up, and gives users a history
        for turn in range(rounds):
            progress("one client", turn, rounds)
            for body, found in p50_ms.items():
                found.append(measure(sentinel, clients=1, seconds=seconds, body=body).p50_ms)
    more = [full - basic for basic, full in zip(*(p50_ms[body] for body in BODIES), strict=True)]
    return {body: statistics.median(found) for body, found in p50_ms.items()} | {"more": statistics.median(more)}


def _cost_in_batches(progress: Progress) -> tuple[int, dict[str, dict[str, dict[str, float]]]]:
    """Count the payments of the town, and measure microseconds a row: by kind, by size of the batch, by step."""
    progress("a town", 0, 2)
    payments = simulate_town(3, TOWN).payments
    scored = sum(size * count for size, count in SIZES.items())
    forms = {"all signals": payments, "four fields": payments.only(FOUR_FIELDS)}
    told = {name: _told(form, scored) for name, form in forms.items()}
    model = Model.load(HERE / "artifacts")
    replies = ReplyWriter(model)
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)  # as in the brain
    progress("scoring batches", 1, 2)
    found: dict[str, dict[str, dict[str, float]]] = {name: {} for name in told}
    for size, count in SIZES.items():
        times = {name: list[list[int]]() for name in told}
        for _ in range(count):
            for name, brain in told.items():
                times[name].append(_score([next(brain.messages) for _ in range(size)], brain.memory, model, replies))
        for name, taken in times.items():
            found[name][f"{size}"] = _medians_us(taken, size)
    return len(payments), found


def _told(payments: Payments, scored: int) -> Told:
    """Let a memory read all but the last payments."""
    memory, coming = Memory(MEMORY_MIB), messages(payments)
    batch: list[Query] = []
    for _ in range(len(payments) - scored):
        batch.append(read_transaction(fraud_pb2.Transaction.FromString(next(coming)), _RATES))
        if len(batch) == 1000:
            memory.add(batch)
            batch.clear()
    memory.add(batch)
    memory.coverage.read_all()
    memory.coverage.news_read(memory.now_s())
    return Told(memory, coming)


def _score(told: list[bytes], memory: Memory, model: Model, replies: ReplyWriter) -> list[int]:
    """Score one batch as the brain does. Returns the nanoseconds of each of STEPS."""
    at_ns = [time.perf_counter_ns()]
    done: Callable[[], None] = lambda: at_ns.append(time.perf_counter_ns())  # noqa: E731
    queries = [read_transaction(fraud_pb2.Transaction.FromString(one), _RATES) for one in told]
    done()
    rows = rows_of(queries)
    done()
    memory.add_scored(queries, rows)
    done()
    x, _ = read_features(memory, rows, model.label_delay_ms)
    done()
    prediction = model.predict(x)
    done()
    explanations = explain(queries, x, prediction.contributions)
    done()
    scores = prediction.risk_scores.tolist()
    reply = fraud_pb2.ScoreStreamReply()
    for query, score, reasons in zip(queries, scores, explanations, strict=True):
        answer = replies.write(query.transaction_id, score, reasons, is_degraded=False)
        reply.outcomes.add().score.CopyFrom(answer)
    reply.SerializeToString()
    done()
    return [after - before for before, after in pairwise(at_ns)]


def _medians_us(times_ns: list[list[int]], size: int) -> dict[str, float]:
    steps = {name: _median_us(taken, size) for name, taken in zip(STEPS, zip(*times_ns, strict=True), strict=True)}
    whole = [sum(taken) for taken in times_ns]
    bare = [sum(taken) - taken[STEPS.index("reasons")] for taken in times_ns]
    return {"whole": _median_us(whole, size), WITHOUT_REASONS: _median_us(bare, size), **steps}


def _median_us(times_ns: "list[int] | tuple[int, ...]", size: int) -> float:
    return statistics.median(times_ns) / 1000 / size
