"""Converts columns of labels and of decisions, whatever words a file has for them."""

import numpy as np
from numpy.typing import NDArray

from training.own.texts import Column, convert

Bools = NDArray[np.bool_]

FRAUD = {
    "1",
    "1.0",
    "true",
    "t",
    "yes",
    "y",
    "fraud",
    "fraudulent",
    "chargeback",
    "charged_back",
    "bad",
    "confirmed_fraud",
}
GENUINE = {
    "0",
    "0.0",
    "false",
    "f",
    "no",
    "n",
    "legit",
    "legitimate",
    "genuine",
    "ok",
    "good",
    "not_fraud",
    "non_fraud",
    "no_fraud",
    "normal",
    "valid",
    "clear",
    "cleared",
}
UNKNOWN = {"unknown", "unlabelled", "unlabeled", "pending", "?"}
EMPTY = {"none", "null", "nan"}
BLOCKED = {"block", "blocked", "decline", "declined", "deny", "denied", "refuse", "refused", "reject", "rejected"}
PASSED = {
    "approve",
    "approved",
    "accept",
    "accepted",
    "allow",
    "allowed",
    "review",
    "reviewed",
    "captured",
    "paid",
    "ok",
}


def convert_labels(column: Column) -> tuple[Bools, Bools, Bools, Bools]:
    """Return (n,) each: is it called fraud, called genuine, is nothing said of it, and is the value wrong."""
    codes, meanings, wrong = convert(column, _label)
    empty = ((codes < 0) & ~wrong) | _where(codes, meanings, "empty")
    return _where(codes, meanings, "fraud"), _where(codes, meanings, "genuine"), empty, wrong


def convert_decisions(column: Column) -> tuple[Bools, Bools]:
    """Return (n,) whether each payment was blocked, and whether the value is wrong."""
    codes, meanings, wrong = convert(column, _decision)
    return _where(codes, meanings, "blocked"), wrong


def _where(codes: NDArray[np.int64], meanings: list[str], meaning: str) -> Bools:
    found: Bools = codes == meanings.index(meaning) if meaning in meanings else np.zeros(codes.size, dtype=np.bool_)
    return found


def _label(text: str) -> str | None:
    plain = text.lower().replace(" ", "_").replace("-", "_")
    words = {"fraud": FRAUD, "genuine": GENUINE, "unknown": UNKNOWN, "empty": EMPTY}
    return next((meaning for meaning, texts in words.items() if plain in texts), None)


def _decision(text: str) -> str | None:
    plain = text.lower()
    return "blocked" if plain in BLOCKED else "passed" if plain in PASSED else None
