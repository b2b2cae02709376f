"""Makes the key that the tools of this machine send, once."""

import os
from pathlib import Path

from gateway.access.keys import new_key

_FOR_ITS_OWNER = 0o600


def make_key(file: Path) -> None:
    """Write the key of an admin there, unless there is one. Its directory exists."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FOR_ITS_OWNER)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as opened:
        opened.write(f"{new_key()[1]} # of ./setup.sh, for the tools of this machine\n")


def read_key(file: Path) -> str:
    """Read it. Raises OSError."""
    return file.read_text().partition("#")[0].strip()
