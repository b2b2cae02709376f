"""
The policy for transactions without a score: the file's content, held against its schema and put into hundredths of the
reference currency, and the decision that it leads to. Pure: no clock, no I/O.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from gateway import decisions
from gateway.domain import BlindReason, Decision, DecisionSource, Fallback, Listed, Ruling
from gateway.values.fields import Id, Word

# Lines of the blind policy, as `fallback.policy` names them; `Cap` and the lists are the others.
FAIL_OPEN = "fail_open"
REVIEW = "review"
CLOSED = "closed"
REVIEW_REFUSED = "review_refused"
_CAP_MAX = 10**12  # reference units; sums of hundredths then stay far inside 64 bits
_GATEWAYS_MAX = 200  # as many as the fleet lists
_MERCHANTS_MAX = 10_000
_CHANNELS_MAX = 1_000
_MISTAKES_MAX = 5


class Stance(StrEnum):
    """What becomes of a payment that cannot be scored."""

    OPEN = "open"  # approved, below the caps
    REVIEW = "review"
    CLOSED = "closed"  # blocked


class Cap(StrEnum):
    """A bound that a blind approval would have passed."""

    PER_TRANSACTION = "cap_per_transaction"
    PER_USER_HOUR = "cap_per_user_hour"
    PER_MERCHANT_OUTAGE = "cap_per_merchant_outage"
    PER_OUTAGE = "cap_per_outage"
    NO_SHARE = "cap_no_share"  # there is a cap per outage, and this gateway holds no part of it that it knows of


def decide_blind(
    reason: BlindReason,
    *,
    is_refusal: bool = False,
    listed: Listed | None = None,
    stance: Stance = Stance.OPEN,
    cap: Cap | None = None,
    above_cap: Decision = Decision.REVIEW,
) -> Ruling:
    """
    Rule without a score, and say which line decided: the first of these that applies.

    Args:
        reason: Why there is no score.
        is_refusal: The scorer is well, and this very transaction is what it will not score. That goes to a person:
            otherwise a caller could choose to be approved blind.
        listed: Lists need no scorer.
        stance: Of the merchant, the channel or the default.
        cap: The cap that an approval would pass, if it would.
        above_cap: What becomes of it then.
    """
    source = DecisionSource.FALLBACK
    if listed is not None:
        decision, line, source = decisions.OF_LIST[listed.name], f"{listed.name.value}_list", DecisionSource.LIST
    elif is_refusal:
        decision, line = Decision.REVIEW, REVIEW_REFUSED
    elif stance is Stance.CLOSED:
        decision, line = Decision.BLOCK, CLOSED
    elif stance is Stance.REVIEW:
        decision, line = Decision.REVIEW, REVIEW
    elif cap is not None:
        decision, line, reason = above_cap, cap.value, BlindReason.EXPOSURE_CAP_REACHED
    else:
        decision, line = Decision.APPROVE, FAIL_OPEN
    return Ruling(decision, source, fallback=Fallback(reason_code=reason, policy=line), listed=listed)


class PolicyMistake(Exception):
    """The message is one line: each wrong place, and what would be right there."""


@dataclass(frozen=True, slots=True)
class Caps:
    """Hundredths of the reference currency; None means no such cap."""

    per_transaction: int | None = None
    per_user_hour: int | None = None
    per_outage: int | None = None


@dataclass(frozen=True, slots=True)
class MerchantLine:
    """What is different for one merchant; None means as for everybody."""

    stance: Stance | None = None
    per_transaction: int | None = None
    per_outage: int | None = None


@dataclass(frozen=True, slots=True)
class BlindRules:
    """
    The blind policy.

    Attributes:
        gateways: How many share the caps at most.
        lease_s: After so much silence a gateway's share goes back.
    """

    stance: Stance
    above_cap: Decision
    gateways: int
    lease_s: int
    caps: Caps
    merchants: Mapping[str, MerchantLine]
    channels: Mapping[str, Stance]

    def stance_of(self, merchant_id: str | None, channel: str | None) -> Stance:
        """Find the merchant's own line, else the channel's, else the default."""
        own = self.merchants.get(merchant_id or "")
        if own is not None and own.stance is not None:
            return own.stance
        return self.channels.get(channel or "", self.stance)

    def per_transaction_of(self, merchant_id: str | None) -> int | None:
        """Find the merchant's own cap, else everybody's."""
        own = self.merchants.get(merchant_id or "")
        return own.per_transaction if own is not None and own.per_transaction is not None else self.caps.per_transaction


def read_rules(content: bytes) -> BlindRules:
    """
    Read the rules in a policy file.

    Raises:
        PolicyMistake: it is not TOML, or says what no policy can mean.
    """
    try:
        table = tomllib.loads(content.decode(), parse_float=Decimal)
        return _to_rules(_File.model_validate(table).blind)
    except ValidationError as error:
        raise PolicyMistake(_to_line(error.errors(include_input=False, include_url=False))) from None
    except UnicodeDecodeError as error:
        raise PolicyMistake(f"not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise PolicyMistake("nested deeper than any policy") from None
    except ValueError as error:  # tomllib's own, and Python's for a whole number of more than 4,300 digits
        raise PolicyMistake(f"not TOML: {error}") from None


def _hundredths(value: object) -> int:
    """From reference units; a number with at most two decimals, never a float."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("cap_type", "must be a number, in units of the reference currency")
    amount = Decimal(value)
    if not amount.is_finite() or not 0 <= amount <= _CAP_MAX:
        raise PydanticCustomError("cap_range", "must be a number from 0 to 1000000000000")
    hundredths = amount * 100
    if hundredths != hundredths.to_integral_value():
        raise PydanticCustomError("cap_decimals", "must have at most two decimals")
    return int(hundredths)


def _no_more_than(count_max: int) -> AfterValidator:
    def check(table: dict[str, Any]) -> dict[str, Any]:
        if len(table) > count_max:
            raise PydanticCustomError("too_many", "must name at most {count_max}", {"count_max": count_max})
        return table

    return AfterValidator(check)


_Cap = Annotated[int, BeforeValidator(_hundredths)]
_Stance = Annotated[Stance, Field(strict=False)]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Caps(_Table):
    per_transaction: _Cap | None = None
    per_user_hour: _Cap | None = None
    per_outage: _Cap | None = None


class _Merchant(_Table):
    stance: _Stance | None = None
    per_transaction: _Cap | None = None
    per_outage: _Cap | None = None


class _Channel(_Table):
    stance: _Stance


class _Blind(_Table):
    stance: _Stance
    above_cap: Literal["review", "block"]
    gateways: int = Field(ge=1, le=_GATEWAYS_MAX)
    lease_s: int = Field(ge=60, le=86_400)  # below a minute a slow failover of the ledger would cost the share
    caps: _Caps = _Caps()
    merchants: Annotated[dict[Id, _Merchant], _no_more_than(_MERCHANTS_MAX)] = {}
    channels: Annotated[dict[Word, _Channel], _no_more_than(_CHANNELS_MAX)] = {}


class _File(_Table):
    blind: _Blind


def _to_rules(table: _Blind) -> BlindRules:
    return BlindRules(
        stance=table.stance,
        above_cap=Decision(table.above_cap),
        gateways=table.gateways,
        lease_s=table.lease_s,
        caps=Caps(**table.caps.model_dump()),
        merchants={name: MerchantLine(**line.model_dump()) for name, line in table.merchants.items()},
        channels={name: line.stance for name, line in table.channels.items()},
    )


def _to_line(errors: Iterable[Mapping[str, Any]]) -> str:
    advice = {"extra_forbidden": "is no name of this file: check its spelling", "missing": "is required"}
    mistakes = [
        f"{'.'.join(str(step) for step in error['loc'] if step != '[key]')}: "
        f"{advice.get(error['type'], error['msg'].replace('Input should', 'must'))}"
        for error in errors
    ]
    more = f"; and {len(mistakes) - _MISTAKES_MAX} more" if len(mistakes) > _MISTAKES_MAX else ""
    return "; ".join(mistakes[:_MISTAKES_MAX]) + more
