"""What fields about the buyer may hold: an email address, a postal code, and when an account was opened."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from gateway.kit import clock
from gateway.values.characters import refused_in_id, refused_in_text
from gateway.values.fields import CLOCK_SKEW, refuse_card_number, to_time
from records.emails import normalise

EMAIL_CHARS_MAX = 254  # RFC 5321 and its erratum 1690, in octets there
POSTAL_CODE_CHARS_MAX = 16  # the longest have ten; some write a country in front
ACCOUNT_TIME_MIN = datetime(1970, 1, 1, tzinfo=UTC)
_LETTER = r"[^\s!-/:-@\[-`{-~]"  # of any script, or a digit
_LABEL = rf"{_LETTER}(?:(?:{_LETTER}|[-_])*{_LETTER})?"
# Every address that mail is sent to, and no rule of which letters. The last label is no number: that is an IP address.
_EMAIL = re.compile(rf"[^\s@<>()\[\]\\,;:\"]+@(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")


def _to_email(value: object) -> object:
    """
    None where it is none: a buyer types it, and must not be able to cost the payment its verdict.

    An error never says what was sent.
    """
    if not isinstance(value, str):
        return value
    refuse_card_number(value)
    address = normalise(value)
    is_email = len(address) <= EMAIL_CHARS_MAX and refused_in_id(address) is None and _EMAIL.fullmatch(address)
    return address if is_email else None


def _to_postal_code(value: object) -> object:
    """None where it is none, likewise."""
    if not isinstance(value, str):
        return value
    value = value.strip()
    refuse_card_number(value)
    is_code = 0 < len(value) <= POSTAL_CODE_CHARS_MAX and refused_in_text(value) is None
    return value if is_code else None


def _or_none(value: object, check: ValidatorFunctionWrapHandler) -> object:
    """None where a text is no such time: the first of all years stands in many databases for a time that is missing."""
    try:
        return check(value)
    except ValidationError:
        if not isinstance(value, str):
            raise
        refuse_card_number(value)
        return None


def _check_account_time(value: datetime) -> datetime:
    if not ACCOUNT_TIME_MIN <= value <= clock.LEDGER.latest() + CLOCK_SKEW:
        raise PydanticCustomError("account_time", "must lie between 1970-01-01 and 5 minutes from now")
    return clock.whole_ms(value.astimezone(UTC))


Email = Annotated[str | None, BeforeValidator(_to_email, json_schema_input_type=str | None)]
PostalCode = Annotated[str | None, BeforeValidator(_to_postal_code, json_schema_input_type=str | None)]
_PastTime = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(to_time), AfterValidator(_check_account_time)]
AccountTime = Annotated[_PastTime | None, WrapValidator(_or_none)]
