"""What a gateway takes over of what others wrote down: from models that it does not know, and from other versions."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.ledger.client import Database
from gateway.verdict.budgets.service import MODELS_MAX
from gateway.verdict.budgets.window import SLOT_S, slot_of
from records.account import ACCOUNT
from tests.clock import Clock
from tests.integration.test_budgets import Gateway

LIMITS = {"review_threshold": 0.08, "block_threshold": 0.45, "may_block": False, "own_labels": False}


@pytest.fixture
async def gateway(database: Database, tmp_path: Path) -> Gateway:
    """One that has read what the ledger had: nothing."""
    clock = Clock()
    clock.now_s = 1_800_000_000.0
    gateway = Gateway(database, tmp_path, clock)
    await gateway.sharing.exchange()
    return gateway


async def write(database: Database, version: str, slot: int, **other: Any) -> None:
    """What another gateway counted."""
    told = {
        "_id": f"gbdt/{version}/{slot}/other",
        "account": ACCOUNT,
        "model": {"name": "gbdt", "version": version, "limits": LIMITS},
        "slot": slot,
        "source": "other",
        "ended_at": datetime.fromtimestamp((slot + 1) * SLOT_S, UTC),
        "bins": [0],
        "payments": [100],
        "start": None,
        "shared_at": datetime.now(UTC),
    }
    await database["budget_scores"].insert_one({**told, **other})


async def test_a_new_model_that_others_score_with_takes_the_place_of_the_oldest(
    database: Database, gateway: Gateway
) -> None:
    """Or a gateway that runs for months would know of a fifth version only what it counts itself."""
    for version in range(MODELS_MAX):
        gateway.shop.version = str(version)
        gateway.shop.pay(0.01)
        gateway.shop.clock.now_s += 30 * SLOT_S
    await write(database, "new", slot_of(gateway.shop.clock.now_s))

    await gateway.sharing.exchange()

    assert [version for _, version in gateway.budgets.models] == ["1", "2", "3", "new"]


async def test_what_others_count_of_an_old_model_takes_no_place(database: Database, gateway: Gateway) -> None:
    """Those that have scored since come first."""
    old = slot_of(gateway.shop.clock.now_s)
    for version in range(MODELS_MAX):
        gateway.shop.clock.now_s += 30 * SLOT_S
        gateway.shop.version = str(version)
        gateway.shop.pay(0.01)
    await write(database, "old", old)

    await gateway.sharing.exchange()

    assert [version for _, version in gateway.budgets.models] == ["0", "1", "2", "3"]


async def test_a_value_that_is_none_keeps_nothing_away(database: Database, gateway: Gateway) -> None:
    """It is left out, and what others wrote beside it is counted."""
    slot = slot_of(gateway.shop.clock.now_s)
    strange: list[dict[str, Any]] = [
        {"model": {"name": "gbdt", "version": "s", "limits": LIMITS | {"review_threshold": None}}},
        {"model": {"name": "gbdt", "version": "s", "limits": LIMITS | {"block_threshold": "0.45"}}},
        {"bins": ["low"]},
        {"payments": [None]},
        {"start": {"log_odds": None, "since_s": 0.0}},
    ]
    for n, other in enumerate(strange):
        await write(database, "s", slot, **other, _id=f"strange {n}", source=str(n))
    await write(database, "1", slot)

    await gateway.sharing.exchange()

    assert list(gateway.budgets.models) == [("gbdt", "1")]


async def test_limits_of_a_newer_version_are_read(database: Database, gateway: Gateway) -> None:
    """In a rollout both versions count the same traffic: a word more must not part them."""
    newer = {"name": "gbdt", "version": "1", "limits": LIMITS | {"of": "tomorrow"}}
    await write(database, "1", slot_of(gateway.shop.clock.now_s), model=newer)

    await gateway.sharing.exchange()

    assert list(gateway.budgets.models) == [("gbdt", "1")]
