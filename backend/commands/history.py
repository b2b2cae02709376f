"""`sentinel history`: hold the brain's history against the ledger."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.errors import CannotDo, in_one_line
from commands.options import AsJson
from commands.progress import ProgressBar

if TYPE_CHECKING:
    from brain.history.ledger_check import HistoryCheck
    from brain.history.verifier import Difference

_SHOWN_MAX = 20

app = typer.Typer(help="Hold the brain's history against the ledger.")


@app.callback()
def history() -> None:
    """Keeps `verify` a word of its own: a group of one command would be that command."""


@app.command()
def verify(
    *,
    wait_s: Annotated[
        float,
        typer.Option(min=0, metavar="SECONDS", help="How long to wait for the ledger's outbox to become empty."),
    ] = 60.0,
    ledger_database: Annotated[
        str, typer.Option(metavar="NAME", envvar="GATEWAY_LEDGER_DATABASE", help="Where the ledger is.")
    ] = "fraud_ledger",
    as_json: AsJson = False,
) -> None:
    """
    Recount every history from the ledger, and name each event that differs. Changes nothing.

    Reads MONGODB_URL and the BRAIN_ settings as the brain does. Exit status 2 also where the ledger still holds what
    the brain was not told.
    """
    from pymongo.errors import PyMongoError

    from brain.history.ledger_check import check_history
    from brain.settings import SettingsError

    try:
        with in_one_line(SettingsError, OSError, ValueError), ProgressBar() as progress:
            found = check_history(ledger_database=ledger_database, wait_s=wait_s, progress=progress)
    except PyMongoError as error:  # its own words may quote the address, and the address a password
        raise CannotDo(f"MongoDB does not answer ({type(error).__name__}): see MONGODB_URL") from None
    typer.echo(json.dumps(_summary(found)) if as_json else _sentences(found))
    if found.differences:
        raise typer.Exit(1)
    raise typer.Exit(2 if found.pending else 0)


def _summary(found: "HistoryCheck") -> dict[str, Any]:
    return {
        "histories": found.histories,
        "events": found.events,
        "pending": found.pending,
        "differences": len(found.differences),
        "first_differences": [asdict(difference) for difference in found.differences[:_SHOWN_MAX]],
    }


def _sentences(found: "HistoryCheck") -> str:
    lines = [f"{found.histories:,} histories with {found.events:,} events compared with the ledger"]
    if found.pending:
        lines.append(f"{found.pending:,} transactions or labels are not history yet: is a brain running?")
    lines += [_sentence(difference) for difference in found.differences[:_SHOWN_MAX]]
    if len(found.differences) > _SHOWN_MAX:
        lines.append(f"... and {len(found.differences) - _SHOWN_MAX:,} more")
    lines.append(f"{len(found.differences):,} differences" if found.differences else "no difference")
    return "\n".join(lines)


def _sentence(difference: "Difference") -> str:
    return f"{difference.what}: {difference.transaction_id} in {difference.collection}/{difference.key}"
