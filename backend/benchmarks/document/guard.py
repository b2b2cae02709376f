"""Shows the figure that `bench guard` holds verdicts against."""

from collections.abc import Mapping
from typing import Any

from benchmarks.guard import ALLOWED, CLIENTS, PAIRS


def render(result: Mapping[str, Any]) -> str:
    """Return one paragraph."""
    low, high = result["spread"]
    return (
        f"`./setup.sh test` measures {PAIRS} pairs of short turns with {CLIENTS} clients. It fails when the CPU time "
        f"of gateway, brain and mongod over the FastAPI echo's has a median above {ALLOWED:g} times the committed "
        f"figure, which is **{result['cpu_echo_64']:.2f}** ({low:.2f} to {high:.2f}). What is done in the "
        "second after a turn counts. It was 2.44 before the shipped model looked at 78 features of six kinds of "
        "history, and before each payment brought a key (4 us)."
    )
