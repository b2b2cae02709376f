"""The policy file as it is on disk, looked at each second, and who decides by it what could not be scored."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import structlog

from gateway.domain import BlindReason, Listed, Ruling, Transaction
from gateway.fallback.caps import Exposure
from gateway.fallback.policy import BlindRules, PolicyMistake, Stance, decide_blind, read_rules
from gateway.kit import clock
from gateway.kit.periodic import Periodic
from gateway.settings import Settings
from money.currencies import to_reference_minor

_log = structlog.get_logger()
_LOOK_S = 1.0
_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules, and which ones: `version` is the beginning of the file's SHA-256."""

    rules: BlindRules
    version: str
    loaded_at: datetime


class PolicyFile(Periodic):
    """
    The policy in force.

    The content is compared, not the time of the file: a ConfigMap that is swapped, or a copy that keeps its time, is
    seen as well, and reading 2 kB a second costs nothing.

    Attributes:
        error: Why the file as it is now is not in force; None when it is.

    Raises:
        PolicyMistake: the file is wrong from the start. The message begins with its name.
    """

    def __init__(self, path: Path, *, gateways: int | None = None) -> None:
        """Args: gateways: replaces the number that the file gives."""
        super().__init__("policy", self.look, every_s=_LOOK_S)
        self.error: str | None = None
        self._path = path
        self._gateways = gateways
        try:
            content = _read(path)
            self._seen = _digest(content)
            self._policy = self._to_policy(content)
        except (OSError, PolicyMistake) as mistake:
            raise PolicyMistake(f"{path}: {_to_line(mistake)}") from None

    @property
    def current(self) -> Policy:
        """What holds now."""
        return self._policy

    @property
    def rules(self) -> BlindRules:
        """What holds now."""
        return self._policy.rules

    async def look(self) -> None:
        """Take the file over if it changed. Never raises; each mistake is logged once."""
        try:
            content = await asyncio.to_thread(_read, self._path)
            seen = _digest(content)
            if seen == self._seen:
                return
            self._seen = seen
            if seen != self._policy.version:
                self._policy = self._to_policy(content)
                _log.info("policy.loaded", version=seen)
            self.error = None
        except OSError as error:
            self._seen = ""  # whatever is there next is looked at, also when it is the file of before
            self._complain(error)
        except PolicyMistake as mistake:
            self._complain(mistake)

    def _complain(self, mistake: Exception) -> None:
        line = _to_line(mistake)
        if line != self.error:
            _log.error("policy.refused", file=str(self._path), mistake=line, in_force=self._policy.version)
        self.error = line

    def _to_policy(self, content: bytes) -> Policy:
        rules = read_rules(content)
        if self._gateways is not None:
            rules = replace(rules, gateways=self._gateways)
        return Policy(rules, _digest(content), clock.now())


def check_policy(settings: Settings) -> None:
    """
    Refuse a policy file that cannot be meant, before anything is started.

    Raises:
        SystemExit: with one line that names the place.
    """
    try:
        PolicyFile(settings.policy_file, gateways=settings.policy_gateways)
    except PolicyMistake as mistake:
        raise SystemExit(f"GATEWAY_POLICY_FILE: {mistake}") from None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_BYTES_MAX + 1)
    if len(content) > _BYTES_MAX:
        raise PolicyMistake(f"larger than {_BYTES_MAX} bytes")
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _to_line(mistake: Exception) -> str:
    if isinstance(mistake, OSError):
        return f"cannot be read: {mistake.strerror or type(mistake).__name__}"
    return str(mistake)


class FallbackService:
    """
    Decides transactions without a score.

    Args:
        file: The fallback policy in force.
        exposure: The caps on what is approved without a score.
        rates: Units of the reference currency for one unit of each currency.
    """

    def __init__(self, file: PolicyFile, exposure: Exposure, rates: Mapping[str, Decimal]) -> None:
        self._file = file
        self._exposure = exposure
        self._rates = rates

    async def rule(
        self, transaction: Transaction, reason: BlindReason, listed: Listed | None, *, is_refusal: bool = False
    ) -> Ruling:
        """
        Decide a transaction without a score. What is not approved within the caps spends nothing of them.

        Waits only for this machine's own disk, 0.5 s at most, and only when a chunk of a cap is used up.

        Args:
            reason: Why there is no score.
            listed: The list that decides it, if one does.
            is_refusal: The scorer is well, and will not score this very transaction.
        """
        rules = self._file.rules
        stance = rules.stance_of(transaction.merchant_id, transaction.request.get("channel"))
        cap = None
        if listed is None and not is_refusal and stance is Stance.OPEN:
            cap = await self._exposure.spend(
                self._amount_reference_minor(transaction),
                user_id=transaction.user_id,
                merchant_id=transaction.merchant_id,
            )
        return decide_blind(
            reason,
            is_refusal=is_refusal,
            listed=listed,
            stance=stance,
            cap=cap,
            above_cap=rules.above_cap,
        )

    def _amount_reference_minor(self, transaction: Transaction) -> int | None:
        """In hundredths of the reference currency; what rounds to nothing is one, for many of them are something."""
        money = transaction.money
        amount = to_reference_minor(money.minor_units, money.currency, self._rates)
        return 1 if amount == 0 and money.minor_units else amount
