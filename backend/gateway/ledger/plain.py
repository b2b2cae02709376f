"""What MongoDB gives back, without the driver's own kinds of number."""

from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """A 64-bit integer comes back as Int64, which no encoder knows."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value
