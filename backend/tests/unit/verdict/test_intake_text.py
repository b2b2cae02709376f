"""Text of every language and ids of every provider are taken, by tables that no Python version changes."""
# ruff: noqa: RUF001

import contextlib
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.errors import InvalidRequest
from gateway.values.characters import refused_in_id, refused_in_text
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.intake.schemas import DecisionIn, ListEntryIn

PAYMENT = {"transaction_id": "t", "amount": 1, "currency": "USD", "user_id": "u"}

ORDINARY = {
    "toLocaleString": "12\u202f345,67 €",
    "ideographic space": "山田\u3000太郎",
    "Persian": "می\u200cخواهم",
    "Hindi": "क्\u200dष",
    "Khmer": "សួស្តី\u200bពិភពលោក",
    "soft hyphen": "Donau\u00addampfschiff",
    "family": "👨\u200d👩\u200d👧\u200d👦",
    "emoji of Unicode 17": "\U0001fac8 \U0001faea",
    "emoji of no Unicode yet": "\U0001faff \U0001f8ff",
    "flag of Wales": "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "Hebrew with marks": "\u200fשלום\u200e (12)",
    "isolates of Fluent": "\u2068Ahmed\u2069",
    "from an address book": "\u202d+1 555 0100\u202c",
    "byte order mark": "\ufeffJosé",
    "the apple of a font": "\uf8ff Watch",
    "no-break space": "10\u00a0€",
    "line separator": "a\u2028b",
    "replacement character": "M\ufffdller",
    "letters of a new script": "\U00010d4e\U000105c0",
}  # fmt: skip


def with_text(text: str) -> list[str | None]:
    """The text as each field of a payment keeps it."""
    request = to_transaction(
        PAYMENT | {"merchant": {"name": text}, "device": {"user_agent": text}, "metadata": {"note": text}}
    ).request
    return [request["merchant"]["name"], request["device"]["user_agent"], request["metadata"]["note"]]


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_text_is_taken_and_kept_as_it_was_sent(name: str) -> None:
    """In payments, in what reviewers note and in the reasons of lists."""
    text = ORDINARY[name]

    assert with_text(text) == [text] * 3
    assert DecisionIn(by="a", decision="block", note=text).note == text
    assert ListEntryIn.model_validate({"reason": text}).reason == text


@pytest.mark.parametrize(
    "character",
    ["\x00", "\t", "\n", "\r", "\x1b", "\x7f", "\x80", "\u009f", "\u202e", "\ufdd0", "\uffff", "\U0001fffe"],
)  # fmt: skip
def test_what_is_no_text_is_refused_and_said_where(character: str) -> None:
    """Control characters, the override that shows text backwards, and what is none."""
    with pytest.raises(InvalidRequest) as refused:
        with_text(f"ab{character}")

    assert {error.pointer for error in refused.value.field_errors} == {
        "/merchant/name",
        "/device/user_agent",
        "/metadata/note",
    }
    assert all(f"U+{ord(character):04X} at character 3" in error.detail for error in refused.value.field_errors)


def test_half_a_character_is_no_text() -> None:
    """JSON can write one, and nothing that keeps text can keep it."""
    with pytest.raises(InvalidRequest) as refused:
        with_text("ab\ud800")

    assert len(refused.value.field_errors) == 3


def test_no_table_of_python_has_a_say() -> None:
    """What is refused is counted by code point: the same number under every Python."""
    everything = [chr(code) for code in range(sys.maxunicode + 1)]

    assert sum(refused_in_text(character) is not None for character in everything) == 65 + 1 + 2048 + 66
    assert sum(refused_in_id(character) is not None for character in everything) == 65 + 88 + 2048 + 66 + 4096


IDS = [
    "#1001", "gid://shop/Order/1", "o'brien@example.com", "a" * 255, "{8f14e45f-ceea}", "pay~1!$&()*+,;=", "100%",
    "a?b#c", "a/../b", "...", "./", "/", "<1>", 'say"x"', "back\\slash", "Ünal@example.com", "注文-1", "заказ№5", "a|b",
    "$gt", "a" * 254 + "é", "pi_3MtwBwLkdIwHu7ix28a3tqPa", "٤٢", "4111111111111111",
]  # fmt: skip


@pytest.mark.parametrize("sent", IDS)
def test_ids_of_every_provider_are_taken_and_kept(sent: str) -> None:
    """In all three fields that callers choose."""
    transaction = to_transaction(PAYMENT | {"transaction_id": sent, "user_id": sent, "merchant_id": sent})

    assert (transaction.transaction_id, transaction.user_id, transaction.merchant_id) == (sent, sent, sent)


@pytest.mark.parametrize(
    "sent",
    ["", " ", "a b", "a\u00a0b", "a\u200bb", "a\u200d", "\ufeffa", "a\u2028", "a\x00", "a\n", "a\u202eb", "\ud800", ".",
     "..", "a" * 256, "\u0958" * 128 + "a", "a\U000e0041"],
)  # fmt: skip
def test_ids_that_nobody_could_tell_apart_or_ask_for_are_refused(sent: str) -> None:
    """What is not seen, what no URL names, and what is too long, also in normal form C."""
    with pytest.raises(InvalidRequest) as refused:
        to_transaction(PAYMENT | {"transaction_id": sent, "user_id": sent, "merchant_id": sent})

    assert [error.pointer for error in refused.value.field_errors] == ["/transaction_id", "/user_id", "/merchant_id"]


def test_an_id_is_one_however_it_is_typed() -> None:
    """An accent as a character of its own, as file systems of macOS write it, makes no second customer."""
    composed, apart = "jos\u00e9@example.com", "jose\u0301@example.com"

    sent = [to_transaction(PAYMENT | {"user_id": user_id}) for user_id in (composed, apart)]

    assert [transaction.user_id for transaction in sent] == [composed, composed]


@pytest.mark.parametrize("length", [257, 400, 1024])
def test_user_agents_are_kept_whole(length: int) -> None:
    """Browsers inside of apps send 300 to 400 characters."""
    transaction = to_transaction(PAYMENT | {"device": {"user_agent": "M" * length}})

    assert len(transaction.request["device"]["user_agent"]) == length
    assert transaction.unusable == ()


@pytest.mark.parametrize("length", [1025, 20_000])
def test_a_longer_user_agent_is_cut_and_said(length: int) -> None:
    """A browser chooses it: it must not be able to cost the payment its verdict."""
    transaction = to_transaction(PAYMENT | {"device": {"user_agent": "M" * length}})

    assert transaction.request["device"]["user_agent"] == "M" * 1024
    assert transaction.unusable == ("device.user_agent",)


@pytest.mark.parametrize("sent", ["a b", "s" * 256, "x\u200by", "\x00", "\ud800", ".", "eyJhbGciOiJIUzI1NiJ9." * 40])
def test_ids_of_a_browser_that_are_none_are_left_out_and_said(sent: str) -> None:
    """The buyer chooses cookies: none of them may cost the payment its verdict."""
    transaction = to_transaction(PAYMENT | {"device": {"id": sent, "session_id": sent, "ip": "203.0.113.7"}})

    assert transaction.request["device"] == {"ip": "203.0.113.7"}
    assert transaction.unusable == ("device.id", "device.session_id")


def test_no_user_agent_is_nothing_left_out() -> None:
    """A browser need not have one."""
    assert to_transaction(PAYMENT | {"device": {"user_agent": "", "id": "", "session_id": ""}}).unusable == ()


@pytest.mark.parametrize("sent", ["fb.1.1700000000000.1234567890", "GA1.2.1234567890.1700000000", "a/b+c==", "x" * 255])
def test_ids_of_devices_sessions_and_tokens_are_taken(sent: str) -> None:
    """They come from browsers and payment providers, not from this API."""
    request = to_transaction(PAYMENT | {"device": {"id": sent, "session_id": sent}, "card": {"token": sent}}).request

    assert (request["device"], request["card"]) == ({"id": sent, "session_id": sent}, {"token": sent})


@example(text="..", where="user_id")
@example(text=".", where="transaction_id")
@given(text=st.text(min_size=1, max_size=60), where=st.sampled_from(["transaction_id", "user_id", "note", "name"]))
def test_any_text_is_taken_or_refused_with_a_place(text: str, where: str) -> None:
    """Never an error of ours, and what was taken is what was sent."""
    parts: dict[str, dict[str, Any]] = {"note": {"metadata": {"note": text}}, "name": {"merchant": {"name": text}}}
    is_id = where.endswith("_id")
    refused = refused_in_id(text) or text in {".", ".."} if is_id else refused_in_text(text)  # no URL can name the dots
    with pytest.raises(InvalidRequest) if refused else contextlib.nullcontext() as refusal:
        to_transaction(PAYMENT | parts.get(where, {where: text}))

    assert refusal is None or refusal.value.field_errors
