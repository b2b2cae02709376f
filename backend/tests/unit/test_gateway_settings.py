"""A gateway that was told something wrong does not start, and says in one line what."""

from pathlib import Path

import pytest

from gateway import settings as settings_module
from gateway.ledger.client import check_url
from gateway.settings import load_settings


def test_it_needs_no_settings_at_all() -> None:
    """The defaults are the ones that the README names."""
    settings = load_settings()

    assert (settings.brain_service_host, settings.brain_service_port) == ("localhost", 50051)
    assert (settings.circuit_fail_max, settings.circuit_reset_s, settings.scoring_budget_ms) == (3, 30.0, 500)


def test_a_brain_is_found_by_an_ipv6_address_as_urls_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its brackets it would be looked up as a name, in vain."""
    monkeypatch.setenv("BRAIN_SERVICE_HOST", "[::1]")

    assert load_settings().brain_service_host == "::1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_CIRCUT_RESET_S", "5"),
        ("GATEWAY_CIRCUIT_RESET_S", "soon"),
        ("GATEWAY_CIRCUIT_FAIL_MAX", "0"),
        ("BRAIN_SERVICE_PORT", "99999"),
    ],
)
def test_a_wrong_or_misspelt_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """By name."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit, match=name):
        load_settings()


@pytest.mark.parametrize("url", ["localhost", "mongodb://u:hunter2/x@db", "mongodb://u:hunter2@db:port"])
def test_a_url_that_no_driver_can_read_stops_the_start(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """In one line, which holds nothing of the URL."""
    monkeypatch.setenv("MONGODB_URL", url)

    with pytest.raises(SystemExit, match="MONGODB_URL") as stopped:
        check_url(load_settings())

    assert "hunter2" not in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_wrong_setting_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value may be a secret that was put into the wrong variable."""
    monkeypatch.setenv("GATEWAY_CIRCUIT_RESET_S", "hunter2")

    with pytest.raises(SystemExit) as stopped:
        load_settings()

    assert "hunter2" not in str(stopped.value)


def test_a_checkout_whose_dashboard_is_not_built_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Node is not everywhere, and a gateway without pages still decides. A folder that is named must hold them."""
    monkeypatch.setattr(settings_module, "_DASHBOARD_SOURCE", tmp_path)

    assert load_settings().dashboard_dir == tmp_path / "out"

    monkeypatch.setenv("GATEWAY_DASHBOARD_DIR", str(tmp_path))
    with pytest.raises(SystemExit, match="npm run build"):
        load_settings()


def test_trusted_proxies_are_named_as_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Separated by commas; an address is a network of one. What is neither stops the start."""
    monkeypatch.setenv("GATEWAY_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7")

    assert [str(network) for network in load_settings().trusted_proxies] == ["10.0.0.0/8", "192.0.2.7/32"]

    monkeypatch.setenv("GATEWAY_TRUSTED_PROXIES", "proxy.example")
    with pytest.raises(SystemExit, match="GATEWAY_TRUSTED_PROXIES"):
        load_settings()
