"""What the documents name exists: files, headings, settings, endpoints, alerts and conditions."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from brain.settings import Settings as BrainSettings
from gateway.alerting import AlertKind
from gateway.features.health.conditions import ConditionCode
from gateway.main import create_app
from gateway.settings import Settings as GatewaySettings
from tests.markdown import README, ROOT, anchors, documents, file_names, links

DOCS = ROOT / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text(encoding="utf-8")
RUNBOOK = (DOCS / "runbook.md").read_text(encoding="utf-8")
FOR_OTHERS = {"GATEWAY_PORT", "GATEWAY_URL"}
README_LINES_MAX = 180
SHIPS = ("gateway", "brain", "audit", "money", "records", "observability", "commands")
MODULE_NAME = re.compile(r"(?<![\w*./{}-])((?:\w+/)*\w+\.py)\b")


def variables(settings: type[BaseSettings], prefix: str) -> set[str]:
    """The environment names of a settings class."""
    return {str(field.validation_alias or f"{prefix}{name}".upper()) for name, field in settings.model_fields.items()}


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """Every file of the checkout as `/path/from/its/root`."""
    skipped = {".git", ".venv", "node_modules", ".next", "out", ".sentinel"}
    return [
        f"/{path.relative_to(ROOT)}"
        for top in ROOT.iterdir() if top.name not in skipped
        for path in ([top] if top.is_file() else top.rglob("*")) if not skipped & set(path.relative_to(ROOT).parts)
    ]  # fmt: skip


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    """To a file that is there, and to one of its headings."""
    for target in links(document):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        file = (document.parent / name).resolve() if name else document
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_named_exists(document: Path, tracked: list[str]) -> None:
    """A name may leave out the folders that it stands in, for the sentence around it says them."""
    dead = {name for name in file_names(document) if not any(path.endswith(f"/{name.rstrip('/')}") for path in tracked)}

    assert dead == set()


def test_every_module_that_a_comment_names_exists(tracked: list[str]) -> None:
    """What ships says where to read on, and that place is there."""
    ships = [path for room in SHIPS for path in (ROOT / "backend" / room).rglob("*.py")]
    named = {(path.name, name) for path in ships for name in MODULE_NAME.findall(path.read_text(encoding="utf-8"))}

    assert {pair for pair in named if not any(path.endswith(f"/{pair[1]}") for path in tracked)} == set()


def test_the_readme_is_short_and_has_a_picture() -> None:
    """A newcomer reads it to the end."""
    text = README.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= README_LINES_MAX
    assert re.search(r"!\[[^\]]+\]\(docs/screenshots/\S+\.png\)", text)


def test_every_document_is_on_the_map() -> None:
    """docs/README.md leads to each, and the index of decisions to each of them."""
    for folder in (DOCS, DOCS / "decisions"):
        on_the_map = set(links(folder / "README.md"))

        assert {path.name for path in folder.glob("*.md")} - {"README.md"} <= on_the_map


def test_every_setting_is_told_and_no_other() -> None:
    """An operator finds each one, and sets none that stops the start."""
    written = set(re.findall(r"`((?:GATEWAY|BRAIN|MONGODB)_[A-Z_]+)[=`]", CONFIGURATION)) - {"MONGODB_PORT"}

    assert written == variables(GatewaySettings, "GATEWAY_") | variables(BrainSettings, "BRAIN_") | FOR_OTHERS


def test_every_endpoint_is_told() -> None:
    """On one line each, by method and path."""
    api = (DOCS / "api.md").read_text(encoding="utf-8")
    paths = create_app(GatewaySettings()).openapi()["paths"]

    for path, methods in paths.items():
        shown = path.replace("{transaction_id}", "{id}").replace("{outage_id}", "{id}")
        for method in methods:
            assert f"`{method.upper()} {shown}`" in api or f"`{shown}`" in api, f"{method} {path}"


def test_the_runbook_has_an_entry_for_every_alert_and_condition() -> None:
    """Whoever is called finds the name that the call bears."""
    entries, _, _ = RUNBOOK.partition("\n## Status")

    assert {name for name in (*AlertKind, *ConditionCode) if f"`{name}`" not in entries} == set()


def test_the_runbook_says_what_each_alert_means_and_what_to_do() -> None:
    """One entry each: what it means, what to look at, what to do."""
    entries = [entry for entry in RUNBOOK.split("\n## ") if "- **Alert:**" in entry or "- **It means:**" in entry]

    assert len(entries) >= 13
    for entry in entries:
        assert all(f"**{label}:**" in entry for label in ("It means", "Look at", "Do")), entry.splitlines()[0]
