"""Each verdict is scored again exactly once, however many gateways work on it, and though one is killed at work."""

from pathlib import Path

import httpx

from tests.book import Book
from tests.processes import GatewayProcess
from tests.rescoring import post_many, settled_once
from tests.stack import CLIENT_TIMEOUT_S, Stack, wait_until


def holds_half(gateway: Stack) -> bool:
    """Whether it may approve half of what both may while blind."""
    return bool(gateway.get("/exposure")["per_outage"]["share"] == "500000.00")


def test_two_gateways_score_each_verdict_again_once(
    stack: Stack, book: Book, mongod_url: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Both see one outage, both work, and no verdict gets two amendments."""
    second = GatewayProcess(tmp_path, mongodb_url=mongod_url, brain_port=stack.brain.port, environment=environment)
    with second, httpx.Client(base_url=second.url, timeout=CLIENT_TIMEOUT_S) as client:
        other = Stack(stack.brain, second, client)
        wait_until(other.has_its_neighbours)
        for gateway in (stack, other):  # each holds its part of the cap per outage
            wait_until(lambda gateway=gateway: holds_half(gateway), within_s=30)  # type: ignore[misc]
        stack.brain.kill()
        blind = post_many(stack, 400) + post_many(other, 400)
        assert not any(reply["scored"] for reply in blind)

        stack.brain.start()

        wait_until(lambda: book.backlog() == 0, within_s=60)
        settled_once(book.records(), blind)
        wait_until(lambda: stack.get("/outages")["outages"][0]["is_settled"], within_s=30)
        (outage,) = stack.get("/outages")["outages"]
        assert outage["figures"]["blind"] == outage["figures"]["rescored"] == 800
        assert len(outage["instances"]) == 2
        worked = [log.count('"rescore.settled"') for log in (stack.gateway.log(), second.log())]
        assert all(worked)


def test_a_gateway_killed_in_the_middle_of_it_forgets_no_verdict(stack: Stack, book: Book) -> None:
    """kill -9 while they are leased: the next run finds them, and no verdict gets two amendments."""
    stack.brain.kill()
    blind = post_many(stack, 600)
    stack.brain.start()
    wait_until(lambda: 0 < book.backlog() < 600, within_s=30)

    stack.gateway.kill()
    assert 0 < book.backlog() < 600
    stack.gateway.start()

    wait_until(lambda: book.backlog() == 0, within_s=90)
    settled_once(book.records(), blind)
