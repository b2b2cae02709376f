"""Lists the command lines that start each process of Sentinel on one machine."""

import sys
from pathlib import Path

from local.ports import IPV6, LOOPBACK

ROOT = Path(__file__).resolve().parents[2]
BACKEND = ROOT / "backend"


def mongod(binary: Path, *, port: int, data_dir: Path) -> list[str]:
    """Start a mongod for one machine that logs to standard output. `data_dir` must exist."""
    return [
        *(str(binary), "--dbpath", str(data_dir)),
        *("--bind_ip", LOOPBACK, "--port", str(port)),
        *(["--ipv6"] if LOOPBACK == IPV6 else []),
        # its socket file in /tmp would collide with, or outlive, another mongod's
        "--nounixsocket",
        # its own default is half of the memory, which a developer needs for other things
        *("--wiredTigerCacheSizeGB", "0.5"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        "--quiet",
    ]


def brain() -> list[str]:
    """Start the brain. The environment sets its port, address and neighbours; PYTHONPATH must name `BACKEND`."""
    return [sys.executable, "-m", "brain.main"]


def gateway(*, port: int) -> list[str]:
    """Start the gateway on the loopback address. The environment sets its neighbours."""
    return [
        *(sys.executable, "-m", "uvicorn", "gateway.main:app", "--app-dir", str(BACKEND)),
        *("--host", LOOPBACK, "--port", str(port)),
        "--no-access-log",
        # requests are answered before that; a client that never finishes its body must not hold up a stop
        *("--timeout-graceful-shutdown", "5"),
    ]


def worker() -> list[str]:
    """Start the worker. The environment sets its port, address and neighbours; PYTHONPATH must name `BACKEND`."""
    # it catches up afterwards: on a small machine checkouts come first
    return ["nice", "-n", "5", sys.executable, "-m", "gateway.worker"]
