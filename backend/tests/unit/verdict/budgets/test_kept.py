"""A gateway that comes back, or joins, has the threshold that it had, or that the others have."""

from copy import deepcopy
from pathlib import Path

import pytest

from gateway.features.budgets import snapshot
from gateway.features.budgets.snapshot import from_beats, to_beat
from gateway.verdict.budgets.service import Budgets
from tests.payments_scored import LIMITS, Shop

FILE = "budgets-0.json"


@pytest.fixture(scope="module")
def settled() -> Shop:
    """A shop whose threshold is on its way up, far above the model's own."""
    shop = Shop(per_day=4_000)
    shop.sell(1)
    return shop


@pytest.fixture
def shop(settled: Shop) -> Shop:
    """One for this test alone."""
    return deepcopy(settled)


def restarted(shop: Shop, path: Path) -> Shop:
    """The same shop with a gateway that has only its file."""
    shop.budgets = Budgets(shop.clock)
    snapshot.read(path, shop.budgets)
    return shop


def test_after_a_restart_the_threshold_is_the_same_and_goes_on(shop: Shop, tmp_path: Path) -> None:
    """Killed between two writes or not: what is on disk is enough."""
    path = tmp_path / FILE
    snapshot.write(path, snapshot.encode(shop.budgets))
    undisturbed = deepcopy(shop)
    before = shop.review_threshold

    shop = restarted(shop, path)

    assert before > 1.5 * LIMITS.review_threshold
    assert shop.review_threshold == before
    shop.sell(0.5)
    undisturbed.sell(0.5)
    assert shop.review_threshold == pytest.approx(undisturbed.review_threshold, rel=0.01)
    assert shop.review_threshold > 1.2 * before


def test_it_is_known_before_the_first_score(shop: Shop, tmp_path: Path) -> None:
    """A blind verdict right after a restart has it on record."""
    path = tmp_path / FILE
    snapshot.write(path, snapshot.encode(shop.budgets))
    before = shop.review_threshold

    thresholds = restarted(shop, path).budgets.thresholds(None)

    assert thresholds is not None
    assert thresholds.review == before


def test_what_was_counted_and_not_shared_is_shared_by_the_next_run(shop: Shop, tmp_path: Path) -> None:
    """Also the ten minutes that were not over: nothing of it vanishes."""
    path = tmp_path / FILE
    (model,) = shop.budgets.models.values()
    assert model.filling is not None
    counted = sum(sum(counts.values()) for counts in model.unshared.values()) + sum(model.filling[1].values())
    snapshot.write(path, snapshot.encode(shop.budgets))

    (again,) = restarted(shop, path).budgets.models.values()

    assert sum(sum(counts.values()) for counts in again.unshared.values()) == counted == shop.budgets.cap.payments
    assert {source for _, source in again.unshared} == {model.source}


def test_the_decline_cap_goes_on(shop: Shop, tmp_path: Path) -> None:
    """A restart gives no model five more blocks."""
    while shop.budgets.cap.take():
        pass
    snapshot.write(tmp_path / FILE, snapshot.encode(shop.budgets))

    cap = restarted(shop, tmp_path / FILE).budgets.cap

    assert (cap.used, cap.payments, cap.take()) == (8, shop.budgets.cap.payments, False)


@pytest.mark.parametrize("damage", [lambda b: b[:-10], lambda b: b.replace(b"0", b"1", 3), lambda b: b""])
def test_a_damaged_file_is_put_aside(shop: Shop, tmp_path: Path, damage: object) -> None:
    """Then the model's own threshold is in force until the others are heard."""
    path = tmp_path / FILE
    snapshot.write(path, snapshot.encode(shop.budgets))
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]

    assert restarted(shop, path).review_threshold == LIMITS.review_threshold
    assert [kept.name for kept in tmp_path.iterdir()] == [f"{FILE}.damaged"]


def test_whoever_joins_takes_up_where_the_others_are(shop: Shop) -> None:
    """By what was counted, and by where their threshold stands."""
    newcomer, (model,) = Budgets(shop.clock), shop.budgets.models.values()
    newcomer.receive(*from_beats([to_beat(shop.budgets)]))
    joined = newcomer.put(("gbdt", "1"), LIMITS)
    for slot, counts, _ in model.window.slots():
        joined.add(slot, "other", counts)

    newcomer.turn()

    assert joined.thresholds.review == shop.review_threshold


@pytest.mark.parametrize(
    "said",
    [None, "x", [None], [{}], [{"name": "gbdt", "version": "1", "log_odds": "x", "since_s": 1}],
     [{"name": "gbdt", "version": "1", "log_odds": float("nan"), "since_s": 1}]],
)  # fmt: skip
def test_what_is_not_understood_is_left_out(shop: Shop, said: object) -> None:
    """Another version speaks: nobody's threshold falls for that."""
    before = shop.review_threshold

    shop.budgets.receive(*from_beats([said]))

    assert shop.review_threshold == before
