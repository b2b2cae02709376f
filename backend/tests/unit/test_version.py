"""One version everywhere: a node that has an image of the last one never takes it for this."""

import json
import re

from gateway import VERSION
from tests.markdown import ROOT

IMAGES = ("docker-compose.yml", "infra/k8s/*", "backend/tests/containers/*.py")


def test_every_image_has_the_version_of_the_code() -> None:
    """What is built, run and tested is one; IfNotPresent and docker-compose look at the tag only."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for pattern in IMAGES for path in ROOT.glob(pattern) if path.is_file()
    )

    found = re.findall(r"\bsentinel-(?:brain|gateway|dashboard):(\d+\.\d+\.\d+)|newTag: (\S+)", text)

    assert len(found) > 20
    assert {tag or new for tag, new in found} == {VERSION}


def test_the_changelog_and_the_dashboard_name_the_version_of_the_code() -> None:
    """The newest version that the changelog describes is the one that runs."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    package = json.loads((ROOT / "frontend/dashboard/package.json").read_text(encoding="utf-8"))

    assert re.findall(r"^## (\d\S*)", changelog, re.MULTILINE)[0] == VERSION
    assert package["version"] == VERSION
