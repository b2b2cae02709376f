"""Files that a power cut leaves as they were or as they are to be, and never in between."""

import os
from pathlib import Path

DRAFT = ".draft"  # ends the name of what was not finished: nobody was told that it is kept
DAMAGED = ".damaged"


def replace_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """
    Replace the file, durably.

    Raises:
        OSError: the disk does not take it; the old one stays.
    """
    draft = path.with_name(f"{path.name}{DRAFT}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        move_file(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def move_file(source: Path, target: Path) -> None:
    """Give a file another name in its directory, durably, in the place of what has that name. Raises OSError."""
    source.replace(target)
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def append_to_file(path: Path, content: bytes) -> None:
    """Add to the end of the file, durably; it is made when it is not there. Raises OSError."""
    with path.open("ab") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def set_aside(path: Path) -> Path:
    """Keep a damaged file for people, in the place of the one before; its new name. Raises OSError."""
    kept_as = path.with_name(f"{path.name}{DAMAGED}")
    path.replace(kept_as)
    return kept_as
