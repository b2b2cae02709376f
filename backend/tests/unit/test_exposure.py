"""One gateway's spending of caps, on a real disk: what it may spend, what it remembers, and when it begins anew."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.blind.desk import BlindDesk
from gateway.blind.exposure import Exposure
from gateway.blind.file import PolicyFile
from gateway.blind.leases import Lease, Page
from gateway.blind.rules import BlindRules, Caps, MerchantLine
from gateway.domain import BlindReason, Decision, Listed, ListName, Transaction
from gateway.errors import LedgerUnreadable
from gateway.intake import to_transaction
from gateway.policy import Cap, Stance
from gateway.scoring.errors import ScorerFailure, ScorerRefusedRequest, ScorerTimedOut
from tests.clock import Clock

CAP = 1_000
ALONE = BlindRules(Stance.OPEN, Decision.REVIEW, 1, 3600, Caps(per_outage=CAP), {}, {})
ONE_OF_TWO = replace(ALONE, gateways=2)


class FakeBook:
    """Leases in memory; refuses while it is away."""

    def __init__(self) -> None:
        self.is_away = False
        self.leases: dict[str, Lease] = {}

    async def read(self) -> Page:
        if self.is_away:
            raise LedgerUnreadable("away")
        return Page(1, dict(self.leases))

    async def write(self, _page: Page, dropped: set[str], lease_id: str, mine: Lease | None) -> bool:
        if self.is_away:
            raise LedgerUnreadable("away")
        self.leases = {k: v for k, v in self.leases.items() if k not in dropped | {lease_id}}
        if mine is not None:
            self.leases[lease_id] = mine
        return True


class Setting:
    """What surrounds one gateway; `begin` starts it, on the same disk as before."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.book = FakeBook()
        self.clock = Clock()
        self.rules = ONE_OF_TWO
        self.is_well = False
        self.running: list[Exposure] = []
        self.prepared = asyncio.Event()
        self.prepared.set()

    async def begin(self) -> Exposure:
        exposure = Exposure(
            self.book,
            self.prepared,
            directory=self.directory,
            rules=lambda: self.rules,
            is_well=lambda: self.is_well,
            instance="gateway",
            now_s=self.clock,
            wall_s=lambda: 1_700_000_000.0 + self.clock(),
        )
        await exposure.start()
        self.running.append(exposure)
        return exposure

    async def crash(self, exposure: Exposure) -> None:
        """Nothing is given back; what is not on disk is gone."""
        self.book.is_away = True
        await exposure.close()
        self.running.remove(exposure)


@pytest.fixture
async def setting(tmp_path: Path) -> AsyncIterator[Setting]:
    """A ledger that is there, a brain that is not, one of two gateways."""
    found = Setting(tmp_path)
    yield found
    for exposure in found.running:
        await exposure.close()


async def spend(exposure: Exposure, amount: int | None = 10, user_id: str = "u1") -> Cap | None:
    """A payment."""
    return await exposure.spend(amount, user_id=user_id, merchant_id=None)


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
    (left,) = setting.book.leases.values()
    setting.book.is_away = True

    again = await setting.begin()

    assert (left.is_returned, left.share) == (True, left.spent)
    assert await spend(again) is Cap.NO_SHARE


async def test_one_that_is_alone_needs_no_ledger(setting: Setting) -> None:
    """Until it has seen another one."""
    setting.rules, setting.book.is_away = ALONE, True
    exposure = await setting.begin()
    assert await spend(exposure, CAP) is None
    setting.book.is_away = False
    setting.book.leases["other"] = Lease("other", 400, 0, age_s=1.0)
    await exposure.beat()
    setting.book.is_away = True
    setting.clock.now_s += 3600

    assert await spend(exposure, 1) is Cap.NO_SHARE


async def test_a_share_runs_out_when_the_ledger_is_away_for_as_long_as_a_lease_lasts(setting: Setting) -> None:
    """Somewhat earlier, so that nobody else can have it yet; and it is back with the ledger."""
    exposure = await setting.begin()
    setting.book.is_away = True
    setting.clock.now_s += 0.89 * 3600
    before = await spend(exposure)
    setting.clock.now_s += 0.02 * 3600

    after = await spend(exposure)

    assert (before, after) == (None, Cap.NO_SHARE)
    setting.book.is_away = False
    await exposure.beat()
    assert await spend(exposure) is None


async def test_an_outage_is_over_when_the_brain_has_been_well_for_a_minute(setting: Setting) -> None:
    """Not when it was only back for a moment; then the whole share is there again."""
    exposure = await setting.begin()
    assert await spend(exposure, CAP) is None
    setting.is_well = True
    setting.clock.now_s += 59
    await exposure.beat()
    setting.is_well = False
    await exposure.beat()
    setting.is_well = True
    setting.clock.now_s += 59
    await exposure.beat()
    assert await spend(exposure) is Cap.PER_OUTAGE
    setting.clock.now_s += 1

    await exposure.beat()

    assert exposure.spent == 0
    assert await spend(exposure, CAP) is None


async def test_a_cap_that_is_changed_while_the_ledger_is_away_changes_every_share_alike(setting: Setting) -> None:
    """So that all shares together are the new cap, when everybody has the new file."""
    setting.book.leases["other"] = Lease("other", 500, 0, age_s=1.0)
    exposure = await setting.begin()
    assert exposure.share.share == 500
    setting.book.is_away = True

    setting.rules = replace(ONE_OF_TWO, caps=Caps(per_outage=100))

    assert exposure.share.share == 50
    setting.rules = replace(ONE_OF_TWO, caps=Caps(per_outage=2_000))
    assert exposure.share.share == 1_000


async def test_caps_per_user_and_merchant_are_divided_by_the_gateways(setting: Setting) -> None:
    """Without asking anybody: so they hold whoever is away."""
    setting.rules = replace(
        ONE_OF_TWO, caps=Caps(per_user_hour=100), merchants={"m1": MerchantLine(per_outage=60, per_transaction=25)}
    )
    exposure = await setting.begin()

    assert [await spend(exposure, 25) for _ in range(3)] == [None, None, Cap.PER_USER_HOUR]
    assert [await exposure.spend(20, user_id=f"u{n}", merchant_id="m1") for n in (2, 3)] == [
        None,
        Cap.PER_MERCHANT_OUTAGE,
    ]
    assert await exposure.spend(26, user_id="u4", merchant_id="m1") is Cap.PER_TRANSACTION
    setting.clock.now_s += 3900
    assert await spend(exposure, 50) is None


@pytest.mark.parametrize(
    ("caps", "line"),
    [
        (Caps(per_transaction=5), Cap.PER_TRANSACTION),
        (Caps(per_user_hour=5), Cap.PER_USER_HOUR),
        (Caps(per_outage=5), Cap.PER_OUTAGE),
        (Caps(), None),
    ],
)
async def test_without_a_rate_a_payment_is_above_every_cap_that_is_set(
    setting: Setting, caps: Caps, line: Cap | None
) -> None:
    """Nobody can say what is at stake."""
    setting.rules = replace(ALONE, caps=caps)

    assert await spend(await setting.begin(), None) is line


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
    assert len(await asyncio.to_thread(lambda: list(tmp_path.glob("exposure-0.db.damaged-*")))) == 1
    setting.book.is_away = False
    setting.book.leases.clear()
    await exposure.beat()
    assert await spend(exposure) is None


async def test_two_processes_of_one_directory_have_a_file_each(setting: Setting) -> None:
    """Workers share a directory, and no share."""
    one, two = await setting.begin(), await setting.begin()
    await one.beat()
    await two.beat()

    assert [exposure.share.share for exposure in (one, two)] == [CAP // 2, CAP // 2]


@pytest.fixture
async def desk(setting: Setting, tmp_path: Path) -> BlindDesk:
    """Alone, with a cap of 10 USD an outage; amounts in EUR are worth 1.1 each, in CHF nobody knows."""
    path = tmp_path / "policy.toml"
    text = (
        '[blind]\nstance = "open"\nabove_cap = "block"\ngateways = 1\nlease_s = 3600\n'
        '[blind.caps]\nper_outage = 10\n[blind.channels.kiosk]\nstance = "closed"\n'
    )
    await asyncio.to_thread(path.write_text, text)
    file = PolicyFile(path)
    setting.rules = file.rules
    return BlindDesk(file, await setting.begin(), {"EUR": Decimal("1.1"), "IDR": Decimal("0.00006")})


def transaction(**known: object) -> Transaction:
    """A payment in EUR."""
    return to_transaction({"transaction_id": "t1", "currency": "EUR", "user_id": "u1"} | known)


@pytest.mark.parametrize(
    ("known", "failure", "listed", "line"),
    [
        ({"amount": Decimal(9)}, ScorerTimedOut(""), None, "fail_open"),
        ({"amount": Decimal("9.10")}, ScorerTimedOut(""), None, "cap_per_outage"),
        ({"amount": Decimal(1), "currency": "CHF"}, ScorerTimedOut(""), None, "cap_per_outage"),
        ({"amount": Decimal(99), "channel": "kiosk"}, ScorerTimedOut(""), None, "closed"),
        ({"amount": Decimal(99)}, ScorerRefusedRequest(""), None, "review_refused"),
        ({"amount": Decimal(99)}, ScorerTimedOut(""), Listed(ListName.ALLOW, "user"), "allow_list"),
    ],
)
async def test_the_desk_holds_a_payment_against_the_policy(
    desk: BlindDesk, known: dict[str, object], failure: ScorerFailure, listed: Listed | None, line: str
) -> None:
    """Amounts count in the reference currency."""
    ruling = await desk.rule(transaction(**known), failure, listed)

    assert ruling.fallback is not None
    assert ruling.fallback.policy == line
    is_capped = line.startswith("cap_")
    assert (ruling.fallback.reason_code is BlindReason.EXPOSURE_CAP_REACHED) == is_capped
    assert not is_capped or ruling.decision is Decision.BLOCK


async def test_what_rounds_to_nothing_still_counts(desk: BlindDesk, setting: Setting) -> None:
    """A thousand of them are something."""
    for _ in range(3):
        await desk.rule(transaction(amount=Decimal(1), currency="IDR"), ScorerTimedOut(""), None)

    assert setting.running[0].spent == 3
