"""`python -m local.artifact`: checks that the shipped model loads on this machine, and compiles what scores with it."""

import sys

from brain.model.artifact import ArtifactError, Model
from brain.scoring.warm_up import warm_up
from local.commands import BACKEND


def main() -> int:
    """Load the model and print its name. Returns 1, with one line on standard error, when it does not load."""
    try:
        model = Model.load(BACKEND / "brain" / "artifacts")
    except ArtifactError as error:
        print(f"setup.sh: the model does not load ({error}): restore backend/brain/artifacts", file=sys.stderr)
        return 1
    warm_up(model)
    print(f"model: {model.name} {model.version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
