"""Checks whether the history equals the ledger, also while payments are made."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pymongo import MongoClient

from brain.history.documents import MERCHANTS, USERS, Side
from brain.history.verifier import Comparison, Difference, Verifier
from brain.settings import Settings, load_settings
from money.currencies import load_rates

CHECKS_MAX = 3  # differences are checked again
BETWEEN_CHECKS_S = 2.0
CONNECT_MS = 3000

Progress = Callable[[str, int, int], None]  # what is being done, how much of it so far, of how much


@dataclass(slots=True)
class HistoryCheck:
    """
    How much was compared, and the differences.

    Attributes:
        pending: Transactions and labels that are not history yet, although the check waited for them.
    """

    pending: int
    histories: int = 0
    events: int = 0
    differences: list[Difference] = field(default_factory=list)


def check_history(*, ledger_database: str, wait_s: float, progress: Progress) -> HistoryCheck:
    """
    Compare all histories with the ledger that MONGODB_URL names. Changes nothing.

    Args:
        wait_s: How long the outbox of the ledger may take to become empty.

    Raises:
        SettingsError: a BRAIN_ setting is wrong.
        PyMongoError: MongoDB is away.
    """
    settings = load_settings(os.environ)
    with _connect(settings) as client:
        verifier = Verifier(
            client[ledger_database], client[settings.profiles_database], load_rates(settings.reference_rates_file)
        )
        found = HistoryCheck(_wait_for_outbox(verifier, wait_s, progress))
        for number, side in enumerate((USERS, MERCHANTS)):
            progress(f"comparing {side.collection}", number, 2)
            compared = _compare(verifier, side)
            found.histories += compared.histories
            found.events += compared.events
            found.differences += compared.differences
    return found


def _connect(settings: Settings) -> "MongoClient[dict[str, object]]":
    return MongoClient(
        settings.mongodb_url.get_secret_value(),
        serverSelectionTimeoutMS=CONNECT_MS,
        connectTimeoutMS=CONNECT_MS,
        tz_aware=True,
        readConcernLevel="majority",
        appname="sentinel-verify",
    )


def _wait_for_outbox(verifier: Verifier, wait_s: float, progress: Progress) -> int:
    deadline_s = time.monotonic() + wait_s
    at_first = pending = verifier.pending()
    while pending and time.monotonic() < deadline_s:
        progress("waiting for the outbox", at_first - pending, at_first)
        time.sleep(0.5)
        pending = verifier.pending()
    return pending


def _compare(verifier: Verifier, side: Side) -> Comparison:
    found = verifier.compare(side)
    for _ in range(CHECKS_MAX - 1):
        if not found.differences:
            break
        time.sleep(BETWEEN_CHECKS_S)
        keys = sorted({difference.key for difference in found.differences})
        found.differences = verifier.compare(side, keys).differences
    return found
