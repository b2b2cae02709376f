"""One record against its own seal: which of its fields are not what was sealed?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import bson

from audit import old_seals
from gateway.ledger.documents import AWARE
from gateway.ledger.seals import (
    PERSONAL,
    SEALED_BY_VERSION,
    elements,
    elements_once,
    old_leaf,
    personal_hash,
    seal_amendment,
    sealed_leaf,
)

# what stands in the place of an erased value: of its kind, as the validator wants it
ERASED: Mapping[str, Any] = {"digest": b"", "merchant_id": None, "request": {}, "user_id": ""}
_PERSON = tuple(name for name in PERSONAL if name != "salt")
ABOUT_A_PERSON = "digest, user_id or request"  # one hash covers them
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
        leaf: What a chain has if this is what was committed; None when there is no seal.
        changed: Fields that the seal itself does not know like this.
        erased: Fields that were erased.
    """

    document: Mapping[str, Any]
    leaf: bytes | None
    changed: tuple[str, ...]
    erased: tuple[str, ...]
    amendments: tuple[SealedAmendment, ...]
    created_at: datetime

    @property
    def has_hash_of_each_field(self) -> bool:
        """Whether its own seal says what was changed: then a record that fits it and no chain is another one."""
        return bool(self.document["seal"]["v"] == old_seals.VERSION)


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
        leaf, changed, erased = _compare(elements_once(raw), seal)
        return SealedRecord(document, leaf, changed, erased, amendments, created_at)
    except (bson.errors.BSONError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__} in it") from None


def _compare(found: Mapping[bytes, bytes], seal: Mapping[str, Any]) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    """The leaf; which fields the seal does not know like this; which were erased."""
    if seal["v"] == old_seals.VERSION:
        return old_leaf(bytes(seal["hashes"])), *old_seals.compare(found, seal, _PLACEHOLDERS)
    if seal["v"] not in SEALED_BY_VERSION:
        raise ValueError("its seal is of a version that is not known here")
    leaf = sealed_leaf(found, seal["v"])
    if b"salt" not in found and all(found.get(name.encode()) in (None, _PLACEHOLDERS[name]) for name in _PERSON):
        return leaf, (), _PERSON
    return leaf, () if personal_hash(found) == bytes(seal["personal"]) else (ABOUT_A_PERSON,), ()


def _check_amendment(amendment: Mapping[str, Any]) -> SealedAmendment:
    leaf = amendment["seal"]["leaf"] if "seal" in amendment else None
    return SealedAmendment(leaf, leaf == seal_amendment(amendment)["leaf"], _time(amendment["at"]))


def _time(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("a time is a date")
    return value
