"""What single fields of a request may hold. Each says what is wrong, and what would be right."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from gateway.kit import clock
from gateway.values.addresses import find_client
from gateway.values.card_numbers import holds_card_number
from gateway.values.characters import ID_PATTERN, TEXT_PATTERN, composed, refused_in_id, refused_in_text
from money.currencies import EXPONENTS

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK
"""
COUNTRIES = frozenset(_CODES.split())
# What people write, or wrote before a country changed its name, for one that has a code.
SAME = {"UK": "GB", "EL": "GR", "FX": "FR", "TP": "TL", "ZR": "CD", "BU": "MM"}
# Countries that became several: which one is meant is not ours to say.
_NOW = {"AN": "BQ, CW or SX", "CS": "RS or ME", "YU": "RS or ME", "SU": "RU or one of the others", "DD": "DE"}
AMOUNT_MAX = Decimal("1000000000000")  # in major units; one iPhone is already 3e7 Vietnamese dong
ID_CHARS_MAX = 255  # as payment providers have them; the brain takes 256
USER_AGENT_CHARS_MAX = 1024  # browsers inside of apps send 300 to 400
EVENT_TIME_MIN = datetime(2000, 1, 1, tzinfo=UTC)
_FUTURE_MAX = datetime(2200, 1, 1, tzinfo=UTC)
METADATA_CHARS_MAX = 256
_FOREIGN_CHARS_MAX = 1024  # of what is not kept whole: further no card number is looked for
_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_COUNTRY = re.compile("[A-Za-z][A-Za-z0-9]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")  # not seconds since some epoch
CLOCK_SKEW = timedelta(minutes=5)  # later than that would push real events out of a user's history
# While the ledger's clock is not known, ours may be the wrong one: then intake keeps the event at the time it came.
_UNSURE = timedelta(hours=24)


def advice_on(code: str) -> str:
    """What would be right instead of a code that is none."""
    meant = SAME.get(code) or _NOW.get(code)
    if meant is not None:
        return f"must be an ISO 3166-1 alpha-2 code: {code} is none, write {meant} (as GB, never UK)"
    return "must be an ISO 3166-1 alpha-2 code of two letters, such as FR, or GB for the United Kingdom"


def _to_decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    raise PydanticCustomError("amount_type", 'must be a number, or a decimal in a string such as "150.50"')


def _check_amount(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise PydanticCustomError("amount_finite", "must be a finite number")
    if value < 0:
        raise PydanticCustomError("amount_negative", "must not be negative; send a refund to your processor instead")
    if value > AMOUNT_MAX:
        raise PydanticCustomError("amount_max", "must be at most 1000000000000")
    return value


def _check_currency(value: str) -> str:
    if value not in EXPONENTS:
        raise PydanticCustomError("currency", 'must be an ISO 4217 code in capitals, such as "USD"')
    return value


def to_time(value: object) -> object:
    """A time as text, with its date first; what else pydantic takes for a time is a mistake."""
    if not isinstance(value, str) or not _DATE.match(value):
        raise PydanticCustomError("timestamp", 'must be an RFC 3339 time with its zone, such as "2026-11-22T10:00:00Z"')
    return value


def _check_time(value: datetime) -> datetime:
    margin = _UNSURE if clock.LEDGER.now() is None else CLOCK_SKEW
    if not EVENT_TIME_MIN <= value <= clock.LEDGER.latest() + margin:
        raise PydanticCustomError("timestamp_range", "must lie between 2000-01-01 and 5 minutes from now")
    return clock.whole_ms(value)


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _check_future(value: datetime) -> datetime:
    if not clock.LEDGER.earliest() < value <= _FUTURE_MAX:
        raise PydanticCustomError("time_future", "must lie in the future, and before the year 2200")
    return value.astimezone(UTC)


def refuse_card_number(value: str) -> str:
    """The text, if it holds none."""
    if holds_card_number(value):
        raise PydanticCustomError("card_number", "must not hold a full card number; send a token, or its last4")
    return value


def _check_text(value: str) -> str:
    refused = refused_in_text(value)
    if refused is not None:
        raise PydanticCustomError(
            "text_characters", "must be text without control characters: {refused} is one", {"refused": refused}
        )
    return refuse_card_number(value)


def _check_id_start(value: str) -> str:
    refused = refused_in_id(value)
    if refused is not None:
        raise PydanticCustomError(
            "id_characters",
            "must hold no spaces, no control characters and nothing that is not seen: {refused} is one",
            {"refused": refused},
        )
    value = composed(value)
    if len(value) > ID_CHARS_MAX:
        raise PydanticCustomError("id_length", f"must have at most {ID_CHARS_MAX} characters in normal form C")
    return value


def _check_id(value: str) -> str:
    if value in (".", ".."):
        raise PydanticCustomError("id_dots", "must not be . or .., which no URL can name")
    return _check_id_start(value)


def _to_capitals(value: str) -> str:
    if not _COUNTRY.fullmatch(value):
        raise PydanticCustomError("country", "{advice}", {"advice": advice_on(value)})
    return value.upper()


def _to_country(value: str | None) -> str | None:
    return value if value in COUNTRIES else SAME.get(value or "")


def _check_listed_country(value: str) -> str:
    code = _to_capitals(value)
    if code not in COUNTRIES:
        raise PydanticCustomError("country", "{advice}", {"advice": advice_on(code)})
    return code


def _to_client(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise PydanticCustomError("ip_type", 'must be an address in a string, such as "203.0.113.7"')
    refuse_card_number(value[:_FOREIGN_CHARS_MAX])
    address = find_client(value)
    return None if address is None else str(address)


def _to_browser_id(value: object) -> object:
    """None where it is no id: a buyer chooses cookies, and must not be able to cost the payment its verdict."""
    if not isinstance(value, str):
        return value
    refuse_card_number(value[:_FOREIGN_CHARS_MAX])
    if value in ("", ".", "..") or len(value) > ID_CHARS_MAX or refused_in_id(value) is not None:
        return None
    value = composed(value)
    return value if len(value) <= ID_CHARS_MAX else None


def _cut_user_agent(value: object) -> object:
    return _none_if_empty(value[:USER_AGENT_CHARS_MAX] if isinstance(value, str) else value)


def _none_if_empty(value: object) -> object:
    return None if value in ([], "") else value


@dataclass(frozen=True, slots=True)
class NoneIfEmpty:
    """
    Annotates what may be null: some clients write [] for an empty object, or "" for a country they do not know.

    Args:
        empty: JSON schema of that.
    """

    empty: dict[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """As pydantic asks for it."""
        return core_schema.no_info_before_validator_function(_none_if_empty, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """As pydantic asks for it."""
        choices: list[Any] = handler(schema)["anyOf"]
        return {"anyOf": [*choices, self.empty]}


def _check_metadata_value(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Decimal) and abs(value) < 2**63 and value == value.to_integral_value():
        value = int(value)  # 1.0 is how some encoders write 1
    is_number = isinstance(value, int) and -(2**63) <= value < 2**63
    if is_number or (isinstance(value, str) and len(value) <= METADATA_CHARS_MAX):
        _check_text(str(value))
        return value
    raise PydanticCustomError(
        "metadata_value", "must be true, false, null, a 64-bit whole number, or text of at most 256 characters"
    )


def _to_float(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value  # decode_json makes no floats


_IdSchema = Field(json_schema_extra={"pattern": ID_PATTERN, "not": {"enum": [".", ".."]}})
_TextSchema = Field(json_schema_extra={"pattern": TEXT_PATTERN})

Amount = Annotated[Decimal, BeforeValidator(_to_decimal), AfterValidator(_check_amount)]
Currency = Annotated[str, AfterValidator(_check_currency)]
# An id that the caller chose. It is not searched for card numbers: 2 % of random 16-digit ids would be refused.
Id = Annotated[str, StringConstraints(min_length=1, max_length=ID_CHARS_MAX), AfterValidator(_check_id), _IdSchema]
IdStart = Annotated[str, StringConstraints(min_length=1, max_length=ID_CHARS_MAX), AfterValidator(_check_id_start)]
# One that comes from somebody else, such as a token or a session.
ForeignId = Annotated[Id, AfterValidator(refuse_card_number)]
BrowserId = Annotated[ForeignId | None, BeforeValidator(_to_browser_id, json_schema_input_type=str | None)]
# In capitals, however it was sent. null when it is no country: T1, XX and "" are what some networks write for that.
Country = Annotated[
    Annotated[str, AfterValidator(_to_capitals), Field(json_schema_extra={"pattern": "^[A-Za-z][A-Za-z0-9]$"})] | None,
    NoneIfEmpty({"const": ""}),
    AfterValidator(_to_country),
]
ListedCountry = Annotated[str, AfterValidator(_check_listed_country)]
ClientAddress = Annotated[str | None, BeforeValidator(_to_client, json_schema_input_type=str | None)]
UserAgent = Annotated[
    Annotated[str, AfterValidator(_check_text), _TextSchema] | None,
    BeforeValidator(_cut_user_agent, json_schema_input_type=Annotated[str, _TextSchema] | None),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=256), AfterValidator(_check_text), _TextSchema]
Note = Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_check_text), _TextSchema]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$"), AfterValidator(refuse_card_number)]
MetadataKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$"), AfterValidator(refuse_card_number)]
MetadataValue = Annotated[
    Any,
    BeforeValidator(
        _check_metadata_value,
        json_schema_input_type=Annotated[str, Field(max_length=METADATA_CHARS_MAX), _TextSchema]
        | bool
        | Annotated[int, Field(ge=-(2**63), lt=2**63)]
        | None,
    ),
]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False), BeforeValidator(_to_float)]
LatencySeconds = Annotated[float, Field(ge=0.0, le=60.0, allow_inf_nan=False), BeforeValidator(_to_float)]
# With the offset that it was sent with, which tells the hour of the day there.
LocalTime = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(to_time), AfterValidator(_check_time)]
Time = Annotated[LocalTime, AfterValidator(_to_utc)]
Future = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(to_time), AfterValidator(_check_future)]
