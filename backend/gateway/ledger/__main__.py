"""
Proves the ledger, and erases persons from it: `PYTHONPATH=backend python -m gateway.ledger verify`.

Reads MONGODB_URL and the GATEWAY_ settings as the gateway does. Exit status: 0 sound, 1 broken, 2 cannot say.
"""

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pymongo
from pymongo import ReadPreference, WriteConcern
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from gateway.characters import composed
from gateway.ledger.client import check_url
from gateway.ledger.proof.announcing import announce, announce_again, wait_for_gateways
from gateway.ledger.proof.erasing import CannotErase, erase, transactions_of
from gateway.ledger.proof.heads import keep_heads, read_heads
from gateway.ledger.proof.saying import erased_sentences, erased_summary, sentences, summary
from gateway.ledger.proof.traces import erase_traces
from gateway.ledger.proof.verifying import Report, verify
from gateway.settings import Settings, load_settings

_CONNECT_MS = 3_000
_SOCKET_MS = 300_000  # one answer: without its index MongoDB has to sort all records first
_PROGRESS_S = 2.0


def main(arguments: list[str] | None = None) -> int:
    """Do it and say so; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        check_url(settings)
        with _connect(settings) as client:
            return int(options.run(_database(client, settings), options))
    except SystemExit as refused:  # settings: their message is the line
        print(f"gateway.ledger: {refused.code}", file=sys.stderr)
    except (OSError, ValueError) as error:
        print(f"gateway.ledger: {error}", file=sys.stderr)
    except sqlite3.Error as error:
        print(f"gateway.ledger: no room to sort in {tempfile.gettempdir()} ({error}): set TMPDIR", file=sys.stderr)
    except OperationFailure as refused:
        print(f"gateway.ledger: MongoDB refuses (code {refused.code}): see the user of MONGODB_URL", file=sys.stderr)
    except PyMongoError as error:  # its own words may quote the address, and the address a password
        print(f"gateway.ledger: MongoDB does not answer ({type(error).__name__}): see MONGODB_URL", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway.ledger", description="Prove what the ledger holds.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verifying = commands.add_parser("verify", help="recount the ledger, and hold it against what was committed")
    verifying.set_defaults(run=_verify)
    erasing = commands.add_parser("erase", help="erase a person everywhere, then verify")
    erasing.add_argument("--user", type=composed, required=True, metavar="ID", help="the user_id")
    erasing.add_argument(
        "--profiles-database",
        metavar="NAME",
        default=os.environ.get("BRAIN_PROFILES_DATABASE", "fraud_profiles"),
        help="where the brain's history is: %(default)s",
    )
    erasing.set_defaults(run=_erase)
    for command in (verifying, erasing):
        command.add_argument("--json", action="store_true", help="one line of JSON instead of sentences")
        command.add_argument(
            "--heads",
            type=Path,
            metavar="FILE",
            help="the chains must still hold what is in FILE; then keep their ends there, outside MongoDB",
        )
    return parser


def _verify(database: Database[Any], options: argparse.Namespace) -> int:
    report = _look(database, options)
    print(json.dumps(summary(report)) if options.json else sentences(report))
    return 0 if report.is_sound else 1


def _erase(database: Database[Any], options: argparse.Namespace) -> int:
    profiles = database.client.get_database(options.profiles_database, write_concern=database.write_concern)
    announced = announce(database, transactions_of(database, options.user))
    try:
        erased = erase(database, options.user)
    except CannotErase as refused:
        print(f"gateway.ledger: nothing was erased: {refused}", file=sys.stderr)
        return 1
    traces = erase_traces(database, profiles, options.user)
    announce_again(database, announced)
    gateways = wait_for_gateways(database, announced)
    report = _look(database, options)
    if options.json:
        print(json.dumps({"erasure": erased_summary(erased, traces, gateways)} | summary(report)))
    else:
        print(erased_sentences(erased, traces, gateways))
        print(sentences(report))
    return 0 if report.is_sound else 1


def _look(database: Database[Any], options: argparse.Namespace) -> Report:
    kept = read_heads(options.heads) if options.heads else []
    report = verify(database, kept=kept, progress=_Progress())
    if options.heads and report.is_sound:
        keep_heads(options.heads, report.heads)
    return report


class _Progress:
    """A line on standard error every two seconds."""

    def __init__(self) -> None:
        self._next_s = time.monotonic() + _PROGRESS_S

    def __call__(self, what: str, number: int) -> None:
        if number % 256 == 0 and time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + _PROGRESS_S
            print(f"{number:,} {what}", file=sys.stderr)


def _connect(settings: Settings) -> "pymongo.MongoClient[dict[str, Any]]":
    return pymongo.MongoClient(
        settings.mongodb_url.get_secret_value(),
        serverSelectionTimeoutMS=_CONNECT_MS,
        connectTimeoutMS=_CONNECT_MS,
        socketTimeoutMS=_SOCKET_MS,
        appname="sentinel-verify",
    )


def _database(client: "pymongo.MongoClient[dict[str, Any]]", settings: Settings) -> Database[Any]:
    return client.get_database(
        settings.ledger_database,
        read_preference=ReadPreference.PRIMARY,  # a record is on it before the chain has it
        read_concern=ReadConcern("majority"),
        write_concern=WriteConcern(w="majority", j=True),
    )


if __name__ == "__main__":
    sys.exit(main())
