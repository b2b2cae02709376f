"""Payments of which nothing but the amount is known, added to what an own model learns from."""

import numpy as np
import pytest

from brain.domain import Query
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.scoring.features import read_features
from training.own.strangers import COUNT_MAX, SHARE, Strangers


@pytest.mark.parametrize("frauds", [0, 30, COUNT_MAX + 10])
def test_they_weigh_their_share_however_few_are_frauds(frauds: int) -> None:
    """Among them frauds are as frequent as among the payments; no kind is needed, and each is bounded."""
    fraud = np.arange(COUNT_MAX + 10) < frauds
    weight = np.where(fraud, 1.0, 7.0)

    found = Strangers.draw(np.full(fraud.size, 1_000), fraud, weight, seed=1)

    assert found.weight.sum() == pytest.approx(SHARE * weight.sum())
    assert found.weight[fraud[found.of]].sum() == pytest.approx(SHARE * frauds)
    assert found.of.size == min(frauds, COUNT_MAX // 2) + min(fraud.size - frauds, COUNT_MAX // 2)


def test_a_part_of_the_time_takes_none_of_another_and_each_keeps_its_amount() -> None:
    """What is scored unseen was not learned from; a gateway's canary of the same amount looks the same."""
    minor = np.arange(1, 101) * 1_000
    chosen = np.arange(100) >= 25

    found = Strangers.draw(minor, np.arange(100) % 10 == 0, np.ones(100), seed=1).take(chosen)

    assert found.of.tolist() == list(range(25, 100))
    canaries = [Query("canary", 1, int(one), "canary", None, is_canary=True) for one in minor[25:]]
    np.testing.assert_array_equal(found.x, read_features(Memory(0.01), rows_of(canaries))[0])
