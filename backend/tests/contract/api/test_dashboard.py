"""The gateway's side of the dashboard: a made-up build behind a real uvicorn, asked over HTTP."""

import gzip
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.api.dashboard import Dashboard
from gateway.main import create_app
from gateway.settings import Settings, load_settings
from local.ports import LOOPBACK, pick_free_port
from tests.callers import caller
from tests.processes import GatewayProcess

PAGE = "<!DOCTYPE html><title>Overview</title>" + " " * 2_000
SCRIPT = "const answer = 42;\n" * 100
POLICY = "default-src 'self'; script-src 'self' 'sha256-AAAA'"
OUTSIDE = "outside of the build"


def write_build(out: Path) -> None:
    """What the build leaves, in small."""
    files = {
        "index.html": PAGE,
        "404.html": "<title>404</title>",
        "chaos/index.html": "<title>Chaos</title>",
        "_next/static/chunks/a1.js": SCRIPT,
        "theme.js": "dark();",
        ".headers": f"Content-Security-Policy: {POLICY}\nX-Content-Type-Options: nosniff\n",
        "../secret.txt": OUTSIDE,
    }
    for name, text in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text)
        if len(text) > 1_000:
            (out / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    (out / "link.txt").symlink_to("../secret.txt")


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is served."""
    out = tmp_path_factory.mktemp("dashboard") / "out"
    out.mkdir()
    write_build(out)
    return out


@pytest.fixture(scope="module")
def gateway(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway without neighbours: the dashboard is there all the same."""
    nobody = pick_free_port()
    with GatewayProcess(
        tmp_path_factory.mktemp("gateway"),
        mongodb_url=f"mongodb://{LOOPBACK}:{nobody}",
        brain_port=nobody,
        environment={"GATEWAY_DASHBOARD_DIR": str(build)},
    ) as process:
        yield process


@pytest.fixture(scope="module")
def client(gateway: GatewayProcess) -> Iterator[httpx.Client]:
    """Takes gzip, and follows no redirect by itself."""
    with caller(gateway.url, timeout_s=10) as client:
        yield client


def test_a_page_comes_with_the_headers_of_its_build(client: httpx.Client) -> None:
    """The policy that the build wrote, and a note to ask again each time."""
    page = client.get("/dashboard/")

    assert (page.status_code, page.text) == (200, PAGE)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-cache"


def test_a_page_that_has_not_changed_is_not_sent_again(client: httpx.Client) -> None:
    """ETag and 304; the answer without a body still binds the page that the browser kept."""
    first = client.get("/dashboard/")
    again = client.get("/dashboard/", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == POLICY
    assert again.headers["vary"] == "Accept-Encoding"


def test_a_file_named_after_its_content_is_kept_for_a_year(client: httpx.Client) -> None:
    """Only such a file: another content is another name."""
    hashed, other = client.get("/dashboard/_next/static/chunks/a1.js"), client.get("/dashboard/theme.js")
    missing = client.get("/dashboard/_next/static/chunks/gone.js")

    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert other.headers["cache-control"] == "no-cache"
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-cache")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("br;q=1.0, GZIP ; q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.000, br", None),
        ("identity", None),
        ("", None),
    ],
)
def test_the_compressed_file_goes_to_whoever_takes_it(client: httpx.Client, accepted: str, coding: str | None) -> None:
    """The content is the same either way, the tag is not, and caches are told what it depended on."""
    script = client.get("/dashboard/_next/static/chunks/a1.js", headers={"Accept-Encoding": accepted})

    assert script.text == SCRIPT
    assert script.headers.get("content-encoding") == coding
    assert (int(script.headers["content-length"]) < len(SCRIPT)) == (coding is not None)
    assert "javascript" in script.headers["content-type"]
    assert script.headers["vary"] == "Accept-Encoding"


def test_the_two_forms_of_a_file_have_tags_of_their_own(client: httpx.Client) -> None:
    """Else a cache could hand compressed bytes to whoever cannot read them."""
    compressed, plain = (client.get("/dashboard/", headers={"Accept-Encoding": name}) for name in ("gzip", "identity"))

    assert compressed.headers["etag"] != plain.headers["etag"]


def test_what_is_sent_is_settled_when_the_file_is_looked_up(tmp_path: Path) -> None:
    """Looking up waits for the disk in a thread; the event loop, and all verdicts on it, never do."""
    write_build(tmp_path / "out")
    dashboard = Dashboard(tmp_path / "out")
    full_path, found = dashboard.lookup_path("index.html")
    assert found is not None
    shutil.rmtree(tmp_path / "out")
    asked = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", b"gzip")]}

    response = dashboard.file_response(full_path, found, asked)

    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) < len(PAGE)


def test_head_says_the_same_without_the_body(client: httpx.Client) -> None:
    """For monitors and caches."""
    head, page = client.head("/dashboard/"), client.get("/dashboard/")

    same = ("etag", "content-length", "content-type", "content-encoding", "content-security-policy", "cache-control")
    assert (head.status_code, head.content) == (200, b"")
    assert [head.headers[name] for name in same] == [page.headers[name] for name in same]


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("/", "/dashboard/"), ("/dashboard", "/dashboard/"), ("/dashboard/chaos", "/dashboard/chaos/")],
)
def test_the_ways_to_a_page_lead_there(client: httpx.Client, path: str, leads_to: str) -> None:
    """Nobody needs to know about the slash."""
    reply = client.get(path, headers={"host": "evil.example"})

    assert reply.status_code == 307
    assert reply.headers["location"] == leads_to  # and nothing of the header Host


def test_an_unknown_page_is_the_builds_own_404(client: httpx.Client) -> None:
    """For people; a path of the API that is none stays a problem for programs."""
    page, other = client.get("/dashboard/nowhere/"), client.get("/nowhere")

    assert (page.status_code, page.text) == (404, "<title>404</title>")
    assert page.headers["content-security-policy"] == POLICY
    assert (other.status_code, other.json()["code"]) == (404, "NOT_FOUND")


def test_nothing_is_written_there(client: httpx.Client) -> None:
    """A problem like any other, that names what is allowed."""
    reply = client.post("/dashboard/", content=b"{}")

    assert (reply.status_code, reply.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert reply.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "chaos/../../secret.txt",
        "chaos/%2e%2e%2f%2e%2e%2fsecret.txt",
        "..%5csecret.txt",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "link.txt",
        ".headers",
        "chaos/../.headers",
        "index.html%00.js",
        "index.html/more",
        "%ff%fe",
        "x" * 300,
        "%F0%9F%92%A9",
    ],
)
def test_nobody_gets_out_of_the_build(gateway: GatewayProcess, path: str) -> None:
    """Asked with the very bytes, which clients would tidy up: always 404, never another file, never a fault."""
    with socket.create_connection((LOOPBACK, gateway.port), timeout=10) as connection:
        request = f"GET /dashboard/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        reply = b"".join(iter(lambda: connection.recv(65536), b""))

    assert reply.split(b" ")[1] == b"404"
    assert OUTSIDE.encode() not in reply
    assert b"root:" not in reply
    assert POLICY.encode() not in reply.partition(b"\r\n\r\n")[2]


def test_another_build_is_served_with_its_own_policy(client: httpx.Client, build: Path) -> None:
    """Its scripts have other hashes: with the old ones the new page would stay dead until a restart."""
    (build / ".headers").unlink()
    during = client.get("/dashboard/")
    (build / ".headers").write_text("Content-Security-Policy: script-src 'sha256-BBBB'\n")
    after = client.get("/dashboard/")
    write_build_again(build)

    assert (during.status_code, during.json()["code"]) == (404, "DASHBOARD_NOT_BUILT")
    assert after.headers["content-security-policy"] == "script-src 'sha256-BBBB'"


def write_build_again(build: Path) -> None:
    """As it was."""
    (build / "link.txt").unlink()
    write_build(build)


async def test_without_a_build_the_gateway_says_how_to_get_one() -> None:
    """As in its image: 404, and the API does not mind."""
    app = create_app(Settings(dashboard_dir=None))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        page, live = await client.get("/dashboard/"), await client.get("/health/live")

    assert page.status_code == 404
    assert page.headers["content-type"] == "application/problem+json"
    assert page.json()["code"] == "DASHBOARD_NOT_BUILT"
    assert "./setup.sh" in page.json()["detail"]
    assert live.status_code == 200


def test_a_folder_without_a_build_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever names one means it."""
    monkeypatch.setenv("GATEWAY_DASHBOARD_DIR", str(tmp_path))

    with pytest.raises(SystemExit, match=r"GATEWAY_DASHBOARD_DIR: .*holds no built dashboard"):
        load_settings()


def test_it_is_no_part_of_the_api_and_stands_behind_it() -> None:
    """No client is generated for it, and no verdict waits for a look at its paths."""
    app = create_app(Settings())

    paths = [getattr(route, "path", "") for route in app.routes]

    assert paths[-3:] == ["/", "/dashboard", "/dashboard"]
    assert not [path for path in app.openapi()["paths"] if path == "/" or path.startswith("/dashboard")]
