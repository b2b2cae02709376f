"""What the gateway deletes, MongoDB lets it delete, and nothing else."""

import re
from pathlib import Path

from local import commands
from tests.infra.k8s_manifests import script

FOLDERS = ("gateway", "audit")  # both work as sentinel-gateway
DELETES = re.compile(r"([\w.\[\]\"]+)\.(?:delete_one|delete_many|find_one_and_delete)\(")


def test_the_gateway_may_delete_what_it_deletes_and_no_more() -> None:
    """A refused one is only a line of log, and what comes after it is left undone."""
    sources = [path for folder in FOLDERS for path in sorted((commands.BACKEND / folder).rglob("*.py"))]

    deleted = {name for path in sources for name in _deleted(path)}

    granted = {
        privilege["resource"]["collection"]
        for privilege in script("steward").PRIVILEGES["sentinel-gateway"]
        if "remove" in privilege["actions"]
    }
    assert {"instances", "budget_scores"} <= deleted
    assert granted == deleted


def _deleted(path: Path) -> list[str]:
    """Names of the collections that a module deletes from."""
    text = path.read_text()
    return [_collection(receiver, text) for receiver in DELETES.findall(text)]


def _collection(receiver: str, text: str) -> str:
    """`self._beats` was made of `database["instances"]` in the same module."""
    made = re.search(rf"{re.escape(receiver)}\b[^=\n]* = \w+\[\"(\w+)\"\]", text)
    assert made is not None, f"{receiver}: of which collection?"
    return made[1]
