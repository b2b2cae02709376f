"""nginx as the image starts it, with made-up pages and a gateway that notes what it gets."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.ports import LOOPBACK
from tests.absent import skip_or_fail
from tests.infra.dashboard import nginx
from tests.infra.dashboard.fake_gateway import FakeGateway
from tests.infra.dashboard.nginx import PAGE, POLICY, Nginx, Site


@pytest.fixture(scope="session")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As in the image: `dashboard`, and the headers of the build."""
    folder = tmp_path_factory.mktemp("html")
    for name, text in {
        "dashboard/index.html": PAGE,
        "dashboard/404.html": "<title>404</title>",
        "dashboard/chaos/index.html": "<title>Chaos</title>",
        "dashboard/_next/static/a1.js": "answer = 42;",
        "headers.conf": f'add_header Content-Security-Policy "{POLICY}" always;\n',
        "secret.txt": "outside",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "dashboard" / "index.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    return folder


@pytest.fixture(scope="session")
def shared_gateway() -> Iterator[FakeGateway]:
    """Behind the nginx of this module."""
    with FakeGateway() as running:
        yield running


@pytest.fixture(scope="session")
def site(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """What any nginx of these tests needs. Where no nginx is to be had it skips, or fails in CI."""
    try:
        return Site(nginx.binary(tmp_path_factory.mktemp("binary")), html)
    except FileNotFoundError as absent:
        skip_or_fail(str(absent))


@pytest.fixture(scope="session")
def front(site: Site, shared_gateway: FakeGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """nginx, as the image starts it."""
    url = f"http://{LOOPBACK}:{shared_gateway.port}"
    with nginx.running(site, tmp_path_factory.mktemp("nginx"), gateway_url=url) as running:
        yield running


@pytest.fixture
def gateway(shared_gateway: FakeGateway) -> Iterator[FakeGateway]:
    """Quick, well, and with nothing noted yet."""
    shared_gateway.received.clear()
    shared_gateway.status = 200
    yield shared_gateway
    shared_gateway.is_silent = False


@pytest.fixture
def client(front: Nginx) -> Iterator[httpx.Client]:
    """Of that nginx."""
    with front.client() as client:
        yield client
