"""`sentinel history`: hold the brain's memory against the ledger."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.errors import CannotDo, in_one_line
from commands.options import AsJson
from commands.progress import ProgressBar

if TYPE_CHECKING:
    from brain.history.verifier import HistoryCheck

_SHOWN_MAX = 20
_CONNECT_MS = 3000

app = typer.Typer(help="Hold the brain's memory against the ledger.")


@app.callback()
def history() -> None:
    """Keeps `verify` a word of its own: a group of one command would be that command."""


@app.command()
def verify(
    *,
    brain: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The brain; of several, one. Otherwise the settings' own.")
    ] = None,
    wait_s: Annotated[
        float,
        typer.Option(min=0, metavar="SECONDS", help="How long a brain that has just started may read the ledger."),
    ] = 60.0,
    as_json: AsJson = False,
) -> None:
    """
    Compare each payment and label of the ledger with what a running brain remembers of it. Changes nothing.

    Reads MONGODB_URL and the BRAIN_ settings as the brain does. Exit status 1: something differs. 2: nothing is known,
    also where the brain has not read the ledger yet.
    """
    import grpc
    from pymongo.errors import PyMongoError

    from brain.settings import SettingsError

    try:
        with in_one_line(SettingsError, OSError, ValueError), ProgressBar() as progress:
            found = _check(brain, wait_s=wait_s, progress=progress)
    except PyMongoError as error:  # its own words may quote the address, and the address a password
        raise CannotDo(f"MongoDB does not answer ({type(error).__name__}): see MONGODB_URL") from None
    except grpc.RpcError as error:
        raise CannotDo(f"the brain does not answer ({error.code().name}): see BRAIN_SERVICE_HOST, or --brain") from None
    typer.echo(json.dumps(_summary(found)) if as_json else _sentences(found))
    if found.differences or found.surplus:
        raise typer.Exit(1)
    raise typer.Exit(0 if found.is_complete else 2)


def _check(brain: str | None, *, wait_s: float, progress: ProgressBar) -> "HistoryCheck":
    import os

    import grpc
    from pymongo import MongoClient

    from brain.history.verifier import Verifier
    from brain.settings import load_settings
    from gateway.scoring.connection import with_token
    from money.currencies import load_rates
    from protos.fraud_pb2_grpc import FraudDetectionStub

    settings = load_settings(os.environ)
    address = brain or f"{os.environ.get('BRAIN_SERVICE_HOST', 'localhost')}:{settings.service_port}"
    client: MongoClient[dict[str, Any]] = MongoClient(
        settings.mongodb_url.get_secret_value(),
        serverSelectionTimeoutMS=_CONNECT_MS,
        connectTimeoutMS=_CONNECT_MS,
        tz_aware=True,
        readConcernLevel="majority",
        appname="sentinel-verify",
    )
    with client, grpc.insecure_channel(address) as channel:
        client.admin.command("ping")
        ledger = client[settings.ledger_database]
        stub = with_token(FraudDetectionStub(channel), settings.token)
        verifier = Verifier(ledger, stub, load_rates(settings.reference_rates_file))
        return verifier.check(wait_s=wait_s, progress=progress)


def _summary(found: "HistoryCheck") -> dict[str, Any]:
    return {
        "payments": found.payments,
        "is_complete": found.is_complete,
        "is_full": found.is_full,
        "surplus": found.surplus,
        "differences": len(found.differences),
        "first_differences": [asdict(difference) for difference in found.differences[:_SHOWN_MAX]],
    }


def _sentences(found: "HistoryCheck") -> str:
    if not found.is_complete:
        return "the brain has not read the ledger yet: ask again, or give it longer with --wait-s"
    lines = [f"{found.payments:,} payments of the ledger compared with the brain's memory"]
    if found.is_full:
        lines.append("the memory is full: payments before these had to make room (BRAIN_HISTORY_MIB)")
    if found.surplus:
        lines.append(f"{found.surplus:,} payments in the memory are not in the ledger")
    lines += [f"{difference.what}: {difference.transaction_id}" for difference in found.differences[:_SHOWN_MAX]]
    if len(found.differences) > _SHOWN_MAX:
        lines.append(f"... and {len(found.differences) - _SHOWN_MAX:,} more")
    lines.append(f"{len(found.differences):,} differences" if found.differences else "no difference")
    return "\n".join(lines)
