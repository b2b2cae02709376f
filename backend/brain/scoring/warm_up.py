"""
Compiles what scoring calls, so that no payment waits for the compiler.

A brain does it before it serves: .3 s with the code of an earlier start, seconds without. `python -m
brain.scoring.warm_up` leaves that code behind, in the build of an image and in ./setup.sh.
"""

from brain.domain import Query
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.model.artifact import Model
from brain.model.drift import Drift
from brain.reasons.explanation import explain
from brain.scoring.features import read_features
from brain.settings import HERE


def warm_up(model: Model) -> None:
    """Score a payment that nobody made, and let a memory do all that it can do."""
    payment = Query("warm-up", 1, 100, "warm-up", "warm-up")
    memory = Memory(1)
    memory.add_scored([payment], rows_of([payment]))
    memory.add([payment])
    memory.label("warm-up", is_fraud=True, known_at_ms=1, revision=1)
    x, _ = read_features(memory, rows_of([payment]))
    prediction = model.predict(x)
    explain([payment], x, prediction.contributions)
    model.risk_scores(x)  # as a shadow
    Drift(model.references).add(x, prediction.risk_scores)
    memory.forget_people_of(["warm-up"])
    memory.remove_uncommitted()


if __name__ == "__main__":
    warm_up(Model.load(HERE / "artifacts"))
