"""What commands about promoted models read, and what they hold a model against."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands import own_options as options
from commands.errors import CannotDo, in_one_line

if TYPE_CHECKING:
    from pymongo.database import Database

    from brain.model.artifact import Model
    from brain.rollout.judgement import Judgement
    from records.models import Artifact, Roles
    from training.own.judging import Costs

_CONNECT_MS = 3000


@dataclass(frozen=True, slots=True)
class Trial:
    """Labelled payments of a file or of the ledger, how they are read, and how many of the last days are judged."""

    data: Path | None
    ledger: bool
    columns: str | None
    label_delay_days: int | None
    decimal: str | None
    dates: str | None
    test_days: int
    costs: "Costs"


def read_directory(directory: Path) -> "tuple[Artifact, Model]":
    """Read an artifact and let it score, as a brain will."""
    from brain.errors import ArtifactError
    from brain.model.artifact import METADATA_FILE, MODEL_FILE
    from brain.rollout.check import check_artifact
    from money.currencies import DEFAULT_RATES_FILE, load_rates
    from records.models import Artifact

    with in_one_line(ArtifactError, OSError):
        artifact = Artifact((directory / MODEL_FILE).read_bytes(), (directory / METADATA_FILE).read_bytes())
        return artifact, check_artifact(artifact, load_rates(DEFAULT_RATES_FILE))


def present_model(ledger: "Database[dict[str, Any]]", roles: "Roles") -> "Model":
    """Read the model that decides now; where none was promoted, that of BRAIN_MODEL_DIR."""
    import os

    from brain.errors import ArtifactError
    from brain.model.artifact import Model
    from brain.settings import load_settings
    from records.model_store import read_artifact

    if roles.live is None:
        with in_one_line(ArtifactError):
            return Model.load(load_settings(os.environ).model_dir)
    with in_one_line(ValueError):
        artifact = read_artifact(ledger, roles.live)
    if artifact is None:
        raise CannotDo(f"the ledger does not hold {roles.live[:12]}, which decides: roll back first")
    return Model.read(artifact.model, artifact.metadata, where=roles.live[:12])


def judge_shadow_of(
    ledger: "Database[dict[str, Any]]",
    roles: "Roles",
    present: "Model",
    candidate: "Model",
    *,
    minima: tuple[int, int],
) -> "Judgement":
    """Judge the model in shadow by what both scored. Args: minima: of payments, and of frauds among them."""
    from brain.rollout.evidence import gather_evidence
    from brain.rollout.judgement import judge_shadow

    evidence = gather_evidence(
        ledger,
        {"name": present.name, "version": present.version},
        {"name": candidate.name, "version": candidate.version},
        since=roles.shadow_since or datetime.fromtimestamp(0, UTC),
    )
    return judge_shadow(evidence, scores_min=minima[0], frauds_min=minima[1])


def judge_directory(directory: Path, present: "Model", trial: Trial) -> "Judgement":
    """
    Judge the model in this directory by labelled payments.

    Where none are named, by what its training recorded; and if that was with another model, by the ledger's own.
    """
    from brain.model.artifact import METADATA_FILE
    from brain.rollout.judgement import judge_recorded
    from training.errors import UnusableDataError

    if trial.data is not None or trial.ledger:
        with in_one_line(UnusableDataError):
            return _judge_payments(directory, present, trial)
    recorded = judge_recorded(json.loads((directory / METADATA_FILE).read_bytes()), present)
    if recorded.facts:
        return recorded
    try:
        return _judge_payments(directory, present, replace(trial, ledger=True))
    except UnusableDataError:  # too few labels there
        return recorded


def _judge_payments(directory: Path, present: "Model", trial: Trial) -> "Judgement":
    from brain.rollout.judgement import judge_figures
    from training.own.backtest import backtest_own, source_of
    from training.own.comparing import NEW, PRESENT

    own = options.read_own(
        trial.data, trial.columns, trial.label_delay_days, trial.decimal, trial.dates,
        ledger=trial.ledger, like=source_of(directory),
    )  # fmt: skip
    found = backtest_own(own, directory, present=present, test_days=trial.test_days, costs=trial.costs)
    measured = found.comparison.measured
    source = "the ledger" if trial.data is None else "the file"
    return judge_figures(measured[NEW].figures, measured[PRESENT].figures, source=source)


@contextmanager
def open_ledger(mongodb_url: str | None = None) -> "Iterator[Database[dict[str, Any]]]":
    """
    Open the ledger that MONGODB_URL and the BRAIN_ settings name. What is wrong with it becomes one line.

    Args:
        mongodb_url: Instead of MONGODB_URL.
    """
    import os

    from pymongo import MongoClient, WriteConcern
    from pymongo.errors import OperationFailure, PyMongoError
    from pymongo.read_concern import ReadConcern

    from brain.settings import SettingsError, load_settings
    from records.model_store import Conflict

    with in_one_line(SettingsError, Conflict):
        settings = load_settings(os.environ)
        try:
            client: MongoClient[dict[str, Any]] = MongoClient(
                mongodb_url or settings.mongodb_url.get_secret_value(),
                serverSelectionTimeoutMS=_CONNECT_MS,
                connectTimeoutMS=_CONNECT_MS,
                tz_aware=True,
                appname="sentinel-model",
            )
            with client:
                yield client.get_database(
                    settings.ledger_database,
                    read_concern=ReadConcern("majority"),
                    write_concern=WriteConcern(w="majority", j=True),
                )
        except OperationFailure as refused:
            raise CannotDo(f"MongoDB refuses (code {refused.code}): see the user of MONGODB_URL") from None
        except PyMongoError as error:  # its own words may quote the address, and the address a password
            raise CannotDo(f"MongoDB does not answer ({type(error).__name__}): see MONGODB_URL") from None
