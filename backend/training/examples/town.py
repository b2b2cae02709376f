"""
Makes the rows of a town that the shipped model is trained on.

All frauds and a part of the genuine payments are used, weighted so that the shares stay. Most merchants do not send all
that a request may carry, so the same payments are used again as they would send them: with four fields, with a
merchant beside, with those fields that each merchant happens to send; and as a service that is young, behind or without
labels would know them.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.examples.dataset import Examples
from training.examples.histories import features, masked_features
from training.examples.signals import draw_lost, without_signals
from training.payments import NO_CODE, Payments
from training.world.town.simulator import Town

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WARM_UP_DAYS = 20  # a service is young too: its first model must know short histories
FOUR_FIELDS = ("user",)
FIVE_FIELDS = ("user", "merchant")
LOST_SHARE = 0.4  # of merchants do not send one signal; as many send no merchant


class Form(NamedTuple):
    """
    The payments of a town as merchants may send them.

    Attributes:
        genuine_share: Of the genuine payments are used; of the frauds all.
        weight: What a payment in this form counts, against one with all fields.
        is_masked: Whether parts of the history are taken away, too.
    """

    payments: Payments
    genuine_share: float
    weight: float
    is_masked: bool = False


def town_examples(town: Town, *, seed: int, label_delay_ms: int) -> Examples:
    """
    Make the rows of one town.

    Args:
        seed: Chooses payments and what they lose.
        label_delay_ms: After so long a payment without a label counts as genuine.
    """
    rng = np.random.default_rng(seed)
    candidates = np.flatnonzero(town.day >= WARM_UP_DAYS)
    parts = [_rows(form, candidates, rng, label_delay_ms) for form in _forms(town.payments, rng)]
    return Examples(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _forms(payments: Payments, rng: np.random.Generator) -> list[Form]:
    four, five = payments.only(FOUR_FIELDS), payments.only(FIVE_FIELDS)
    return [
        Form(payments, 1 / 4, 1.0),
        Form(four, 1 / 6, 1.0),
        Form(five, 1 / 8, 1 / 3),
        Form(_torn(payments, rng), 1 / 8, 1 / 3),
        Form(payments, 1 / 8, 1 / 6, is_masked=True),
        Form(four, 1 / 12, 1 / 12, is_masked=True),
        Form(five, 1 / 8, 1 / 8, is_masked=True),
    ]


def _torn(payments: Payments, rng: np.random.Generator) -> Payments:
    """Return the payments of merchants each of whom sends other signals, or not who they are."""
    count = int(payments.merchant.max(initial=0)) + 1
    lost = draw_lost(count, rng, each=LOST_SHARE, all_of_them=0.0)[payments.merchant]
    keeps_merchant = (rng.random(count) >= LOST_SHARE)[payments.merchant]
    torn = without_signals(payments, lost)
    return replace(torn, merchant=np.where(keeps_merchant, torn.merchant, NO_CODE))


def _rows(
    form: Form, candidates: Ints, rng: np.random.Generator, label_delay_ms: int
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Make the features, labels and weights of all frauds and a share of the genuine payments, ascending."""
    payments, share = form.payments, form.genuine_share
    fraud = payments.fraud[candidates]
    rows = candidates[fraud | (rng.random(candidates.size) < share)]
    fraud = payments.fraud[rows]
    if form.is_masked:
        x = masked_features(payments, rows, rng)
    else:
        x = features(payments, rows, label_delay_ms=label_delay_ms)
    return x, fraud, form.weight * np.where(fraud, 1.0, 1 / share)
