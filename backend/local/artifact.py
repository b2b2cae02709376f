"""`python -m local.artifact`: does the model that ships with the brain load here?"""

import sys

from brain.model.artifact import ArtifactError, Model
from local.commands import BACKEND


def main() -> int:
    """Load it and name it. Returns 1, with one line on standard error, when it does not load."""
    try:
        model = Model.load(BACKEND / "brain" / "artifacts")
    except ArtifactError as error:
        print(f"setup.sh: the model does not load ({error}): restore backend/brain/artifacts", file=sys.stderr)
        return 1
    print(f"model: {model.name} {model.version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
