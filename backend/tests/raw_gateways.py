"""What a gateway says of its connections and takes for them, from outside."""

import resource
from pathlib import Path

from tests.processes import GatewayProcess
from tests.raw_http import RawConnection, get


def resident_mib(process: GatewayProcess) -> float:
    """Memory that it holds now, in MiB."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def dropped(process: GatewayProcess, reason: str) -> float:
    """How many connections it says that it dropped for this reason."""
    with RawConnection(process.port) as connection:
        text = connection.ask(get(b"/metrics")).body.decode()
    name = f'sentinel_connections_dropped_total{{reason="{reason}"}} '
    return next(float(line.removeprefix(name)) for line in text.splitlines() if line.startswith(name))
