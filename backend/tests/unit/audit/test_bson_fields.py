"""A record is taken apart into its very bytes, field by field, and what is no record is refused."""

from typing import Any

import bson
import pytest
from hypothesis import given

from gateway.ledger.documents import AWARE
from gateway.ledger.seals import elements, elements_once
from tests.proof_records import record_of
from tests.requests import requests


@given(request=requests())
def test_elements_are_the_document(request: dict[str, Any]) -> None:
    """Put together again they are its bytes, and each is what the driver makes of that field alone."""
    raw = bytes(record_of(request).raw)

    found = elements(raw)

    assert b"".join([raw[:4], *found.values(), b"\x00"]) == raw
    for name, value in bson.decode(raw, AWARE).items():
        assert found[name.encode()] == bson.encode({name: value}, codec_options=AWARE)[4:-1]


@pytest.mark.parametrize(
    "raw",
    [
        bson.encode({"a": bson.Regex("x")}),
        bson.encode({"a": 1})[:-2] + b"\x00",
        b"\x13\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00",
    ],
    ids=["a kind that no record holds", "cut off", "one field twice"],
)
def test_what_is_no_record_is_refused(raw: bytes) -> None:
    """Rather than sealed or believed."""
    with pytest.raises(ValueError, match=r"kind|ends|twice"):
        elements_once(raw)
