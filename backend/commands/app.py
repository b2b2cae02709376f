"""The `sentinel` command line: which groups of commands there are, and how each of them ends."""

import sys
import traceback
from importlib.util import find_spec

import typer
from typer.exceptions import TyperException

from commands import bench, history, keys, ledger, model, people, promotion

# Each group, and the package that does its work: an image holds only its own, and lists no other.
_GROUPS = (
    ("ledger", ledger.app, "audit"),
    ("keys", keys.app, "gateway"),
    ("people", people.app, "gateway"),
    ("history", history.app, "brain"),
    ("model", promotion.app if find_spec("training") is None else model.app, "brain"),
    ("bench", bench.app, "benchmarks"),
)

app = typer.Typer(
    name="sentinel",
    help="Sentinel's commands for operators and for those who train its model.",
    epilog="Exit status: 0 all is well, 1 a check found something, 2 wrong usage, or it could not be done.",
    pretty_exceptions_enable=False,
)


@app.callback()
def sentinel() -> None:
    """Keeps the groups where an image has one of them only."""


for _name, _group, _needs in _GROUPS:
    if find_spec(_needs) is not None:
        app.add_typer(_group, name=_name)
if find_spec("chaos") is not None:
    from chaos.main import run

    app.command("chaos")(run)


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns the exit status; what could not be done is one line on standard error."""
    try:
        status = app(arguments, prog_name="sentinel", standalone_mode=False)
    except TyperException as error:
        print(_line(error), file=sys.stderr)
        return 2
    except Exception:  # Python's own exit status would be that of a finding
        traceback.print_exc()
        return 2
    return int(status or 0)


def _line(error: TyperException) -> str:
    context = getattr(error, "ctx", None)  # of wrong usage
    if context is None:
        return f"sentinel: {error.format_message()}"
    path = context.command_path
    return f"{path}: {error.format_message().rstrip('.')} (see: {path} --help)"
