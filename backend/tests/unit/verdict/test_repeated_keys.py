"""A key that is there twice is found, wherever it is and however it is written; nothing else is taken for one."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import InvalidRequest
from gateway.verdict.intake.decoding import decode_json, find_repeated_keys

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ('{"amount":1,"amount":1}', ["/amount"]),
        ('{"amount":1,"b":2,"amount" : 100}', ["/amount"]),
        ('{"amount":1,"\\u0061mount":2}', ["/amount"]),
        ('{"m":{"a":1,"a":2},"n":{"a":1}}', ["/m/a"]),
        ('{"transactions":[{"x":1},{"x":{"y":[{"z":1,"z":1}]}}]}', ["/transactions/1/x/y/0/z"]),
        ('{"m":{"a":1,"a":1},"m":{}}', ["/m"]),
        ('{"a":1,"a":2,"t":"12\\u003a00"}', ["/a"]),
        ('{"a:":"::","a:":1}', ["/a:"]),
        ('{"a":NaN,"a":1e400}', ["/a"]),
        ('{"~/":1,"~/":1}', ["/~0~1"]),
        ('{"\\ud800":1,"\\ud800":2}', ["/\\ud800"]),
        ('{"4111111111111111":1,"4111111111111111":2}', ["/{key}"]),
    ],
)
def test_a_repeated_key_is_refused_with_its_place(body: str, pointers: list[str]) -> None:
    """One reader would take the first amount, another the last."""
    with pytest.raises(InvalidRequest) as refused:
        decode_json(body.encode())

    assert [error.pointer for error in refused.value.field_errors] == pointers


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_what_has_no_repeated_key_passes(value: object, indent: int | None, is_ascii: bool) -> None:
    """Colons in texts, escapes, spaces: whatever encoders write."""
    body = json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")

    assert find_repeated_keys(body, json.loads(body)) == []


@given(st.dictionaries(st.text(), VALUES, min_size=1, max_size=4), st.data())
def test_any_repeated_key_is_found(value: dict[str, object], data: st.DataObject) -> None:
    """Added at the end, with any value."""
    key = data.draw(st.sampled_from(sorted(value)))
    again = f",{json.dumps(key)}:{json.dumps(data.draw(VALUES))}}}"
    body = (json.dumps(value)[:-1] + again).encode()

    assert find_repeated_keys(body, msgspec.json.decode(body)) == [(key,)]
