"""What the dashboard's nginx says when the gateway refuses, is silent, is away, or has moved."""

from pathlib import Path

import httpx
import pytest

from local.ports import LOOPBACK, pick_free_port
from tests.infra.dashboard import nginx
from tests.infra.dashboard.fake_gateway import FakeGateway, FakeNames
from tests.infra.dashboard.nginx import Site
from tests.stack import wait_until

PROBLEM = "application/problem+json"


@pytest.mark.parametrize("status", [404, 409, 422, 500, 503])
def test_the_gateways_own_refusals_are_its_own(client: httpx.Client, gateway: FakeGateway, status: int) -> None:
    """A gateway that says no is there: its word must not look like silence."""
    gateway.status = status

    reply = client.get("/stats")

    assert (reply.status_code, reply.json()["code"]) == (status, "OF_THE_GATEWAY")


def test_a_gateway_that_says_nothing_counts_as_away(client: httpx.Client, gateway: FakeGateway) -> None:
    """It accepted the connection: after the read limit of 4 s the page hears so."""
    gateway.is_silent = True

    reply = client.get("/stats")

    assert (reply.status_code, reply.json()["code"]) == (503, "GATEWAY_UNREACHABLE")


def test_a_write_that_got_no_answer_is_not_sent_twice(client: httpx.Client, gateway: FakeGateway) -> None:
    """Nobody knows what became of the first."""
    gateway.is_silent = True

    reply = client.post("/reviews/txn_1/decision", json={})

    assert reply.status_code == 503
    assert len(gateway.received) == 1


def test_a_gateway_that_is_away_is_a_clear_answer_and_the_pages_stay(site: Site, tmp_path: Path) -> None:
    """At once, and what is asked a moment later finds it again."""
    gateway = FakeGateway(port=pick_free_port())
    with (
        nginx.running(site, tmp_path, gateway_url=f"http://{LOOPBACK}:{gateway.port}/") as alone,
        alone.client() as client,
    ):
        away, page = client.get("/circuit/status"), client.get("/dashboard/")
        with gateway:
            back = client.get("/circuit/status")

    assert (away.status_code, away.json()["code"], away.json()["status"]) == (503, "GATEWAY_UNREACHABLE", 503)
    assert (away.headers["content-type"], away.headers["retry-after"]) == (PROBLEM, "1")
    assert (page.status_code, back.status_code) == (200, 200)


def test_a_gateway_at_another_address_is_found_without_a_restart(site: Site, tmp_path: Path) -> None:
    """A container that was made anew, a Service that was: the name is looked up again every 2 s."""
    first, second = FakeGateway(LOOPBACK), FakeGateway("127.0.0.2")
    with FakeNames() as names, first:
        second.port = first.port
        settings = {"resolv_conf": f"nameserver {LOOPBACK}\n", "gateway_url": f"http://gateway:{first.port}"}
        with nginx.running(site, tmp_path, dns_port=names.port, **settings) as running, running.client() as client:
            unknown = client.get("/stats")
            names.address = first.address
            wait_until(lambda: client.get("/stats").status_code == 200)
            with second:
                names.address = second.address
                wait_until(lambda: client.get("/stats").json().get("at") == second.address, within_s=10)

    assert (unknown.status_code, unknown.json()["code"]) == (503, "GATEWAY_UNREACHABLE")
    assert set(names.asked) == {"gateway"}


def test_a_gateway_that_is_away_puts_no_query_into_the_log(site: Site, tmp_path: Path) -> None:
    """nginx's own error line would hold the whole request."""
    url = f"http://{LOOPBACK}:{pick_free_port()}"
    with nginx.running(site, tmp_path, gateway_url=url) as alone, alone.client() as client:
        client.get("/transactions?user_id=somebody")
        wait_until(lambda: '"503"' in alone.log.read_text())

    assert "somebody" not in alone.log.read_text()
