"""What commands of `sentinel model` and `sentinel bench` do around their work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from commands.errors import in_one_line
from commands.progress import ProgressBar

if TYPE_CHECKING:
    from brain.model.artifact import Model


@contextmanager
def at_work() -> Iterator[ProgressBar]:
    """A bar while it lasts; what is wrong with files, worlds or a gateway becomes one line."""
    from brain.errors import ArtifactError
    from training.errors import UnusableDataError
    from training.live import ReplayError

    with in_one_line(ArtifactError, UnusableDataError, ReplayError), ProgressBar() as progress:
        yield progress


def load_model(directory: Path | None) -> "Model":
    """Args: directory: of the artifact; None is the shipped one. Raises ArtifactError."""
    from brain.model.artifact import Model
    from training.train import ARTIFACTS

    return Model.load(directory or ARTIFACTS)


@contextmanager
def own_processes() -> Iterator[None]:
    """Raises CannotDo where one of them does not start, or what was measured is worth nothing."""
    from benchmarks.errors import BenchmarkError
    from local.errors import LocalError
    from tests.processes import ProcessError

    with in_one_line(BenchmarkError, LocalError, ProcessError):
        yield
