"""The check that all contract tests make on the way would notice a reply that is not as described."""

from typing import Any

import httpx
import pytest
from jsonschema import ValidationError

from tests.described import DescribedReplies, load_described

LIVE = {"status": "live"}
ALERT = {"webhook_id": 1}


def answered(path: str, reply: Any, status: int = 200) -> httpx.Response:
    """A reply to a GET of this path."""
    return httpx.Response(status, json=reply, request=httpx.Request("GET", f"http://gateway{path}"))


@pytest.fixture(scope="module")
def replies() -> DescribedReplies:
    """As the gateway describes them."""
    return load_described()


def test_a_reply_as_described_passes(replies: DescribedReplies) -> None:
    """And what the document does not describe is nobody's promise."""
    replies.check(answered("/health/live", LIVE))
    replies.check(answered("/somewhere", {"any": "thing"}))


@pytest.mark.parametrize("reply", [{}, LIVE | {"more": 1}, {"status": "dead"}, {"status": 1}, [LIVE]])
def test_another_reply_is_noticed(replies: DescribedReplies, reply: Any) -> None:
    """A field that is missing, that nobody described, or that has another value."""
    with pytest.raises(ValidationError):
        replies.check(answered("/health/live", reply))


@pytest.mark.parametrize("path", ["/alerts/msg_1", "/transactions/t/1", "/lists/deny/user/u/1", "/outages/1"])
def test_a_path_with_an_id_is_found(replies: DescribedReplies, path: str) -> None:
    """Whatever the id holds."""
    with pytest.raises(ValidationError):
        replies.check(answered(path, {"nobody": "described this"}))
