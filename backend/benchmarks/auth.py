"""
`sentinel bench auth`: what a key costs a verdict, and whether the time of a refusal tells which keys there are.

All in one process, on what the endpoint itself calls. Turns with a key and turns without take turns, and what is told
is their difference in CPU time.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from benchmarks import machine, results
from benchmarks.progress import Progress
from benchmarks.stats import spread
from gateway.access.errors import KeyInvalid
from gateway.access.keys import ApiKey, KeyDirectory, hash_secret, new_key, split_key
from gateway.access.limits import Limits
from gateway.access.scopes import Scope
from gateway.access.service import AccessControl
from gateway.features.transactions.endpoint import MAY_SUBMIT
from gateway.settings import AuthMode

KEYS = 1_000
TURN = 20_000  # requests
TRIES = 10_000
Request = dict[str, Any]


def measure_auth(*, rounds: int, progress: Progress) -> dict[str, Any]:
    """
    Measure, write results/auth.json, and return what it says.

    `chance` is how likely a refused unknown key takes longer than a wrong secret of a known one, of two at random:
    0.5 tells nobody anything.
    """
    directory = KeyDirectory()
    sent = [_add(directory) for _ in range(KEYS)]
    control = AccessControl(AuthMode.REQUIRED, directory, Limits(1e9, 1_000, time.monotonic), now_s=time.time)
    requests = [_request(key) for key in sent]
    costs_us = []
    for turn in range(rounds):
        progress("with and without a key", turn, rounds)
        with_key, without = _cpu_us(requests, lambda request: _admit(control, request)), _cpu_us(requests, _nothing)
        costs_us.append(with_key - without)
    progress("refusals", 0, 1)
    unknown_ns, wrong_ns = _refusals_ns(control, sent)
    cost = spread(costs_us)
    found = {
        "keys": KEYS,
        "rounds": rounds,
        "cpu_us": cost.median,
        "spread": [cost.low, cost.high],
        "refused_us": {
            "unknown": statistics.median(unknown_ns) / 1000,
            "wrong": statistics.median(wrong_ns) / 1000,
        },
        "tries": TRIES,
        "chance": _chance(unknown_ns, wrong_ns),
    }
    return results.write("auth", machine.describe() | found)


def _add(directory: KeyDirectory) -> str:
    public_id, sent = new_key()
    parts = split_key(sent)
    assert parts is not None  # noqa: S101  (it was just made)
    now = datetime.now(UTC)
    directory.put(
        ApiKey(
            id=public_id, client="shop", scopes=(Scope.SCORE_WRITE,), secret_sha256=hash_secret(parts[1]),
            created_at=now, created_by="bench",
        )
    )  # fmt: skip
    return sent


def _request(key: str) -> Request:
    headers = {
        "host": "gateway:8000", "content-type": "application/json", "content-length": "180",
        "accept": "*/*", "user-agent": "shop/1.0", "authorization": f"Bearer {key}",
    }  # fmt: skip
    return {
        "type": "http",
        "client": ("10.0.0.7", 40000),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }


def _admit(control: AccessControl, request: Request) -> None:
    control.enter(request, MAY_SUBMIT).leave()


def _nothing(_request: Request) -> None:
    """Stand for a gateway that asks nobody."""


def _cpu_us(requests: list[Request], piece: Callable[[Request], None]) -> float:
    started_s = time.process_time()
    for number in range(TURN):
        piece(dict(requests[number % KEYS]))
    return (time.process_time() - started_s) / TURN * 1e6


def _refusals_ns(control: AccessControl, sent: list[str]) -> tuple[list[int], list[int]]:
    """Time refusals in an order that nobody can guess: of keys that are not there, and of known ids."""
    secrets = [new_key()[1][-43:] for _ in range(2 * TRIES)]
    ids = [new_key()[0] for _ in range(TRIES)] + [random.choice(sent)[9:21] for _ in range(TRIES)]  # noqa: S311
    tries = list(range(2 * TRIES))
    random.shuffle(tries)
    taken_ns = [0] * len(tries)
    for number in tries:
        request = _request(f"sentinel_{ids[number]}_{secrets[number]}")
        started_ns = time.perf_counter_ns()
        try:
            control.enter(request, MAY_SUBMIT)
        except KeyInvalid:
            taken_ns[number] = time.perf_counter_ns() - started_ns
    return taken_ns[:TRIES], taken_ns[TRIES:]


def _chance(ones: list[int], others: list[int]) -> float:
    """Compute how likely one is the greater of two, ties counted half: Mann and Whitney's U over all pairs."""
    ranked = sorted([(value, True) for value in ones] + [(value, False) for value in others])
    total, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        rank = (place + end + 1) / 2  # the middle of the places that are tied, from 1
        total += rank * sum(is_one for _, is_one in ranked[place:end])
        place = end
    return (total - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))
