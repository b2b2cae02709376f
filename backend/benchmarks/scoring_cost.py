"""Measures what a row costs: the scoring of a whole batch, its parts, and LightGBM on the same rows."""

import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import lightgbm

from benchmarks.timing import medians_us
from benchmarks.town import Asked
from brain.domain import Query
from brain.features.batches import build_batch
from brain.features.formulas import compute
from brain.history.recent import RecentEvents
from brain.model.artifact import MODEL_FILE, Model
from brain.reasons.explanation import explain
from brain.scoring.scorer import Events, Scorer
from brain.settings import HERE

T = TypeVar("T")

ARTIFACTS = HERE / "artifacts"

WHOLE = "whole"
PARTS = ("build_batch", "compute", "predict", "explain")
LIGHTGBM, TREESHAP = "LightGBM predict", "LightGBM pred_contrib"


@dataclass(frozen=True, slots=True)
class _Known:
    """Returns histories that are read already, as reads are measured elsewhere."""

    asked: Asked

    async def read(self, queries: Sequence[Query]) -> tuple[list[Events], list[Events]]:
        """Return all histories at once."""
        return list(self.asked.users), list(self.asked.merchants)


def measure(batches: Sequence[Asked], *, rounds: int) -> dict[str, float]:
    """
    Measure median microseconds for a whole batch, by name: WHOLE, each of PARTS, LIGHTGBM and TREESHAP.

    WHOLE is Scorer.score with the histories at hand: the overlay of what was scored a moment ago, the four parts,
    and the replies. LightGBM runs in one thread, on the rows that `compute` made.

    Args:
        batches: Of one size; the rounds take them in turn, so that no caches are warm of the very same rows.
        rounds: How often each is timed.
    """
    model = Model.load(ARTIFACTS)
    booster = lightgbm.Booster(model_file=str(ARTIFACTS / MODEL_FILE))
    laid_out = [build_batch(batch.queries, batch.users, batch.merchants) for batch in batches]
    rows = [compute(batch) for batch in laid_out]
    contributions = [model.predict(x).contributions for x in rows]

    def whole(n: int) -> object:
        asked = batches[n % len(batches)]
        return _finish(Scorer(model, _Known(asked), RecentEvents(time.monotonic)).score(asked.queries))

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


def _finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits: an event loop would cost a lone row as much as its features."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise RuntimeError("this was not to wait for anything")
