"""A payment is held against every cap: per payment, per user and hour, per merchant, per outage, in one currency."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.domain import BlindReason, Decision, Listed, ListName, Transaction
from gateway.fallback.policy import Cap, Caps, MerchantLine
from gateway.fallback.service import FallbackService, PolicyFile
from gateway.scoring.errors import ScorerFailure, ScorerRefusedRequest, ScorerTimedOut
from gateway.verdict.intake.decoding import to_transaction
from tests.spending import ALONE, ONE_OF_TWO, Setting, spend


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
    """Nobody can say what it is worth."""
    setting.rules = replace(ALONE, caps=caps)

    assert await spend(await setting.begin(), None) is line


@pytest.fixture
async def fallback(setting: Setting, tmp_path: Path) -> FallbackService:
    """Alone, with a cap of 10 USD an outage; amounts in EUR are worth 1.1 each, in CHF nobody knows."""
    path = tmp_path / "policy.toml"
    text = (
        '[blind]\nstance = "open"\nabove_cap = "block"\ngateways = 1\nlease_s = 3600\n'
        '[blind.caps]\nper_outage = 10\n[blind.channels.kiosk]\nstance = "closed"\n'
    )
    await asyncio.to_thread(path.write_text, text)
    file = PolicyFile(path)
    setting.rules = file.rules
    return FallbackService(file, await setting.begin(), {"EUR": Decimal("1.1"), "IDR": Decimal("0.00006")})


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
async def test_a_payment_without_a_score_is_held_against_the_policy(
    fallback: FallbackService, known: dict[str, object], failure: ScorerFailure, listed: Listed | None, line: str
) -> None:
    """Amounts count in the reference currency."""
    ruling = await fallback.rule(transaction(**known), failure.reason, listed, is_refusal=failure.is_refusal)

    assert ruling.fallback is not None
    assert ruling.fallback.policy == line
    is_capped = line.startswith("cap_")
    assert (ruling.fallback.reason_code is BlindReason.EXPOSURE_CAP_REACHED) == is_capped
    assert not is_capped or ruling.decision is Decision.BLOCK


async def test_what_rounds_to_nothing_still_counts(fallback: FallbackService, setting: Setting) -> None:
    """A thousand of them are something."""
    for _ in range(3):
        await fallback.rule(transaction(amount=Decimal(1), currency="IDR"), BlindReason.SCORER_TIMEOUT, None)

    assert setting.running[0].spent == 3
