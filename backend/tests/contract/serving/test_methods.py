"""HEAD, OPTIONS, Allow and a slash at the end mean what HTTP says, for every path of the API."""

import httpx
import pytest

from tests.problems import problem_of
from tests.raw_http import RawConnection, get, payment
from tests.stack import Stack

READ = ["/health", "/health/live", "/circuit/status", "/stats", "/transactions", "/metrics", "/openapi.json", "/docs"]


@pytest.mark.parametrize("path", READ)
def test_head_says_what_get_says_without_the_body(stack: Stack, path: str) -> None:
    """Monitors and balancers ask so; the connection goes on to be used."""
    with RawConnection(stack.gateway.port) as connection:
        connection.send(get(path.encode(), method=b"HEAD"))
        head = connection.answer(is_head=True)
        full = connection.ask(get(path.encode()))

    assert (head.status, full.status) == (200, 200)
    assert head.headers["content-type"] == full.headers["content-type"]
    assert head.headers.keys() == full.headers.keys()
    assert int(head.headers["content-length"]) > 0


def test_head_of_what_is_not_there_is_404(stack: Stack) -> None:
    """As GET, and of what has only other methods 405."""
    assert stack.client.head("/transactions/nobody-sent-it").status_code == 404
    assert stack.client.head("/nothing").status_code == 404
    assert stack.client.head("/transaction").status_code == 405


def test_head_with_a_known_etag_is_304(stack: Stack) -> None:
    """As GET."""
    etag = stack.client.head("/health/live").headers["etag"]

    assert stack.client.head("/health/live", headers={"if-none-match": etag}).status_code == 304


def test_head_is_counted_under_its_own_name(stack: Stack) -> None:
    """With the route that answered it."""
    stack.client.head("/health/live")

    assert (
        'sentinel_requests_total{method="HEAD",route="/health/live",status="200"}' in stack.client.get("/metrics").text
    )


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/transaction", "POST, OPTIONS"),
        ("/transactions", "GET, HEAD, POST, OPTIONS"),
        ("/transactions/t1", "GET, HEAD, OPTIONS"),
        ("/health", "GET, HEAD, OPTIONS"),
        ("/faults", "GET, HEAD, PUT, OPTIONS"),
        ("/lists/deny/user/u1", "GET, HEAD, PUT, DELETE, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
        ("/docs", "GET, HEAD, OPTIONS"),
    ],
)
def test_allow_names_all_methods_of_a_path(stack: Stack, path: str, allowed: str) -> None:
    """With 405 for what it has not, and as the answer to OPTIONS."""
    refused, asked = stack.client.request("PATCH", path), stack.client.options(path)

    assert problem_of(refused).code == "METHOD_NOT_ALLOWED"
    assert (refused.status_code, refused.headers["allow"]) == (405, allowed)
    assert (asked.status_code, asked.headers["allow"], asked.content) == (204, allowed, b"")


def test_options_of_the_whole_server_is_answered(stack: Stack) -> None:
    """`OPTIONS *`, as some balancers probe; a preflight of another site's page gets no permission."""
    with RawConnection(stack.gateway.port) as connection:
        answer = connection.ask(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
        preflight = connection.ask(get(b"/transaction", b"Origin: https://evil.example", method=b"OPTIONS"))

    assert (answer.status, preflight.status) == (204, 204)
    assert not any(name.startswith("access-control") for name in preflight.headers)


@pytest.mark.parametrize("path", [b"/transaction/", b"/transaction//"])
def test_a_payment_with_a_slash_at_the_end_gets_its_verdict(stack: Stack, path: bytes) -> None:
    """It used to be sent on to whatever the header Host said."""
    with RawConnection(stack.gateway.port) as connection:
        assert connection.ask(*payment(path=path)).status == 200


def test_a_slash_at_the_end_is_no_part_of_an_id(stack: Stack) -> None:
    """It named another payment, and a list entry that never matched. An escaped one belongs to the id."""
    stack.post("slash-1")
    stack.post("slash-1/")

    entry = stack.client.put("/lists/deny/user/slash-user/", json={"reason": "x"}).json()
    label = stack.client.put("/transactions/slash-1/label/", json={"is_fraud": True, "source": "analyst"})

    assert stack.client.get("/transactions/slash-1/").json()["transaction_id"] == "slash-1"
    assert stack.client.get("/transactions/slash-1%2F").json()["transaction_id"] == "slash-1/"
    assert stack.client.get("/transactions/slash-1%2F/").json()["transaction_id"] == "slash-1/"
    assert label.status_code == 200
    assert entry["value"] == "slash-user"
    assert stack.client.delete("/lists/deny/user/slash-user").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/dashboard", "/dashboard/chaos", "/nothing/", "/health/", "/lists/deny/user/u/"]
)
def test_no_answer_sends_anybody_where_the_header_host_says(stack: Stack, path: str) -> None:
    """A redirect within the dashboard names a path and no host."""
    answer = stack.client.get(path, headers={"host": "evil.example"})

    location = httpx.URL(answer.headers.get("location", "/"))
    assert location.host == ""
    assert "evil" not in answer.text
