"""
Takes ordinary requests in one pass, within microseconds. Of all others decoding.py knows what they hold, or lack.

Rule: what is taken here, decoding.py would take as an equal Transaction; in doubt nothing is taken. So the types below
are stricter than those in schemas.py: Latin letters without escapes, no null, no empty object, no exponent.
What is kept of a request, and its digest, are the same on both ways: they stand at the end.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Required, TypedDict

import msgspec
from msgspec import Meta

from gateway.domain import Transaction
from gateway.kit import clock
from gateway.values.addresses import find_client
from gateway.values.card_numbers import holds_card_number, may_hold_card_number
from gateway.values.characters import composed
from gateway.values.customers import ACCOUNT_TIME_MIN, EMAIL_CHARS_MAX
from gateway.values.fields import COUNTRIES, EVENT_TIME_MIN, ID_CHARS_MAX, METADATA_CHARS_MAX, USER_AGENT_CHARS_MAX
from gateway.verdict.intake.schemas import MINOR_UNITS_MAX
from money.amounts import Money
from money.currencies import EXPONENTS
from records.emails import kept_of

_Id = Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX)]
_Word = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_.-]{1,64}\Z")]
_Text = Annotated[str, Meta(min_length=1, max_length=256)]
_FourDigits = Annotated[str, Meta(pattern=r"\A[0-9]{4}\Z")]
_Time = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9:]{5})\Z")]
_Email = Annotated[
    str,
    Meta(
        pattern=r"\A[A-Za-z0-9._+-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]+\Z", max_length=EMAIL_CHARS_MAX
    ),
]
_PostalCode = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9]([A-Za-z0-9 -]{0,14}[A-Za-z0-9])?\Z")]


class _Merchant(TypedDict, total=False):
    name: _Text
    mcc: _FourDigits
    category: _Text
    country: str


class _Card(TypedDict, total=False):
    token: _Id
    bin: Annotated[str, Meta(pattern=r"\A[0-9]{6,8}\Z")]
    last4: _FourDigits
    country: str
    funding: _Word


class _Device(TypedDict, total=False):
    id: _Id
    ip: _Text
    user_agent: Annotated[str, Meta(min_length=1, max_length=USER_AGENT_CHARS_MAX)]
    session_id: _Id


class _Location(TypedDict, total=False):
    country: str


class _Customer(TypedDict, total=False):
    email: _Email
    created_at: _Time


class _Address(TypedDict, total=False):
    country: str
    postal_code: _PostalCode


_MetadataKey = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
_MetadataValue = (
    bool | Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | Annotated[str, Meta(max_length=METADATA_CHARS_MAX)]
)


class _Request(TypedDict, total=False):
    transaction_id: Required[_Id]
    amount: Required[Any]  # an int, a Decimal by the decoder's hook, or text
    currency: Required[str]
    user_id: Required[_Id]
    timestamp: _Time
    merchant_id: _Id
    payment_method: _Word
    channel: _Word
    merchant: _Merchant
    card: _Card
    device: _Device
    location: _Location
    customer: _Customer
    billing: _Address
    shipping: _Address
    metadata: Annotated[dict[_MetadataKey, _MetadataValue], Meta(max_length=20)]


_decoder = msgspec.json.Decoder(_Request, float_hook=Decimal)
_canonical = msgspec.json.Encoder(order="deterministic")
_AMOUNT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,4}))?")
_AMOUNT_MAX = 10**12
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!\Z)|\Z)){4}")
_NO_LATIN = re.compile("[^\x00-\x7e\u00c0-\u024f]")
_DOTS = frozenset({".", ".."})
_OWN = frozenset({"transaction_id", "amount", "currency", "user_id", "timestamp", "merchant_id"})
_OBJECTS = ("merchant", "card", "device", "location", "billing", "shipping", "customer")
_NOTHING: dict[str, Any] = {}


def take_ordinary(body: bytes) -> Transaction | None:
    """The transaction in a body; None where it takes a closer look."""
    request = _decode(body)
    if request is None:
        return None
    money, event_time = _money(request["amount"], request["currency"]), _event_time(request)
    ids = transaction_id, user_id, merchant_id = (
        request["transaction_id"],
        request["user_id"],
        request.get("merchant_id"),
    )
    if money is None or event_time is None or not _are_ids(ids):
        return None
    if not request.keys() <= _OWN and not _are_kept(request, body):
        return None
    request["amount"] = money.text
    return Transaction(transaction_id, money, user_id, merchant_id, event_time, request, digest_of(request))


def _decode(body: bytes) -> dict[str, Any] | None:
    if b"\\" in body or b"\x7f" in body or not _is_latin(body):
        return None
    try:
        request: dict[str, Any] = _decoder.decode(body)  # type: ignore[assignment]
    except (msgspec.MsgspecError, ArithmeticError, RecursionError):
        return None
    # without escapes each key and each text has two: what was sent and is not here would have more
    return request if body.count(b'"') == _quotes(request) else None


def _is_latin(body: bytes) -> bool:
    """Whether no text can hold what is refused or kept in another form: these letters are composed, and no digits."""
    try:
        return body.isascii() or _NO_LATIN.search(body.decode()) is None
    except UnicodeDecodeError:
        return False


def _quotes(part: Mapping[str, Any]) -> int:
    """How many quotation marks an object has that holds this and nothing else."""
    count = 2 * len(part)
    for value in part.values():
        if isinstance(value, str):
            count += 2
        elif isinstance(value, dict):
            count += _quotes(value)
    return count


def _money(amount: object, currency: str) -> Money | None:
    exponent = EXPONENTS.get(currency)
    is_text = isinstance(amount, str | Decimal) or (type(amount) is int and 0 <= amount < _AMOUNT_MAX)
    found = _AMOUNT.fullmatch(str(amount)) if is_text else None
    if exponent is None or found is None:
        return None
    whole, decimals = found[1], found[2] or ""
    if decimals[exponent:].strip("0"):
        return None
    minor_units = int(whole + decimals[:exponent].ljust(exponent, "0"))
    return Money(minor_units, currency) if minor_units <= MINOR_UNITS_MAX else None


def _event_time(request: dict[str, Any]) -> datetime | None:
    """None of what lies in the future, or is none. The timestamp is brought into its one form."""
    if "timestamp" not in request:
        return clock.LEDGER.best()
    time = _past_time(request["timestamp"], EVENT_TIME_MIN)
    if time is None:
        return None
    request["timestamp"] = rfc3339(time)
    return time.astimezone(UTC)


def _past_time(text: str, earliest: datetime) -> datetime | None:
    """In whole milliseconds, with the offset that it was sent with."""
    try:
        time = clock.whole_ms(datetime.fromisoformat(text))
        return time if earliest <= time <= clock.LEDGER.best() else None
    except (ValueError, OverflowError):
        return None


def _are_ids(texts: Iterable[str | None]) -> bool:
    """Of what is Latin, ids lack spaces; and no URL can name the dots."""
    return not any(text is not None and (" " in text or text in _DOTS) for text in texts)


def _are_kept(request: dict[str, Any], body: bytes) -> bool:
    """Whether all parts are kept as they were sent; the address is brought into its one form."""
    merchant, card, device, location, billing, shipping, customer = (request.get(name, _NOTHING) for name in _OBJECTS)
    ids = (card.get("token"), device.get("id"), device.get("session_id"))
    countries = {part["country"] for part in (merchant, card, location, billing, shipping) if "country" in part}
    if {} in request.values() or not _are_ids(ids) or not countries <= COUNTRIES:
        return False
    if may_hold_card_number(body) and _hold_card_number(list(_foreign_texts(request))):
        return False
    if "created_at" in customer:
        created_at = _past_time(customer["created_at"], ACCOUNT_TIME_MIN)
        if created_at is None:
            return False
        customer["created_at"] = rfc3339(created_at.astimezone(UTC))
    drop_email(request)
    if "ip" in device and not _IPV4.fullmatch(device["ip"]):
        address = find_client(device["ip"])
        device["ip"] = str(address)
        return address is not None
    return True


def _hold_card_number(texts: Sequence[str]) -> bool:
    """Whether one of them does: in most bodies with so many digits it is an id of the merchant's own that has them."""
    return may_hold_card_number("x".join(texts).encode()) and any(map(holds_card_number, texts))


def _foreign_texts(request: Mapping[str, Any]) -> Iterator[str]:
    for name in request.keys() - _OWN:
        part = request[name]
        if isinstance(part, dict):
            yield from part
            yield from map(str, part.values())
        else:
            yield part


def drop_email(as_sent: dict[str, Any]) -> None:
    """Keep of the buyer's email address, where there is one, its hash and its domain."""
    customer = as_sent.get("customer")
    if customer is not None and "email" in customer:
        as_sent["customer"] = kept_of(customer.pop("email")) | customer


def rfc3339(time: datetime) -> str:
    """Write a time with the offset that it has, as pydantic does."""
    return time.isoformat().replace("+00:00", "Z")


def digest_of(kept: Mapping[str, Any]) -> bytes:
    """
    SHA-256 of the one form that equal requests have, however their text was typed.

    Args:
        kept: Of one request, as records have it.
    """
    timestamp = kept.get("timestamp")
    if timestamp is not None and timestamp[-1] != "Z":
        kept = {**kept, "timestamp": rfc3339(datetime.fromisoformat(timestamp).astimezone(UTC))}
    encoded = _canonical.encode(kept)
    return hashlib.sha256(encoded if encoded.isascii() else composed(encoded.decode()).encode()).digest()
