"""What was spent is on disk, so no crash forgets it; and without a disk that can be trusted nothing is spent."""

import asyncio
from dataclasses import replace
from pathlib import Path

from gateway.fallback.policy import Cap, Caps
from tests.spending import ALONE, CAP, Setting, spend


async def test_a_crash_forgets_nothing_that_was_spent(setting: Setting) -> None:
    """Also while the ledger is away: the share and what is spent of it are on disk."""
    first = await setting.begin()
    for _ in range(50):
        assert await spend(first) is None
    await setting.crash(first)

    again = await setting.begin()

    assert again.share.is_known
    assert 500 <= again.spent <= 510
    approved = [await spend(again) for _ in range(60)].count(None)
    assert 500 + 10 * approved <= CAP


async def test_what_was_given_back_is_not_spent_after_a_start_without_a_ledger(setting: Setting) -> None:
    """Others may have it by now."""
    first = await setting.begin()
    assert await spend(first) is None
    await first.close()
    setting.running.clear()
    (left,) = setting.lease_store.leases.values()
    setting.lease_store.is_away = True

    again = await setting.begin()

    assert (left.is_returned, left.share) == (True, left.spent)
    assert await spend(again) is Cap.NO_SHARE


async def test_without_a_disk_nothing_is_approved_blind(setting: Setting, tmp_path: Path) -> None:
    """What is spent could be forgotten. A cap per payment alone needs no disk."""
    setting.directory = tmp_path / "file"
    setting.directory.touch()
    setting.rules = ALONE
    exposure = await setting.begin()

    assert await spend(exposure) is Cap.NO_SHARE
    assert await spend(exposure, 0) is None
    setting.rules = replace(ALONE, caps=Caps(per_transaction=10))
    assert await spend(exposure) is None


async def test_a_damaged_file_is_put_aside(setting: Setting, tmp_path: Path) -> None:
    """Then this gateway has never held a share, and asks for one."""
    await setting.crash(await setting.begin())
    path = tmp_path / "exposure-0.db"
    await asyncio.to_thread(path.write_bytes, b"no database, and longer than a header of one" * 100)

    exposure = await setting.begin()

    assert await spend(exposure) is Cap.NO_SHARE
    assert await asyncio.to_thread((tmp_path / "exposure-0.db.damaged").exists)
    setting.lease_store.is_away = False
    setting.lease_store.leases.clear()
    await exposure.beat()
    assert await spend(exposure) is None
