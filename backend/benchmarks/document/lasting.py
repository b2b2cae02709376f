"""Shows the figures of `bench documents` and `bench soak`."""

from collections.abc import Mapping
from typing import Any

from benchmarks.document.tables import number, table


def render_documents(result: Mapping[str, Any]) -> str:
    """Return the rate for each size and order of ids, then the pages."""
    rows = [
        [
            f"{cell['records']:,}",
            cell["order"],
            *(number(cell[key]) for key in ("per_s", "p99_ms", "mongod_us")),
            f"**{number(result['of_smallest'][key])}**"
            if (key := f"{cell['order']}_{cell['records']}") in result["of_smallest"]
            else "",
        ]
        for cell in result["cells"]
    ]
    pages = [
        [f"{int(size):,}", number(page["by_id_ms"]), number(page["newest_page_ms"])]
        for size, page in result["pages"].items()
    ]
    return (
        table(["records before", "ids", "verdicts/s", "p99 ms", "mongod us", "of the smallest, ordered"], rows)
        + "\n\n"
        + table(["records before", "one by id, ms", "newest page of 50, ms"], pages)
    )


def render_soak(result: Mapping[str, Any]) -> str:
    """Return the memory of each process."""
    rows = [
        [name, *(number(memory[key]) for key in ("first_mib", "last_mib", "peak_mib", "slope_mib_per_min"))]
        for name, memory in result["memory"].items()
    ]
    return (
        f"{result['verdicts']:,} verdicts in {result['minutes']:g} minutes at {result['per_s']:g}/s, p99 "
        f"{number(result['p99_ms'])} ms, none lost.\n\n"
        + table(["resident MiB", "first", "last", "peak", "a minute, second half"], rows)
    )
