"""What README.md says of settings and endpoints is what the code has."""

import re
from pathlib import Path

from pydantic_settings import BaseSettings

from brain.settings import Settings as BrainSettings
from gateway.main import create_app
from gateway.settings import Settings as GatewaySettings

README = (Path(__file__).parents[3] / "README.md").read_text()
FOR_OTHERS = {"GATEWAY_PORT", "GATEWAY_URL"}


def variables(settings: type[BaseSettings], prefix: str) -> set[str]:
    """The environment names of a settings class."""
    return {str(field.validation_alias or f"{prefix}{name}".upper()) for name, field in settings.model_fields.items()}


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    """An operator finds each one, and sets none that stops the start."""
    written = set(re.findall(r"`((?:GATEWAY|BRAIN|MONGODB)_[A-Z_]+)[=`]", README)) - {"MONGODB_PORT"}

    assert written == variables(GatewaySettings, "GATEWAY_") | variables(BrainSettings, "BRAIN_") | FOR_OTHERS


def test_every_endpoint_is_in_the_readme() -> None:
    """On one line each, by method and path."""
    paths = create_app(GatewaySettings()).openapi()["paths"]

    for path, methods in paths.items():
        shown = path.replace("{transaction_id}", "{id}").replace("{outage_id}", "{id}")
        for method in methods:
            assert f"`{method.upper()} {shown}`" in README or f"`{shown}`" in README, f"{method} {path}"


def test_nothing_was_left_to_fill_in() -> None:
    """The replies in it are real ones."""
    assert "@@" not in README
