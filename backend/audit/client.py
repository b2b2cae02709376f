"""The ledger as the tool sees it: a plain client, patient, and on the primary."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymongo
from pymongo import ReadPreference, WriteConcern
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from audit.errors import AuditError
from gateway.ledger.client import check_url
from gateway.settings import Settings, load_settings
from records.account import LEDGER, NOTE

_CONNECT_MS = 3_000
_SOCKET_MS = 300_000  # one answer: without its index MongoDB has to sort all records first


@contextmanager
def open_ledger() -> Iterator[Database[Any]]:
    """
    The ledger that MONGODB_URL and the GATEWAY_ settings name, as the gateway reads them.

    Raises:
        AuditError: a setting is wrong; or, inside the block, MongoDB or the disk for sorting fails.
    """
    try:
        settings = load_settings()
        check_url(settings)
        with _connect(settings) as client:
            ledger = _database(client, settings)
            LEDGER.are_everywhere = ledger["schema_migrations"].find_one(NOTE) is not None
            yield ledger
    except SystemExit as refused:  # settings: their message is the line
        raise AuditError(str(refused.code)) from None
    except (OSError, ValueError) as error:
        raise AuditError(str(error)) from error
    except sqlite3.Error as error:
        raise AuditError(f"no room to sort in {tempfile.gettempdir()} ({error}): set TMPDIR") from error
    except OperationFailure as refused:
        raise AuditError(f"MongoDB refuses (code {refused.code}): see the user of MONGODB_URL") from None
    except PyMongoError as error:  # its own words may quote the address, and the address a password
        raise AuditError(f"MongoDB does not answer ({type(error).__name__}): see MONGODB_URL") from None


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
