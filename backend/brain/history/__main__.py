"""
Holds the history against the ledger: `PYTHONPATH=backend python -m brain.history --verify`.

Reads MONGODB_URL and the BRAIN_ settings as the brain does. Exit status: 0 equal, 1 different, 2 not comparable now.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from brain.history.documents import MERCHANTS, USERS
from brain.history.verifier import Comparison, Difference, Verifier
from brain.settings import Settings, SettingsError, load_settings
from money.currencies import load_rates

SHOWN_MAX = 20
LOOKS_MAX = 3  # what differs is looked at again: payments may be going on
BETWEEN_LOOKS_S = 2.0
CONNECT_MS = 3000


def main(arguments: list[str] | None = None) -> int:
    """Compare and say so; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m brain.history", description="Hold the history against the ledger.")
    parser.add_argument("--verify", action="store_true", required=True, help="the only thing it does; changes nothing")
    parser.add_argument("--wait-s", type=float, default=60.0, help="for the outbox of the ledger to become empty")
    parser.add_argument(
        "--ledger-database", default=os.environ.get("GATEWAY_LEDGER_DATABASE", "fraud_ledger"), help="%(default)s"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of sentences")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(os.environ)
        with _connect(settings) as client:
            verifier = Verifier(
                client[options.ledger_database],
                client[settings.profiles_database],
                load_rates(settings.reference_rates_file),
            )
            pending = _wait_until_told(verifier, options.wait_s)
            found = _compare(verifier)
    except (SettingsError, OSError, ValueError) as error:
        print(f"brain.history: {error}", file=sys.stderr)
        return 2
    except PyMongoError as error:  # its own words may quote the address, and the address a password
        print(f"brain.history: MongoDB does not answer ({type(error).__name__}): see MONGODB_URL", file=sys.stderr)
        return 2
    print(json.dumps(_summary(found, pending)) if options.json else _sentences(found, pending))
    if found.differences:
        return 1
    return 2 if pending else 0


def _connect(settings: Settings) -> "MongoClient[dict[str, object]]":
    return MongoClient(
        settings.mongodb_url.get_secret_value(),
        serverSelectionTimeoutMS=CONNECT_MS,
        connectTimeoutMS=CONNECT_MS,
        tz_aware=True,
        readConcernLevel="majority",
        appname="sentinel-verify",
    )


def _wait_until_told(verifier: Verifier, wait_s: float) -> int:
    deadline_s = time.monotonic() + wait_s
    while (pending := verifier.pending()) and time.monotonic() < deadline_s:
        time.sleep(0.5)
    return pending


def _compare(verifier: Verifier) -> Comparison:
    total = Comparison(0, 0, [])
    for side in (USERS, MERCHANTS):
        first = verifier.compare(side)
        differences = first.differences
        for _ in range(LOOKS_MAX - 1):
            if not differences:
                break
            time.sleep(BETWEEN_LOOKS_S)
            differences = verifier.compare(side, sorted({difference.key for difference in differences})).differences
        total.histories += first.histories
        total.events += first.events
        total.differences += differences
    return total


def _summary(found: Comparison, pending: int) -> dict[str, object]:
    return {
        "histories": found.histories,
        "events": found.events,
        "pending": pending,
        "differences": len(found.differences),
        "first_differences": [asdict(difference) for difference in found.differences[:SHOWN_MAX]],
    }


def _sentences(found: Comparison, pending: int) -> str:
    lines = [f"{found.histories:,} histories with {found.events:,} events compared with the ledger"]
    if pending:
        lines.append(f"{pending:,} transactions or labels are not history yet: is a brain running?")
    lines += [_sentence(difference) for difference in found.differences[:SHOWN_MAX]]
    if len(found.differences) > SHOWN_MAX:
        lines.append(f"... and {len(found.differences) - SHOWN_MAX:,} more")
    lines.append(f"{len(found.differences):,} differences" if found.differences else "no difference")
    return "\n".join(lines)


def _sentence(difference: Difference) -> str:
    return f"{difference.what}: {difference.transaction_id} in {difference.collection}/{difference.key}"


if __name__ == "__main__":
    sys.exit(main())
