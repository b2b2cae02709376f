"""How the dashboard's container makes nginx's configuration of what it is told."""

from pathlib import Path

import pytest

from tests.infra.dashboard import nginx


@pytest.mark.parametrize(
    ("resolv_conf", "url", "rendered"),
    [
        ("nameserver 127.0.0.11\noptions ndots:0\n", "http://gateway:8000", "http://gateway:8000"),
        ("search corp.example\nnameserver 10.0.0.1\n", "http://gateway:8000/", "http://gateway:8000"),
        (
            "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
            "http://sentinel-gateway:8000",
            "http://sentinel-gateway.shop.svc.cluster.local:8000",
        ),
        (
            "nameserver 10.96.0.10\nsearch corp.example shop.svc.k8s.example\n",
            "http://sentinel-gateway",
            "http://sentinel-gateway.shop.svc.k8s.example",
        ),
        (
            "search shop.svc.cluster.local\nnameserver 10.0.0.1\n",
            "http://gateway.example:80",
            "http://gateway.example:80",
        ),
        ("search shop.svc.cluster.local\nnameserver 10.0.0.1\n", "http://10.1.2.3:8000", "http://10.1.2.3:8000"),
    ],
)
def test_a_short_name_is_completed_where_kubernetes_says_how(
    tmp_path: Path, resolv_conf: str, url: str, rendered: str
) -> None:
    """nginx asks DNS for a name as it stands, and in a cluster only the whole one is known."""
    text = nginx.render(tmp_path, gateway_url=url, resolv_conf=resolv_conf)

    assert f"set $gateway {rendered};" in text


def test_every_name_server_is_asked_that_nginx_can_ask(tmp_path: Path) -> None:
    """IPv6 in brackets; a scoped address is none to nginx."""
    servers = "nameserver 10.0.0.1\nnameserver fd00::1\nnameserver fe80::1%eth0\n"

    text = nginx.render(tmp_path, gateway_url="http://gateway", resolv_conf=servers)

    assert "resolver 10.0.0.1 [fd00::1] valid=2s;" in text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gateway:8000",
        "https://gateway",
        "http://gateway/api",
        "http://a b",
        "http://x;return 200",
        "http://u:p@gateway",
    ],
)
def test_an_address_that_is_none_stops_the_start(tmp_path: Path, url: str) -> None:
    """With one line that says what is wanted, and nothing of it gets into the configuration."""
    with pytest.raises(AssertionError, match="GATEWAY_URL is no address: set it to http://HOST:PORT"):
        nginx.render(tmp_path, gateway_url=url, resolv_conf="nameserver 10.0.0.1\n")
