"""No payment waits for the compiler, and what is compiled is what the source says."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from msgspec.structs import replace
from numba.core.registry import CPUDispatcher

import tests
from brain.domain import DAY_MS, Query
from brain.history.memory import Memory
from brain.model.artifact import Model
from brain.model.drift import Drift
from brain.scoring.scorer import Scorer
from brain.scoring.shadow import Shadow
from brain.scoring.warm_up import warm_up
from brain.settings import HERE
from protos.fraud_pb2 import ScoreReply

NOW_MS = 1_800_000_000_000


def functions() -> set[CPUDispatcher]:
    """All compiled functions of the brain."""
    modules = [module for name, module in sys.modules.items() if name.startswith("brain.")]
    return {value for module in modules for value in vars(module).values() if isinstance(value, CPUDispatcher)}


def compilations() -> int:
    """How many compiled versions of the brain's functions there are."""
    return sum(len(function.signatures) for function in functions())


def score_a_town() -> list[ScoreReply]:
    """Do all that a brain does: remember, label, score, forget."""
    rng = np.random.default_rng(1)
    model, memory = Model.load(HERE / "artifacts"), Memory(1)
    payments = [
        Query(
            f"t{n}",
            NOW_MS - (400 - n) * DAY_MS // 10,
            int(rng.integers(1, 90_000)),
            f"u{rng.integers(5)}",
            f"m{rng.integers(3)}" if n % 9 else None,
            is_blocked=n % 50 == 0,
        )
        for n in range(400)
    ]
    memory.add(payments[:200])
    memory.add(payments[200:380], is_backwards=True)
    for n in range(0, 300, 7):
        memory.label(f"t{n}", is_fraud=True, known_at_ms=NOW_MS - 5 * DAY_MS, revision=1)
    memory.coverage.read_all()
    memory.coverage.news_read(memory.now_s())
    scorer = Scorer(model, memory, shadow=Shadow(model, lambda: 0.0), drift=Drift(model.references))
    asked = [replace(payment, is_canary=n % 5 == 0) for n, payment in enumerate(payments[380:])]
    outcomes = [*scorer.score(asked), *scorer.score(asked[:1])]
    memory.forget_people_of(["t3"])
    memory.remove_uncommitted()
    return [outcome for outcome in outcomes if isinstance(outcome, ScoreReply)]


def test_after_the_warm_up_nothing_is_left_to_compile() -> None:
    """In a read-only image the code of a forgotten function would be made in each start, by the first payment."""
    warm_up(Model.load(HERE / "artifacts"))
    before = compilations()

    assert len(score_a_town()) == 21
    assert compilations() == before


def test_what_borrows_arrays_gives_none_away() -> None:
    """Who counts them would free them. Only `window` hands its own on, to a function that borrows as well."""
    borrowing = [function for function in functions() if function.targetoptions.get("_nrt") is False]
    answers = {function.__name__: get_type_hints(function.py_func)["return"] for function in borrowing}

    giving = {name for name, answer in answers.items() if any("ndarray" in str(part) for part in parts_of(answer))}

    assert len(answers) > 30
    assert giving == {"window"}


def parts_of(answer: Any) -> list[Any]:
    """A type, or those of the fields of a named tuple."""
    return [*get_type_hints(answer).values()] if hasattr(answer, "_fields") else [answer]


def test_uncompiled_the_same_source_gives_the_same_scores_and_reasons() -> None:
    """NUMBA_DISABLE_JIT=1 is for whoever looks for an error: it must show the same one."""
    compiled = [told(reply) for reply in score_a_town()]
    run = f"import {__name__} as t; print(t.json.dumps([t.told(r) for r in t.score_a_town()]))"

    done = subprocess.run(  # noqa: S603 (our own Python)
        [sys.executable, "-c", run],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(tests.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )

    plain = json.loads(done.stdout)
    assert [reasons for _, reasons in plain] == [reasons for _, reasons in compiled]
    assert max(abs(a - b) for (a, _), (b, _) in zip(plain, compiled, strict=True)) < 1e-14


def told(reply: ScoreReply) -> tuple[float, list[list[str | float]]]:
    """The score and its reasons."""
    return reply.risk_score, [[reason.code, reason.message, reason.contribution] for reason in reply.reasons]
