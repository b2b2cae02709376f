"""
The operators' dashboard at /dashboard/: the files that `npm run build` left, and nothing else.

Two rules of the build (frontend/dashboard/scripts) are kept here: names that begin with a dot are about the build and
are never served, and `.headers` is written last, so that a folder without it holds no finished build.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

import anyio.to_thread
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Scope

from gateway.access.declared import open_to_all
from gateway.api.guard import GuardedRoute
from gateway.errors import GatewayError

PATH = "/dashboard"
_NAMED_BY_CONTENT = "_next/static/"
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"  # the browser keeps the file, and asks whether it is still the one: 304 mostly


class DashboardNotBuilt(GatewayError):
    """There are no files to serve; the API works without them."""

    status = 404
    code = "DASHBOARD_NOT_BUILT"
    title = "There is no dashboard here"


def install(app: FastAPI, directory: Path | None) -> None:
    """
    Serve it, and lead / and /dashboard there. Last of all routes: no request of the API is held against it first.

    Args:
        directory: of the build. It may come, go and change while the gateway runs; None where there never is one.
    """

    @open_to_all
    async def to_dashboard() -> Response:
        return RedirectResponse(f"{PATH}/")

    for path in ("/", PATH):
        app.router.add_api_route(
            path, to_dashboard, methods=["GET", "HEAD"], include_in_schema=False, route_class_override=GuardedRoute
        )
    app.mount(PATH, Dashboard(directory))


@open_to_all
class Dashboard(StaticFiles):
    """Raises DashboardNotBuilt, and HTTPException as StaticFiles does: both become problem+json."""

    def __init__(self, directory: Path | None) -> None:
        super().__init__(directory=directory, html=True, check_dir=False)
        self._headers = _BuildHeaders(directory)

    async def check_config(self) -> None:
        """Check nothing: a missing folder is a matter of each request."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, a redirect to its folder, or the page that says that there is none."""
        headers = await anyio.to_thread.run_sync(self._headers.read)
        response = await super().get_response(path, scope)
        response.headers.update(headers)
        if "location" in response.headers:  # built from the header Host, which may say anything
            response.headers["location"] = f"{scope['path']}/"
        lasts = path.startswith(_NAMED_BY_CONTENT) and response.status_code in (200, 206, 304)
        response.headers["Cache-Control"] = _FOR_A_YEAR if lasts else _ASK_EACH_TIME
        return response

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Look as StaticFiles does (in a thread), not for what is hidden. A file's path knows its compressed one."""
        if any(part.startswith(".") for part in Path(path).parts):
            return "", None
        full_path, found = super().lookup_path(path)
        return full_path if found is None else _Path.look(full_path), found

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer as StaticFiles; with the compressed file beside it to whoever takes that. Reads no disk."""
        compressed = full_path.compressed if isinstance(full_path, _Path) else None
        if compressed is None:
            return super().file_response(full_path, stat_result, scope, status_code)
        if _takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            response = super().file_response(f"{full_path}.gz", compressed, scope, status_code)
            if not isinstance(response, NotModifiedResponse):
                response.headers["Content-Encoding"] = "gzip"
        else:
            response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Vary"] = "Accept-Encoding"
        return response


class _Path(str):
    """Of a file. `compressed` is what was found beside it under the same name and .gz, if that is a file."""

    compressed: os.stat_result | None = None

    @classmethod
    def look(cls, path: str) -> "_Path":
        """Ask the disk once: whether it is there and how long it is are then one answer."""
        looked = cls(path)
        with suppress(OSError):
            beside = Path(f"{path}.gz").stat()
            looked.compressed = beside if stat.S_ISREG(beside.st_mode) else None
        return looked


class _BuildHeaders:
    """What the build wants to be said with every file; read again when there is another build."""

    def __init__(self, directory: Path | None) -> None:
        self._file = directory / ".headers" if directory else None
        self._of: tuple[int, int] | None = None  # the file's number and time, in ns
        self._headers: dict[str, str] = {}

    def read(self) -> dict[str, str]:
        """Raises DashboardNotBuilt."""
        try:
            if self._file is None:
                raise FileNotFoundError
            found = self._file.stat()
            if self._of != (found.st_ino, found.st_mtime_ns):
                lines = self._file.read_text("ascii").splitlines()
                self._headers = {name: value for name, _, value in (line.partition(": ") for line in lines)}
                self._of = found.st_ino, found.st_mtime_ns
        except (OSError, UnicodeDecodeError):
            raise DashboardNotBuilt(
                "No dashboard is built here. On one machine ./setup.sh builds it when it finds Node 20.9 or newer; "
                "with containers it has a service of its own, on port 3000."
            ) from None
        return self._headers


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header allows gzip: by name, and not with weight 0 (RFC 9110, 12.5.3)."""
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return weight.replace(" ", "").rstrip("0") not in ("q=", "q=0.")
    return False
