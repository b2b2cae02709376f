"""The population stability index, by hand, and the words for it."""

import math

import pytest

from gateway.features.models.facts import ROWS_MIN, SHARE_MIN, reading, stability_index


def test_the_index_by_hand() -> None:
    """Half and half became three quarters and one quarter."""
    index = stability_index([0.5, 0.5], [750, 250])

    assert index == pytest.approx(0.25 * math.log(1.5) - 0.25 * math.log(0.5))
    assert index == pytest.approx(0.27465, abs=1e-5)


def test_the_same_shares_are_no_drift() -> None:
    """Whatever the number of rows."""
    assert stability_index([0.2, 0.3, 0.5, 0.0], [200, 300, 500, 0]) == 0.0


def test_it_does_not_matter_which_way_something_moved() -> None:
    """Unlike the divergence that it is made of."""
    there = stability_index([0.5, 0.5], [800, 200])
    back = stability_index([0.8, 0.2], [500, 500])

    assert there == pytest.approx(back)


def test_an_empty_bin_is_rare_and_not_impossible() -> None:
    """On either side: finite, and large where a tenth of the payments came out of nowhere."""
    emerged = stability_index([1.0, 0.0], [900, 100])
    vanished = stability_index([0.9, 0.1], [1000, 0])

    assert emerged == pytest.approx((0.1 - SHARE_MIN) * math.log(0.1 / SHARE_MIN) + -0.1 * math.log(0.9))
    assert vanished is not None
    assert emerged is not None
    assert math.isfinite(vanished)
    assert reading(emerged) == reading(vanished) == "shifted"


def test_too_few_rows_say_nothing() -> None:
    """Chance alone would look like a shift."""
    assert stability_index([0.5, 0.5], [ROWS_MIN - 1, 0]) is None
    assert stability_index([0.5, 0.5], [ROWS_MIN, 0]) is not None
    assert reading(None) is None


@pytest.mark.parametrize(
    ("index", "word"), [(0.0, "stable"), (0.099, "stable"), (0.1, "shifting"), (0.25, "shifting"), (0.251, "shifted")]
)
def test_the_usual_reading(index: float, word: str) -> None:
    """Below 0.1 stable, above 0.25 shifted."""
    assert reading(index) == word
