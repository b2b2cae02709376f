"""Measures what a row costs: the scoring of a whole batch, its parts, and LightGBM on the same rows."""

from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import lightgbm

from benchmarks.timing import medians_us
from benchmarks.town import Asked
from brain.domain import Event, Query
from brain.features.batches import build_batch
from brain.features.formulas import compute
from brain.history.memory import Memory
from brain.model.artifact import MODEL_FILE, Model
from brain.reasons.explanation import explain
from brain.scoring.scorer import Scorer
from brain.settings import HERE

T = TypeVar("T")

ARTIFACTS = HERE / "artifacts"

WHOLE = "whole"
PARTS = ("build_batch", "compute", "predict", "explain")
LIGHTGBM, TREESHAP = "LightGBM predict", "LightGBM pred_contrib"


def measure(batches: Sequence[Asked], *, rounds: int) -> dict[str, float]:
    """
    Measure median microseconds for a whole batch, by name: WHOLE, each of PARTS, LIGHTGBM and TREESHAP.

    WHOLE is Scorer.score with a memory of the histories: their windows, the other parts, and the replies. LightGBM runs
    in one thread, on the rows that `compute` made.

    Args:
        batches: Of one size; the rounds take them in turn, so that no caches are warm of the very same rows.
        rounds: How often each is timed.
    """
    model = Model.load(ARTIFACTS)
    booster = lightgbm.Booster(model_file=str(ARTIFACTS / MODEL_FILE))
    laid_out = [build_batch(batch.queries, batch.users, batch.merchants) for batch in batches]
    rows = [compute(batch) for batch in laid_out]
    contributions = [model.predict(x).contributions for x in rows]
    scorers = [Scorer(model, _memory_of(batch)) for batch in batches]

    def whole(n: int) -> object:
        asked = batches[n % len(batches)]
        return _finish(scorers[n % len(batches)].score(asked.queries))

    def build(n: int) -> object:
        asked = batches[n % len(batches)]
        return build_batch(asked.queries, asked.users, asked.merchants)

    def reasons(n: int) -> object:
        n %= len(batches)
        return explain(batches[n].queries, rows[n], contributions[n])

    def lightgbm_predict(n: int, **options: Any) -> object:
        return booster.predict(rows[n % len(rows)], num_threads=1, **options)

    pieces = {
        WHOLE: whole,
        "build_batch": build,
        "compute": lambda n: compute(laid_out[n % len(laid_out)]),
        "predict": lambda n: model.predict(rows[n % len(rows)]),
        "explain": reasons,
        LIGHTGBM: lightgbm_predict,
        TREESHAP: lambda n: lightgbm_predict(n, pred_contrib=True),
    }
    return medians_us(pieces, rounds)


def _memory_of(asked: Asked) -> Memory:
    """Make a memory that holds all histories of a batch."""
    memory = Memory(4)
    memory.coverage.read_all()
    memory.coverage.news_read()
    for query, events in zip(asked.queries, asked.users, strict=True):
        memory.add([_payment(event, query.user_id, event.counterparty) for event in events])
    for query, events in zip(asked.queries, asked.merchants, strict=True):
        memory.add([_payment(event, event.counterparty, query.merchant_id) for event in events])
    return memory


def _payment(event: Event, user_id: str, merchant_id: str | None) -> Query:
    return Query(event.transaction_id, event.time_ms, event.amount_minor, user_id, merchant_id)


def _finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits: an event loop would cost a lone row as much as its features."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise RuntimeError("this was not to wait for anything")
