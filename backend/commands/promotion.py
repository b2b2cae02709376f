"""`sentinel model promote|rollback|list`: which model decides, which runs along, and how it came to that."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import own_options as options
from commands.errors import CannotDo
from commands.model_ledger import (
    Trial,
    judge_directory,
    judge_shadow_of,
    open_ledger,
    present_model,
    read_directory,
)
from commands.options import AsJson

if TYPE_CHECKING:
    from pymongo.database import Database

    from records.models import ChangeNote, Roles

_LISTED_MAX = 50
_TEST_DAYS = 56
_CHANGES_SHOWN_MAX = 20
_SHIPPED = "the brain's own"

By = Annotated[str | None, typer.Option(metavar="NAME", help="Who does it, for the record. Else the user's name here.")]
Why = Annotated[str, typer.Option(metavar="TEXT", help="The reason, for the record.")]


def promote(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The artifact: model.txt and metadata.json.")],
    *,
    without_shadow: Annotated[
        bool, typer.Option("--without-shadow", help="Let it decide at once: for a first model. It goes on record.")
    ] = False,
    data: options.Data = None,
    ledger: options.Ledger = False,
    columns: options.Map = None,
    label_delay_days: options.LabelDelay = None,
    decimal: options.DecimalMark = None,
    dates: options.Dates = None,
    test_days: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many last days of --data count.")
    ] = _TEST_DAYS,
    margin: options.Margin = None,
    fee: options.Fee = None,
    review_cost: options.ReviewCost = None,
    shadow_scores_min: Annotated[
        int, typer.Option(min=0, metavar="N", help="Payments that it has to have run along with.")
    ] = 1_000,
    shadow_frauds_min: Annotated[
        int, typer.Option(min=0, metavar="N", help="Frauds by their labels among these.")
    ] = 10,
    by: By = None,
    why: Why = "",
    as_json: AsJson = False,
) -> None:
    """
    Let a model run along, and then decide, in every brain, within seconds and without a restart.

    The first time it becomes the shadow, if it is better than the present model on the same payments: those of --data
    or --ledger, or else those of the test of its training. The second time it decides, if it was also better on
    payments that both scored since. Exit status 1: it is not better, or it is too early; nothing was changed.
    """
    trial = None
    if find_spec("training") is not None:
        costs = options.costs(margin, fee, review_cost)
        trial = Trial(data, ledger, columns, label_delay_days, decimal, dates, test_days, costs)
    elif data is not None or ledger:
        raise CannotDo("--data and --ledger: models are judged where they are trained, not in this image")
    with open_ledger() as opened:
        promoted = _promote(
            opened, directory, trial,
            without_shadow=without_shadow, minima=(shadow_scores_min, shadow_frauds_min), by=by, why=why,
        )  # fmt: skip
    _say(promoted.summary, promoted.sentences, as_json)
    raise typer.Exit(promoted.is_refused)


@dataclass(frozen=True, slots=True)
class _Promoted:
    """What came of it."""

    summary: dict[str, Any]
    sentences: str
    is_refused: bool = False


def _promote(
    ledger: "Database[dict[str, Any]]",
    directory: Path,
    trial: Trial | None,
    *,
    without_shadow: bool,
    minima: tuple[int, int],
    by: str | None,
    why: str,
) -> _Promoted:
    from brain.rollout.judgement import judge_recorded
    from records.model_store import change_roles, keep_artifact, read_roles

    artifact, candidate = read_directory(directory)
    named, roles = f"{candidate.name} {candidate.version}", read_roles(ledger)
    if roles.live == artifact.id:
        return _Promoted({"action": None, "live": roles.live}, f"{named} decides already")
    present = present_model(ledger, roles)
    ran_along = roles.shadow == artifact.id
    if ran_along and not without_shadow:
        found = judge_shadow_of(ledger, roles, present, candidate, minima=minima)
    elif trial is None:
        found = judge_recorded(json.loads(artifact.metadata), present)
    else:
        found = judge_directory(directory, present, trial)
    facts = {"reason": found.reason, "facts": dict(found.facts)}
    if not found.may:
        return _Promoted({"action": None, **facts}, f"{named} is not promoted: {found.reason}", is_refused=True)
    artifact, _ = read_directory(directory)  # judging may have written figures into its metadata
    note = _note(by, why, {**found.facts, "without_shadow": without_shadow and not ran_along})
    is_live = without_shadow or ran_along
    keep_artifact(ledger, artifact, at=note.at, by=note.by)
    after = change_roles(
        ledger,
        lambda before: before.with_live(artifact.id, note) if is_live else before.with_shadow(artifact.id, note),
        before=roles,
    )
    done = "decides now, in every brain" if is_live else "runs along now: promote it again to let it decide"
    summary = {"action": after.changes[-1].action, "live": after.live, "shadow": after.shadow, **facts}
    return _Promoted(summary, f"{found.reason}\n{named} {done}")


def promote_at_once(directory: Path, mongodb_url: str | None) -> None:
    """Promote without shadow, as the command does. Args: mongodb_url: None: as of MONGODB_URL. Raises CannotDo."""
    with open_ledger(mongodb_url) as opened:
        done = _promote(
            opened, directory, None, without_shadow=True, minima=(0, 0), by="replay", why="in the middle of a replay"
        )
    if done.is_refused:
        raise CannotDo(done.sentences)


def rollback(*, by: By = None, why: Why = "", as_json: AsJson = False) -> None:
    """Let the model before decide again, in every brain, within seconds. Each further time goes one further back."""
    from records.model_store import change_roles, read_roles

    with open_ledger() as opened:
        roles = read_roles(opened)
        if not roles.earlier:
            raise CannotDo("nothing was promoted, so there is nothing to go back to")
        note = _note(by, why, {})
        after = change_roles(opened, lambda before: before.rolled_back(note), before=roles)
    _say(
        {"action": "rollback", "live": after.live, "shadow": after.shadow},
        f"{after.live[:12] if after.live else _SHIPPED} decides now, in every brain within seconds",
        as_json,
    )


def list_models(*, as_json: AsJson = False) -> None:
    """List the models that were promoted, their roles, and the changes, newest first."""
    from records.model_store import list_artifacts, read_roles

    with open_ledger() as opened:
        roles, artifacts = read_roles(opened), list_artifacts(opened, limit=_LISTED_MAX)
    changes = [change.said() for change in reversed(roles.changes)]
    models = [
        {"id": one["_id"], **{name: one[name] for name in ("name", "version", "trained_on", "by")},
         "created_at": one["created_at"].isoformat(), "role": _role(roles, one["_id"])}
        for one in artifacts
    ]  # fmt: skip
    lines = [f"decides: {_named(models, roles.live)}"]
    if roles.shadow:
        lines.append(f"runs along: {_named(models, roles.shadow)}")
    lines += [f"{one['id'][:12]}  {one['name']} {one['version']}  {one['role'] or ''}".rstrip() for one in models]
    lines += [_line(change, models) for change in changes[:_CHANGES_SHOWN_MAX]]
    _say({"live": roles.live, "shadow": roles.shadow, "models": models, "changes": changes}, "\n".join(lines), as_json)


def _note(by: str | None, why: str, facts: dict[str, Any]) -> "ChangeNote":
    from records.models import WHY_LENGTH_MAX, ChangeNote

    if len(why) > WHY_LENGTH_MAX:
        raise CannotDo(f"--why: {len(why)} characters; at most {WHY_LENGTH_MAX}")
    now = datetime.now(UTC)
    return ChangeNote(now.replace(microsecond=now.microsecond // 1000 * 1000), by or _user(), why, facts)


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user has a number only
        return "unnamed"


def _line(change: dict[str, Any], models: list[dict[str, Any]]) -> str:
    model = change["shadow" if change["action"] == "shadow" else "live"]
    return f"{change['at']}  {change['action']}  {_named(models, model)}  by {change['by']}  {change['why']}".rstrip()


def _role(roles: "Roles", artifact: str) -> str | None:
    return {roles.shadow: "shadow", roles.live: "live"}.get(artifact)


def _named(models: list[dict[str, Any]], artifact: str | None) -> str:
    if artifact is None:
        return _SHIPPED
    return next((f"{one['name']} {one['version']}" for one in models if one["id"] == artifact), artifact[:12])


def _say(summary: dict[str, Any], sentences: str, as_json: bool) -> None:
    typer.echo(json.dumps(summary) if as_json else sentences)


app = typer.Typer(help="Promote models, and take them back.")  # where nothing is trained
app.command()(promote)
app.command()(rollback)
app.command("list")(list_models)
