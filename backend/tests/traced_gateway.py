"""
A gateway under a tracer: `python -m tests.traced_gateway PORT FILE`.

It serves as `uvicorn gateway.main:app` does. Once it is well, transactions are posted to it one by one. FILE
says which of its modules each entered, in all threads, and which module called which with nobody in between:

    [{"modules": ["gateway.verdict.service", ...], "calls": [["gateway.verdict.service", "gateway.kit.clock"], ...]}]

What else a gateway does at such a moment is in it, too; whoever asks takes what all transactions have in common.
"""

import json
import sys
import threading
import time
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import httpx
import uvicorn

from local import commands
from local.ports import LOOPBACK
from tests.callers import CLIENT_TIMEOUT_S, get
from tests.raw_http import RawConnection, payment

POSTS = 8
_OURS = f"{commands.BACKEND}/gateway/"
_QUIET_S = 0.3  # between two posts: what the one before left to do is done


class Tracer:
    """Notes calls into the gateway's modules while it is asked to."""

    def __init__(self) -> None:
        self._modules: set[str] = set()
        self._calls: set[tuple[str, str]] = set()
        self._names: dict[CodeType, str | None] = {}
        self._is_on = False

    def install(self) -> None:
        """In this thread, and all that begin from now on."""
        sys.setprofile(self._profile)
        threading.setprofile(self._profile)

    def of(self, port: int) -> dict[str, Any]:
        """What one transaction enters."""
        request = b"".join(payment())  # at once, as checkouts send it: head and body apart go another way
        with RawConnection(port, timeout_s=CLIENT_TIMEOUT_S) as connection:
            self._modules, self._calls, self._is_on = set(), set(), True
            verdict = connection.ask(request).json
            self._is_on = False
        return {
            "is_ordinary": verdict["scored"] and verdict["ledger_status"] == "committed",
            "modules": sorted(self._modules),
            "calls": sorted(self._calls),
        }

    def _profile(self, frame: FrameType, event: str, _argument: Any) -> None:
        if not self._is_on or event != "call" or (module := self._module(frame.f_code)) is None:
            return
        self._modules.add(module)
        caller = None if frame.f_back is None else self._module(frame.f_back.f_code)
        if caller not in {None, module}:
            self._calls.add((str(caller), module))

    def _module(self, code: CodeType) -> str | None:
        if code not in self._names:
            ours = code.co_filename.startswith(_OURS)
            path = Path(code.co_filename).relative_to(commands.BACKEND).with_suffix("") if ours else None
            self._names[code] = None if path is None else ".".join(path.parts).removesuffix(".__init__")
        return self._names[code]


def _post(tracer: Tracer, port: int, file: Path) -> None:
    while not _is_healthy(port):
        time.sleep(0.1)
    traces = []
    for _ in range(POSTS):
        time.sleep(_QUIET_S)
        traces.append(tracer.of(port))
    file.with_suffix(".new").write_text(json.dumps(traces))
    file.with_suffix(".new").replace(file)


def _is_healthy(port: int) -> bool:
    try:
        services = get(f"http://{LOOPBACK}:{port}/health").json()["services"]
    except httpx.HTTPError:
        return False
    return bool(services["brain"]["status"] == services["ledger"]["status"] == "up")


def _main() -> None:
    port, file = int(sys.argv[1]), Path(sys.argv[2])
    tracer = Tracer()
    threading.Thread(target=_post, args=(tracer, port, file), daemon=True).start()
    tracer.install()
    uvicorn.run("gateway.main:app", app_dir=str(commands.BACKEND), host=LOOPBACK, port=port, access_log=False)


if __name__ == "__main__":
    _main()
