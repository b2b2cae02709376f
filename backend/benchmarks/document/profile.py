"""Shows the figures of `bench profile`."""

import re
from collections.abc import Mapping
from typing import Any

from benchmarks.document.tables import table

SHOWN = 15
_FILE = re.compile(r"\((?P<path>[^)]*?)(\.py)?:\d+\)$")


def render(result: Mapping[str, Any]) -> str:
    """Return two tables for each process."""
    return "\n\n".join(_tables(name, shares) for name, shares in result["processes"].items())


def _tables(name: str, shares: Mapping[str, Mapping[str, float]]) -> str:
    within, own = (list(shares[kind].items())[:SHOWN] for kind in ("within", "own"))
    rows = [
        [f"`{_in_module(ours)}`", f"{share:.1%}", f"`{_in_module(function)}`", f"{own_share:.1%}"]
        for (ours, share), (function, own_share) in zip(within, own, strict=False)
    ]
    return table([f"{name}: of ours, with what it calls", "share", "by itself", "share"], rows)


def _in_module(frame: str) -> str:
    """Name the module instead of the file and line, which may be gone by the time that somebody reads it."""
    return _FILE.sub(lambda file: f"({file['path'].replace('/', '.')})", frame)
