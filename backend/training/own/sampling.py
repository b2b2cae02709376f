"""Draws some of many payments, so that five million train in the memory and the time of one."""

from dataclasses import replace

import numpy as np

from training.own.payments import OwnPayments
from training.own.splitting import Split

ROWS_MAX = 600_000  # of each, training and test: with 80 features four gigabytes for both
SEED = 1


def draw(own: OwnPayments, split: Split, *, rows_max: int = ROWS_MAX) -> tuple[OwnPayments, Split]:
    """
    Keep every fraud, and of more than `rows_max` payments so many of the genuine ones, each weighted for those that go.

    All stay in the histories. The split's `notes` say it.
    """
    weight, parts, notes = own.payments.weight.copy(), {}, list(split.notes)
    rng = np.random.default_rng(SEED)
    for name, called, rows in (("train", "to learn from", split.train), ("test", "of the test", split.test)):
        drawn = np.flatnonzero(~own.is_fraud[rows])
        room = rows_max - (rows.size - drawn.size)
        if rows.size <= rows_max or room < 1:
            continue
        gone = rng.choice(drawn, drawn.size - room, replace=False)
        weight[rows[np.setdiff1d(drawn, gone)]] *= drawn.size / room
        parts[name] = np.delete(rows, gone)
        notes.append(
            f"{rows.size:,} payments {called} are many: all frauds and {room:,} others, drawn by lot, were taken"
        )
    if not parts:
        return own, split
    train = parts.get("train", split.train)
    warm_up = int(np.searchsorted(train, split.train[split.warm_up])) if split.warm_up < split.train.size else 0
    drawn_split = replace(split, train=train, test=parts.get("test", split.test), warm_up=warm_up, notes=tuple(notes))
    return replace(own, payments=replace(own.payments, weight=weight)), drawn_split
