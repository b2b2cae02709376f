"""One record against its own seal: which of its fields are not what was sealed?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import bson

from gateway.ledger.bson_fields import elements, elements_once
from gateway.ledger.documents import AWARE
from gateway.ledger.seals import ERASABLE, FIELDS, HASH_BYTES, VERSION, hash_of, leaf_of, seal_amendment

# what stands in the place of an erased value: of its kind, as the validator wants it
ERASED: Mapping[str, Any] = {"digest": b"", "merchant_id": None, "request": {}, "user_id": ""}
_PLACEHOLDERS = {name: elements(bson.encode({name: value}))[name.encode()] for name, value in ERASED.items()}


@dataclass(frozen=True, slots=True)
class SealedAmendment:
    """
    An amendment of a record.

    Attributes:
        leaf: What its seal says that was committed; None when it has none.
        is_whole: Whether it is what was sealed.
    """

    leaf: bytes | None
    is_whole: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """
    A record, as far as its own seal goes.

    Attributes:
        leaf: What the seal says that was committed; None when there is no seal.
        changed: Fields that the seal does not know like this.
        erased: Fields that were erased.
    """

    document: Mapping[str, Any]
    leaf: bytes | None
    changed: tuple[str, ...]
    erased: tuple[str, ...]
    amendments: tuple[SealedAmendment, ...]
    created_at: datetime


def check(raw: bytes) -> SealedRecord:
    """
    Hold a record, as MongoDB has it, against its seal.

    Raises:
        ValueError: it is none that this version can read.
    """
    try:
        document = bson.decode(raw, AWARE)
        amendments = tuple(_check_amendment(amendment) for amendment in document["amendments"])
        created_at = _time(document["created_at"])
        seal = document.get("seal")
        if seal is None:
            return SealedRecord(document, None, (), (), amendments, created_at)
        changed, erased = _compare(elements_once(raw), seal)
        return SealedRecord(document, leaf_of(bytes(seal["hashes"])), changed, erased, amendments, created_at)
    except (bson.errors.BSONError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__} in it") from None


def _compare(found: Mapping[bytes, bytes], seal: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    salts, hashes = seal["salts"], bytes(seal["hashes"])
    if seal["v"] != VERSION or len(hashes) != HASH_BYTES * len(FIELDS):
        raise ValueError("its seal is of a version that is not known here")
    changed, erased = [], []
    for n, name in enumerate(FIELDS):
        element, salt = found.get(name.encode()), salts.get(name)
        if name in ERASABLE and salt is None and element in (None, _PLACEHOLDERS[name]):
            erased.append(name)
        elif hash_of(name, element, salt or b"") != hashes[n * HASH_BYTES : (n + 1) * HASH_BYTES]:
            changed.append(name)
    return tuple(changed), tuple(erased)


def _check_amendment(amendment: Mapping[str, Any]) -> SealedAmendment:
    leaf = amendment["seal"]["leaf"] if "seal" in amendment else None
    return SealedAmendment(leaf, leaf == seal_amendment(amendment)["leaf"], _time(amendment["at"]))


def _time(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("a time is a date")
    return value
