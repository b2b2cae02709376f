"""What the dashboard's nginx passes on to the gateway, and what it does not."""

import json

import httpx
import pytest

from local.ports import LOOPBACK
from tests.infra.dashboard.fake_gateway import FakeGateway
from tests.infra.dashboard.nginx import Nginx
from tests.stack import wait_until

PROBLEM = "application/problem+json"


NGINX_REFUSES = {
    ("post", "/reviews/x/claim"),
    ("POST", "/reviews/..%2f..%2ftransaction%3f/claim"),
    ("POST", "/reviews/..%2F..%2Ftransaction%23/claim"),
    ("POST", "/reviews/a%00b/claim"),
}
READS = [
    "/health", "/health/ready", "/circuit/status", "/ledger/status", "/stats", "/transactions",
    "/transactions?user_id=a", "/transactions/txn_1", "/alerts", "/outages", "/outages/o1", "/reviews?state=open",
    "/reviews/txn_1", "/exposure", "/lists?list=deny", "/faults", "/me", "/keys", "/people", "/sign-in/options",
    "/sign-in/oidc?next=/dashboard/", "/sign-in/oidc/callback?code=c&state=s",
]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("target", READS)
def test_what_the_pages_read_is_passed_on(client: httpx.Client, gateway: FakeGateway, method: str, target: str) -> None:
    """With its query and its ETag."""
    reply = client.request(method, target, headers={"If-None-Match": '"x"'})

    received = gateway.received[-1]
    assert (reply.status_code, reply.headers["etag"]) == (200, '"one"')
    assert (received.method, received.target) == (method, target)
    assert received.headers["If-None-Match"] == '"x"'


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("PUT", "/transactions/txn_1/label"),
        ("PUT", "/faults"),
        ("POST", "/sign-in"),
        ("POST", "/sign-out"),
        ("POST", "/join"),
        ("POST", "/me/password"),
        ("POST", "/keys"),
        ("POST", "/keys/0123456789ab/rotate"),
        ("DELETE", "/keys/0123456789ab"),
        ("POST", "/people/invitations"),
        ("PUT", "/people/0123456789ab"),
        ("DELETE", "/people/invitations/0123456789ab"),
        ("POST", "/reviews/txn_1/claim"),
        ("POST", "/reviews/txn_1/release"),
        ("POST", "/reviews/txn_1/decision"),
        ("POST", "/reviews/txn_1/undo"),
        ("POST", "/reviews/A.z_0:9-/decision"),
        ("POST", "/reviews/order%3A7%3a8/decision"),
        ("POST", "/reviews/...x/decision"),
        ("PUT", f"/transactions/{'a' * 64}/label"),
    ],
)
def test_what_the_pages_write_is_passed_on(
    client: httpx.Client, gateway: FakeGateway, method: str, target: str
) -> None:
    """With its body, and with the address of who wrote."""
    reply = client.request(method, target, json={"by": "alice"}, headers={"X-Forwarded-For": "10.1.2.3"})

    received = gateway.received[-1]
    assert reply.status_code == 200
    assert (received.method, received.target, json.loads(received.body)) == (method, target, {"by": "alice"})
    assert received.headers["X-Forwarded-For"] == f"10.1.2.3, {LOOPBACK}"


@pytest.mark.parametrize(
    "target",
    [
        "/transactions/a%2Fb%3Fc%25d%20e",
        "/transactions/%C3%A4?text=%2F%26",
        "/transactions?text=a%2Bb+c",
        "/lists?value=..%2F..",
    ],
)
def test_escapes_go_on_as_they_came(front: Nginx, gateway: FakeGateway, target: str) -> None:
    """An id with a slash is one id; undone and done again it would be another."""
    front.send(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert gateway.received[-1].target == target


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", "/transaction"),
        ("POST", "/transactions"),
        ("PUT", "/transactions/txn_1"),
        ("PUT", "/transactions/a/b/label"),
        ("PUT", "/lists/deny/user/a"),
        ("DELETE", "/lists/deny/user/a"),
        ("PUT", "/lists/deny/user/%2e%2e/%2e%2e/%2e%2e/transactions/a/label"),
        ("POST", "/reviews/x/../../transaction"),
        ("POST", "/reviews/%2e%2e%2ftransaction"),
        ("POST", "/reviews/..%2f..%2ftransaction%3f/claim"),
        ("POST", "/reviews/..%2F..%2Ftransaction%23/claim"),
        ("POST", "/reviews/%2e%2e/claim"),
        ("POST", "/reviews/../claim"),
        ("POST", "/reviews/./claim"),
        ("POST", "/reviews/..%5ctransaction/claim"),
        ("POST", "/reviews/a%00b/claim"),
        ("POST", "/reviews/a%252fb/claim"),
        ("POST", "/reviews//claim"),
        ("POST", "/reviews/a;b/claim"),
        ("POST", f"/reviews/{'a' * 65}/claim"),
        ("POST", "/reviews/x/claim?by=me"),
        ("PUT", "/transactions/..%2ffaults%3f/label"),
        ("PUT", "/transactions/../label"),
        ("PUT", "/transactions/a%2fb/label"),
        ("POST", "/transaction?/reviews/x/claim"),
        ("POST", "/transaction#/reviews/x/claim"),
        ("POST", "//transaction"),
        ("POST", "/alerts/a/retry"),
        ("POST", "/faults"),
        ("POST", "/dashboard/"),
        ("DELETE", "/transactions/txn_1"),
        ("PATCH", "/faults"),
        ("OPTIONS", "/stats"),
        ("POST", "/sign-in/oidc"),
        ("POST", "/me"),
        ("POST", "/people/x/rotate"),
        ("DELETE", "/keys/A"),
        ("DELETE", "/people/..%2fkeys%2fa"),
        ("PUT", "/people/x/roles"),
        ("post", "/reviews/x/claim"),
    ],
)
def test_nothing_else_is_written_through_it(front: Nginx, gateway: FakeGateway, method: str, target: str) -> None:
    """A transaction above all: whoever reaches a dashboard shall not be a checkout."""
    reply = front.send(f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}")

    head, _, body = reply.partition(b"\r\n\r\n")
    assert gateway.received == []
    if head.split(b" ")[1] == b"403":
        assert PROBLEM.encode() in head
        assert json.loads(body)["code"] == "NOT_PASSED_ON"
    else:  # nginx itself takes no method in small letters, no NUL, and no path that climbs above the root
        assert head.split(b" ")[1] == b"400"
        assert (method, target) in NGINX_REFUSES


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://ops.example"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://ops.example:3000", "Host": "ops.example:3000"},
        {"Origin": "https://Ops.example", "Host": "ops.example"},
        {"Origin": "http://[::1]:3000", "Host": "[::1]:3000"},
        {},
    ],
)
def test_our_own_pages_and_programs_write(client: httpx.Client, gateway: FakeGateway, headers: dict[str, str]) -> None:
    """The gateway hears what the browser said, and under which host it was asked, for it looks too."""
    reply = client.post("/reviews/txn_1/decision", json={"by": "alice"}, headers=headers)

    assert reply.status_code == 200
    for name, value in headers.items():
        assert gateway.received[-1].headers[name] == value


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://ops.example", "Host": "ops.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://evil.example", "Host": "ops.example:3000"},
        {"Origin": "http://ops.example:3001", "Host": "ops.example:3000"},
        {"Origin": "http://ops.example", "Host": "ops.example:3000"},
        {"Origin": "http://ops.example:3000.evil.example", "Host": "ops.example:3000"},
        {"Origin": "http://evil.example/|ops.example", "Host": "ops.example"},
        {"Origin": "http://x@ops.example", "Host": "ops.example"},
        {"Origin": "http://opsXexample", "Host": "ops.example"},
        {"Origin": "file://ops.example", "Host": "ops.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize(
    ("method", "target"),
    [("POST", "/reviews/txn_1/decision"), ("PUT", "/transactions/txn_1/label"), ("PUT", "/faults")],
)
def test_a_page_of_somebody_else_writes_nothing(
    client: httpx.Client, gateway: FakeGateway, method: str, target: str, headers: dict[str, str]
) -> None:
    """A form on any page could post here from an operator's browser; where it came by plain http only Origin tells."""
    reply = client.request(method, target, content=b'{"by": "x"}', headers={"Content-Type": "text/plain"} | headers)

    assert (reply.status_code, reply.json()["code"]) == (403, "FOREIGN_ORIGIN")
    assert reply.headers["content-type"] == PROBLEM
    assert gateway.received == []


def test_what_was_never_passed_on_says_so_to_any_page(client: httpx.Client) -> None:
    """The fix for it is another one than that for a foreign page."""
    reply = client.post("/transaction", json={}, headers={"Origin": "http://evil.example"})

    assert (reply.status_code, reply.json()["code"]) == (403, "NOT_PASSED_ON")


@pytest.mark.parametrize(
    "target",
    [
        "/nope",
        "/metrics",
        "/transaction",
        "/statsx",
        "/favicon.ico",
        "/.git/config",
        "/docs",
        "/docs/oauth2-redirect",
        "/openapi.json",
        "/redoc",
        "/keys/a",
        "/me/password",
        "/sign-in",
        "/sign-in/oidc/other",
    ],
)
def test_what_no_page_asks_for_is_not_there(client: httpx.Client, gateway: FakeGateway, target: str) -> None:
    """A problem, as the gateway would answer it."""
    reply = client.get(target)

    assert (reply.status_code, reply.json()["code"]) == (404, "NOT_FOUND")
    assert reply.headers["content-type"] == PROBLEM
    assert gateway.received == []


@pytest.mark.parametrize(
    "target",
    [
        "/stats/../metrics",
        "/stats/%2e%2e/metrics",
        "/transactions/..%2fmetrics",
        "/transactions/..%5Cmetrics",
        "/transactions/..\\metrics",
        "/transactions/.%2E/metrics?a=b",
        "/transactions/.",
        "/transactions/..",
        "/transactions/..;a/metrics",
        "/reviews/./txn_1",
        "/healthz/../metrics",
        "/stats/../dashboard/",
        "/lists/deny/user/..%2F..%2F..%2Fmetrics",
    ],
)
def test_no_path_climbs(front: Nginx, gateway: FakeGateway, target: str) -> None:
    """Asked with the very bytes; whoever stands behind might resolve them."""
    reply = front.send(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert reply.split(b" ")[1] in (b"400", b"404")
    assert gateway.received == []


@pytest.mark.parametrize(
    "target", ["/transactions/a..b", "/transactions/..a", "/transactions?text=..%2F..", "/stats?/../"]
)
def test_dots_that_climb_nowhere_pass(front: Nginx, gateway: FakeGateway, target: str) -> None:
    """An id may have them, and a query anything."""
    front.send(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert [received.target for received in gateway.received] == [target]


def test_a_body_that_is_too_large_is_refused(client: httpx.Client, gateway: FakeGateway) -> None:
    """Before the gateway hears of it."""
    reply = client.put("/faults", content=b" " * 20_000)

    assert (reply.status_code, reply.json()["code"]) == (413, "BODY_TOO_LARGE")
    assert gateway.received == []


def test_its_log_names_nobody(front: Nginx, client: httpx.Client, gateway: FakeGateway) -> None:
    """Writes and failures are there as JSON, by resource; ids, queries and what went well are not."""
    client.get("/stats?who=somebody")
    client.put("/transactions/txn_of_somebody/label", json={"is_fraud": True})
    gateway.status = 422
    client.get("/transactions?user_id=somebody")
    wait_until(lambda: '"422"' in front.log.read_text())

    text = front.log.read_text()
    entries = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert "somebody" not in text
    assert ("PUT", "/transactions", "200") in {(each["method"], each["resource"], each["status"]) for each in entries}
    assert ("GET", "/transactions", "422") in {(each["method"], each["resource"], each["status"]) for each in entries}
    assert not [each for each in entries if (each["method"], each["status"]) == ("GET", "200")]
