"""From the bytes of a body to a Transaction, losslessly: a JSON number becomes a Decimal, never a float."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError

from gateway.domain import Transaction, Unusable
from gateway.errors import InvalidRequest, MalformedJson
from gateway.kit import clock
from gateway.values.fields import CLOCK_SKEW, USER_AGENT_CHARS_MAX
from gateway.verdict.intake.field_errors import to_field_errors
from gateway.verdict.intake.ordinary import digest_of, drop_email
from gateway.verdict.intake.schemas import TransactionIn
from money.amounts import Money

_Step = str | int
_decoder = msgspec.json.Decoder(float_hook=Decimal)
Body = TypeVar("Body", bound=BaseModel)
_LENIENT = {  # by part: its fields that are left out rather than refused
    "billing": [("country", Unusable.BILLING_COUNTRY), ("postal_code", Unusable.BILLING_POSTAL_CODE)],
    "card": [("country", Unusable.CARD_COUNTRY)],
    "customer": [("email", Unusable.CUSTOMER_EMAIL), ("created_at", Unusable.CUSTOMER_CREATED_AT)],
    "device": [
        ("id", Unusable.DEVICE_ID),
        ("ip", Unusable.DEVICE_IP),
        ("session_id", Unusable.DEVICE_SESSION_ID),
    ],
    "location": [("country", Unusable.LOCATION_COUNTRY)],
    "merchant": [("country", Unusable.MERCHANT_COUNTRY)],
    "shipping": [("country", Unusable.SHIPPING_COUNTRY), ("postal_code", Unusable.SHIPPING_POSTAL_CODE)],
}
_REPEATED = "appears more than once in this object: send it once"
_DEPTH = "The body is nested deeper than any request of this API."


def find_repeated_keys(body: bytes, decoded: object) -> list[tuple[_Step, ...]]:
    """
    Where they are: the path of each, from the root.

    Args:
        body: Valid JSON.
        decoded: What became of it.

    Raises:
        RecursionError: it is nested too deeply.
    """
    # each key has one colon behind it and all others are inside of strings: 3 us, a second decoding takes 10
    if body.count(b":") == _colons(decoded) and rb"\u003" not in body:
        return []
    repeated: dict[int, tuple[dict[str, Any], str]] = {}  # by id; each object is kept, so that none gets its id

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            (key, _), *_rest = Counter(key for key, _ in pairs).most_common(1)
            repeated[id(made)] = made, key
        return made

    whole = json.loads(body, object_pairs_hook=note, parse_int=str, parse_constant=str)
    # an object that was the first value of a repeated key is gone: then that key is found
    found = ((path, repeated.get(id(value))) for path, value in _objects(whole)) if repeated else ()
    return [(*path, known[1]) for path, known in found if known is not None]


def _colons(decoded: object) -> int:
    count, waiting = 0, [decoded]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            count += value.count(":")
        elif isinstance(value, dict):
            count += len(value) + sum(key.count(":") for key in value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return count


def _objects(whole: object) -> Iterator[tuple[tuple[_Step, ...], dict[str, Any]]]:
    waiting: list[tuple[tuple[_Step, ...], object]] = [((), whole)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            yield path, value
            waiting.extend(((*path, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, n), inner) for n, inner in enumerate(value))


def decode_json(body: bytes) -> Any:
    """
    JSON with exact numbers.

    What strict JSON forbids but common encoders write (NaN, Infinity, numbers out of range) comes back as a NaN, so
    that validation can name its place.

    Raises:
        MalformedJson: with line and column, or the reason.
        InvalidRequest: a key appears twice in one object.
    """
    try:
        try:
            decoded = _decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, ArithmeticError):
            decoded = _decode_leniently(body)
        repeated = find_repeated_keys(body, decoded)
    except RecursionError:
        raise MalformedJson(_DEPTH) from None
    if repeated:
        field_errors = to_field_errors({"loc": path, "type": "repeated", "msg": _REPEATED} for path in repeated)
        raise InvalidRequest("See `errors` for each key that is there twice.", field_errors)
    return decoded


def _decode_leniently(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=_decimal, parse_int=_integer, parse_constant=_not_a_number)
    except json.JSONDecodeError as error:
        raise MalformedJson(f"{error.msg} at line {error.lineno}, column {error.colno}.") from None
    except UnicodeDecodeError as error:
        raise MalformedJson(f"The body is not UTF-8 at byte {error.start}.") from None


def _not_a_number(_literal: str) -> Decimal:
    return Decimal("NaN")


def _decimal(literal: str) -> Decimal:
    try:
        return Decimal(literal)
    except InvalidOperation:
        return Decimal("NaN")


def _integer(literal: str) -> int | Decimal:
    # more digits than any field takes, and than Python converts
    return int(literal) if len(literal) <= 40 else Decimal("NaN")


def to_transaction(decoded: object, *, at: str = "") -> Transaction:
    """
    Validate one decoded transaction.

    Args:
        decoded: What decode_json gave.
        at: JSON pointer of this transaction in the body, for the places in errors.

    Raises:
        InvalidRequest: with every place that is wrong.
    """
    return _to_domain(validate(TransactionIn, decoded, at=at), decoded)


def validate(schema: type[Body], decoded: object, *, at: str = "") -> Body:
    """
    Hold a decoded body against its schema. Args as for `to_transaction`.

    Raises:
        InvalidRequest: with every place that is wrong.
    """
    try:
        return schema.model_validate(decoded)
    except ValidationError as error:
        field_errors = to_field_errors(error.errors(include_input=False, include_url=False), at=at)
        raise InvalidRequest("See `errors` for each place and what would be right there.", field_errors) from None


def _to_domain(request: TransactionIn, decoded: Any) -> Transaction:
    money = Money.from_amount(request.amount, request.currency)
    event_time, is_ahead = _event_time(request)
    # as sent: without the fields that were left out, so that a default such as "now" never makes a retry differ
    as_sent = _without_empty(request.model_dump(mode="json", exclude_none=True))
    as_sent["amount"] = money.text
    drop_email(as_sent)
    return Transaction(
        transaction_id=request.transaction_id,
        money=money,
        user_id=request.user_id,
        merchant_id=request.merchant_id,
        event_time=event_time,
        request=as_sent,
        digest=digest_of(as_sent),
        unusable=(*([Unusable.TIMESTAMP] if is_ahead else []), *_unusable(decoded, as_sent)),
    )


def _event_time(request: TransactionIn) -> tuple[datetime, bool]:
    """When it happened, and whether that lies in the future: then it counts as happening now."""
    now = clock.LEDGER.best()
    if request.timestamp is None:
        return now, False
    latest = clock.whole_ms(clock.LEDGER.latest() + CLOCK_SKEW)
    return (now, True) if request.timestamp > latest else (request.timestamp.astimezone(UTC), False)


def _without_empty(as_sent: dict[str, Any]) -> dict[str, Any]:
    """An empty object says as much as none."""
    return {name: part for name, part in as_sent.items() if part != {}}


def _unusable(decoded: Any, as_sent: dict[str, Any]) -> Iterator[Unusable]:
    """What was sent and is not kept, or not whole."""
    for part, names in _LENIENT.items():
        sent = decoded.get(part)
        if sent:
            kept = as_sent.get(part, {})
            for name, what in names:
                value = sent.get(name)
                # "" says that there is no id; that there is no address nobody would mean
                if (
                    name not in kept
                    and f"{name}_hash" not in kept
                    and (value or (value == "" and what is Unusable.DEVICE_IP))
                ):
                    yield what
            if len(sent.get("user_agent") or "") > USER_AGENT_CHARS_MAX:
                yield Unusable.DEVICE_USER_AGENT
