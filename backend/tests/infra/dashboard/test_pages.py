"""What the dashboard's nginx hands out by itself."""

import httpx
import pytest

from tests.infra.dashboard.fake_gateway import FakeGateway
from tests.infra.dashboard.nginx import PAGE, POLICY, Nginx


def test_pages_come_compressed_with_the_policy_of_the_build(client: httpx.Client, gateway: FakeGateway) -> None:
    """And the gateway hears nothing of it."""
    page = client.get("/dashboard/")

    assert (page.status_code, page.text) == (200, PAGE)
    assert page.headers["content-encoding"] == "gzip"
    assert page.headers["vary"] == "Accept-Encoding"
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["cache-control"] == "no-cache"
    assert gateway.received == []


def test_a_page_that_has_not_changed_is_not_sent_again(client: httpx.Client) -> None:
    """ETag and 304."""
    first = client.get("/dashboard/")

    assert client.get("/dashboard/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_a_file_named_after_its_content_is_kept_for_a_year(client: httpx.Client) -> None:
    """Only such a file, and only when it is there."""
    there, missing = client.get("/dashboard/_next/static/a1.js"), client.get("/dashboard/_next/static/b.js")

    assert there.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-cache")


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("/", "/dashboard/"), ("/dashboard", "/dashboard/"), ("/dashboard/chaos", "/dashboard/chaos/")],
)
def test_the_ways_to_a_page_lead_there(client: httpx.Client, path: str, leads_to: str) -> None:
    """By a relative address: nginx does not know under which one it is published."""
    assert client.get(path).headers["location"] == leads_to


@pytest.mark.parametrize("path", ["/dashboard/nowhere/", "/dashboard/_next/", "/dashboard/.headers"])
def test_an_unknown_page_is_the_builds_own_404(client: httpx.Client, path: str) -> None:
    """A folder without a page as well: nothing is listed."""
    page = client.get(path)

    assert (page.status_code, page.text) == (404, "<title>404</title>")
    assert page.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/../secret.txt",
        "/dashboard/%2e%2e/secret.txt",
        "/dashboard/..%2fsecret.txt",
        "/dashboard/../metrics",
        "/dashboard/%2e%2e/metrics",
        "/dashboard/.%2E%2Fmetrics",
        "/dashboard/..%5cmetrics",
        "/dashboard/chaos/../../stats",
        "/dashboard//../stats",
        "/dashboard//..//..//stats",
        "/dashboard/../stats?a=b",
        "/dashboard/..",
        "/dashboard/chaos/..",
        "/dashboard/../dashboard/",
    ],
)
def test_nobody_gets_out_of_the_pages(front: Nginx, gateway: FakeGateway, path: str) -> None:
    """Asked with the very bytes: neither to another file nor to the gateway."""
    reply = front.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert reply.split(b" ")[1] in (b"400", b"404")  # 400: nginx itself takes no path above the root
    assert b"outside" not in reply
    assert gateway.received == []


def test_healthz_is_nginx_itself(client: httpx.Client, gateway: FakeGateway) -> None:
    """A dashboard whose gateway is away is well, and says on its pages what is not."""
    assert client.get("/healthz").text == "ok\n"
    assert gateway.received == []
