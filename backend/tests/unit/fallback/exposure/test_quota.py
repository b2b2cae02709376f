"""What a gateway may spend of a cap per outage: its share, for as long as nobody else can have it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.fallback.policy import Cap, Caps
from gateway.fallback.quota import Lease
from tests.spending import ALONE, CAP, ONE_OF_TWO, Setting, spend


async def test_one_that_is_alone_asks_the_ledger_once_until_it_spends(setting: Setting) -> None:
    """And again nothing when the outage is over: then its lease is not in anybody's way."""
    setting.rules = ALONE
    exposure = await setting.begin()
    await exposure.beat()
    asked_idle, leased_idle = setting.lease_store.reads, len(setting.lease_store.leases)
    assert await spend(exposure, CAP) is None
    (lease,) = setting.lease_store.leases.values()

    setting.is_healthy = True
    setting.clock.now_s += 60
    await exposure.beat()
    asked = setting.lease_store.reads
    await exposure.beat()

    assert (asked_idle, leased_idle, lease.share) == (1, 0, CAP)
    assert (setting.lease_store.leases, setting.lease_store.reads) == ({}, asked)
    assert exposure.share.share == CAP


@pytest.mark.parametrize("spent_before", [0, CAP * 9 // 10])
async def test_two_that_are_each_told_that_they_are_alone_never_pass_the_cap(
    setting: Setting, tmp_path: Path, spent_before: int
) -> None:
    """Nor before they have heard of each other: whoever spends leases first, and whoever comes next sees that."""
    other = Setting(tmp_path / "other")
    other.lease_store, setting.rules, other.rules = setting.lease_store, ALONE, ALONE
    first = await setting.begin()
    if spent_before:
        assert await spend(first, spent_before) is None

    second = await other.begin()
    await asyncio.gather(*(spend(one, 10, user_id=f"u{n}") for n in range(CAP // 10) for one in (first, second)))

    assert spent_before < first.spent + second.spent <= CAP
    await second.close()


async def test_what_a_stopped_gateway_has_spent_counts_for_the_next_that_is_alone(
    setting: Setting, tmp_path: Path
) -> None:
    """Until the outage is over."""
    setting.rules = ALONE
    first = await setting.begin()
    assert await spend(first, 900) is None
    await first.close()
    setting.running.clear()

    setting.directory = tmp_path / "other"
    second = await setting.begin()

    assert await spend(second, 101) is Cap.PER_OUTAGE
    assert await spend(second, 80) is None  # the rest is the first one's last chunk


async def test_one_that_is_alone_waits_for_no_ledger(setting: Setting) -> None:
    """The whole cap is its own, also after a crash, which forgets nothing that was spent."""
    setting.lease_store.is_away = True
    setting.rules = ALONE
    first = await setting.begin()
    assert await spend(first, CAP // 2) is None
    await first.beat()
    await setting.crash(first)
    again = await setting.begin()
    await again.beat()

    assert (again.share.share, again.share.is_known) == (CAP, True)
    assert CAP // 2 <= again.spent <= CAP // 2 + CAP // 100
    assert await spend(again, CAP // 2 + 1) is Cap.PER_OUTAGE


async def test_one_that_hears_another_shares_although_the_policy_says_that_it_is_alone(setting: Setting) -> None:
    """Two that are each told so would approve the cap twice; and it has the whole again when the other one is gone."""
    setting.rules, setting.has_company = ALONE, True
    setting.lease_store.leases["other"] = Lease("other", 400, 0, age_s=1.0)
    exposure = await setting.begin()

    assert exposure.share.share == 500
    setting.lease_store.leases.pop("other")
    setting.has_company = False
    await exposure.beat()
    asked = setting.lease_store.reads
    await exposure.beat()
    assert (exposure.share.share, setting.lease_store.reads) == (CAP, asked)


async def test_one_that_is_cut_off_from_its_company_has_no_share_when_the_lease_is_over(setting: Setting) -> None:
    """Whatever the policy says: the other one may have all by then."""
    setting.rules, setting.has_company = ALONE, True
    setting.lease_store.leases["other"] = Lease("other", 400, 0, age_s=1.0)
    exposure = await setting.begin()
    setting.lease_store.is_away = True
    setting.clock.now_s += 3600

    assert await spend(exposure, 1) is Cap.NO_SHARE


async def test_a_share_runs_out_when_the_ledger_is_away_for_as_long_as_a_lease_lasts(setting: Setting) -> None:
    """Somewhat earlier, so that nobody else can have it yet; and it is back with the ledger."""
    exposure = await setting.begin()
    setting.lease_store.is_away = True
    setting.clock.now_s += 0.89 * 3600
    before = await spend(exposure)
    setting.clock.now_s += 0.02 * 3600

    after = await spend(exposure)

    assert (before, after) == (None, Cap.NO_SHARE)
    setting.lease_store.is_away = False
    await exposure.beat()
    assert await spend(exposure) is None


async def test_an_outage_is_over_when_the_brain_has_been_well_for_a_minute(setting: Setting) -> None:
    """Not when it was only back for a moment; then the whole share is there again."""
    exposure = await setting.begin()
    assert await spend(exposure, CAP) is None
    setting.is_healthy = True
    setting.clock.now_s += 59
    await exposure.beat()
    setting.is_healthy = False
    await exposure.beat()
    setting.is_healthy = True
    setting.clock.now_s += 59
    await exposure.beat()
    assert await spend(exposure) is Cap.PER_OUTAGE
    setting.clock.now_s += 1

    await exposure.beat()

    assert exposure.spent == 0
    assert await spend(exposure, CAP) is None


async def test_a_cap_that_is_changed_while_the_ledger_is_away_changes_every_share_alike(setting: Setting) -> None:
    """So that all shares together are the new cap, when everybody has the new file."""
    setting.lease_store.leases["other"] = Lease("other", 500, 0, age_s=1.0)
    exposure = await setting.begin()
    assert exposure.share.share == 500
    setting.lease_store.is_away = True

    setting.rules = replace(ONE_OF_TWO, caps=Caps(per_outage=100))

    assert exposure.share.share == 50
    setting.rules = replace(ONE_OF_TWO, caps=Caps(per_outage=2_000))
    assert exposure.share.share == 1_000
