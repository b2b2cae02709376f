"""The environment is understood completely or the brain does not start."""

import os
from pathlib import Path

import pytest

from brain.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that the person running the tests has set reaches the settings."""
    for name in os.environ:
        if name.startswith("BRAIN_") or name == "MONGODB_URL":
            monkeypatch.delenv(name)


def test_an_empty_environment_is_enough() -> None:
    """The defaults are those that the user named, and faults are off."""
    settings = load_settings(os.environ)

    assert settings.service_port == 50051
    assert settings.mongodb_url.get_secret_value() == "mongodb://localhost:27017"
    assert settings.fault_latency_rate == 0.0
    assert settings.model_dir.name == "artifacts"


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """BRAIN_ names and the user's MONGODB_URL arrive."""
    monkeypatch.setenv("BRAIN_FAULT_LATENCY_RATE", "0.1")
    monkeypatch.setenv("MONGODB_URL", "mongodb://elsewhere:1")

    settings = load_settings(os.environ)

    assert settings.fault_latency_rate == 0.1
    assert settings.mongodb_url.get_secret_value() == "mongodb://elsewhere:1"


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose passes on what .env leaves out."""
    for name in ("BRAIN_SERVICE_PORT", "BRAIN_BIND_ADDRESS", "BRAIN_SHADOW_MODEL_DIR", "BRAIN_FAULT_CONSTANT_SCORE"):
        monkeypatch.setenv(name, "")

    settings = load_settings(os.environ)

    assert (settings.service_port, settings.bind_address) == (50051, "0.0.0.0")  # noqa: S104 (compared only)
    assert (settings.shadow_model_dir, settings.fault_constant_score) == (None, None)


def test_a_misspelt_name_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing mistake must not run the brain with a default nobody wanted; the line names it."""
    monkeypatch.setenv("BRAIN_FAULT_LATENCY_RAET", "0.1")

    with pytest.raises(SettingsError, match="BRAIN_FAULT_LATENCY_RAET"):
        load_settings(os.environ)


def test_what_the_gateway_needs_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """One environment file may serve both services."""
    monkeypatch.setenv("BRAIN_SERVICE_HOST", "brain")

    assert load_settings(os.environ).service_port == 50051


@pytest.mark.parametrize(
    ("name", "value"),
    [("BRAIN_SERVICE_PORT", "70000"), ("BRAIN_FAULT_LATENCY_RATE", "10"), ("BRAIN_LOG_LEVEL", "loud")],
)
def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The one line says which variable."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=name):
        load_settings(os.environ)


def test_the_password_is_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing the settings does not print what MONGODB_URL holds."""
    monkeypatch.setenv("MONGODB_URL", "mongodb://me:hunter2@elsewhere:1")

    settings = load_settings(os.environ)

    assert "hunter2" not in f"{settings!r} {settings}"


@pytest.mark.parametrize(("value", "directory"), [("", None), ("/models/next", Path("/models/next"))])
def test_an_empty_shadow_directory_is_none(monkeypatch: pytest.MonkeyPatch, value: str, directory: Path | None) -> None:
    """Compose files pass empty variables on; an empty path would be the working directory."""
    monkeypatch.setenv("BRAIN_SHADOW_MODEL_DIR", value)

    assert load_settings(os.environ).shadow_model_dir == directory
