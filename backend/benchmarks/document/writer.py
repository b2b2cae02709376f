"""Fills the template of docs/benchmarks.md with what each benchmark found, and writes the plots beside it."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.document import brain, chain, guard, lasting, latencies, profile, signals, states
from local.commands import ROOT

TEMPLATE = Path(__file__).parent / "template.txt"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
_PLACE = re.compile(r"^\{(\w+)\}$", re.MULTILINE)  # a line of its own: where the figures of this benchmark go

SECTIONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "chain": chain.render,
    "guard": guard.render,
    "lone": latencies.render_lone,
    "poisson": latencies.render_poisson,
    "outages": states.render_outages,
    "polling": states.render_polling,
    "rescoring": states.render_rescoring,
    "history": states.render_history,
    "documents": lasting.render_documents,
    "soak": lasting.render_soak,
    "brain": brain.render,
    "signals": signals.render,
    "profile": profile.render,
    "profile_before": profile.render,
}
NOT_YET = "Not measured yet."


def write() -> None:
    """Write the document and the plots of all committed figures."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    found = results.read("chain")
    for name, svg in chain.plots(found) if found else ():
        (DOCUMENT.parent / f"{name}.svg").write_text(svg, encoding="utf-8")


def document() -> str:
    """Return the text of docs/benchmarks.md."""
    return _PLACE.sub(lambda place: section(place[1]), TEMPLATE.read_text(encoding="utf-8"))


def section(name: str) -> str:
    """Return the figures of one benchmark, and where they come from."""
    found = results.read(name)
    return NOT_YET if found is None else f"{SECTIONS[name](found)}\n\n{_origin(found)}"


def _origin(result: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    return (
        f"Measured {result['at'][:10]} at commit {result['commit']}: {result['cpu']}, {result['cores']} cores, "
        f"{result['memory_gib']:g} GiB, Linux {result['kernel']}, load average {result['load_average']:g} before it; "
        f"{versions}."
    )
