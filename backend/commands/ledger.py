"""`sentinel ledger`: prove the ledger, and erase persons from it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.errors import in_one_line
from commands.options import AsJson
from commands.progress import ProgressBar

if TYPE_CHECKING:
    from pymongo.database import Database

    from audit.verifier import Report

app = typer.Typer(help="Prove what the ledger holds; erase persons from it.")

Heads = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        dir_okay=False,
        help="The chains must still hold what is in FILE; then keep their ends there, outside MongoDB.",
    ),
]


@app.command()
def verify(*, heads: Heads = None, as_json: AsJson = False) -> None:
    """
    Recount the ledger, and hold it against what was committed. Changes nothing.

    Reads MONGODB_URL and the GATEWAY_ settings as the gateway does.
    """
    from audit.client import open_ledger
    from audit.errors import AuditError
    from audit.output import sentences, summary

    with in_one_line(AuditError), open_ledger() as ledger:
        report = _verify(ledger, heads)
    typer.echo(json.dumps(summary(report)) if as_json else sentences(report))
    raise typer.Exit(not report.is_sound)


@app.command()
def erase(
    *,
    user: Annotated[str, typer.Option(metavar="ID", help="The user_id.")],
    heads: Heads = None,
    as_json: AsJson = False,
) -> None:
    """
    Erase a person everywhere, then verify. The proof of what was decided stays.

    A record of that person that is not what was committed is evidence: then nothing is erased, and the status is 1.
    """
    from audit.client import open_ledger
    from audit.erasure import CannotErase
    from audit.errors import AuditError
    from audit.output import erased_sentences, erased_summary, sentences, summary
    from audit.person import erase_person

    with in_one_line(AuditError), open_ledger() as ledger:
        try:
            erasure = erase_person(ledger, user)
        except CannotErase as refused:
            typer.echo(f"sentinel ledger erase: nothing was erased: {refused}", err=True)
            raise typer.Exit(1) from None
        report = _verify(ledger, heads)
    if as_json:
        typer.echo(json.dumps({"erasure": erased_summary(erasure)} | summary(report)))
    else:
        typer.echo(erased_sentences(erasure) + "\n" + sentences(report))
    raise typer.Exit(not report.is_sound)


def _verify(ledger: "Database[Any]", heads: Path | None) -> "Report":
    from audit.heads import keep_heads, read_heads
    from audit.verifier import verify as verify_ledger

    with ProgressBar() as progress:
        report = verify_ledger(ledger, kept=read_heads(heads) if heads else [], progress=progress)
    if heads and report.is_sound:
        keep_heads(heads, report.heads)
    return report
