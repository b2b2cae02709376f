"""Reads the Markdown of this repository: its files, fenced blocks, links, headings and names of files."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(r"(?<![\w/.-])[\w.-]*(?:[\w-]+/)*[\w-]+\.(?:md|py|sh|toml|ya?ml|proto|tsx?|txt)(?![\w/-])")
_FOLDER = re.compile(r"(?<![\w/.-])(?:backend|frontend|infra|docs)/(?:[\w.-]+/)*(?=$|[\s,;])")


def documents() -> list[Path]:
    """Every Markdown file that git knows or would take, ascending."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],  # noqa: S607
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted(path for name in listed.stdout.splitlines() if (path := ROOT / name).exists())


def fenced(path: Path) -> list[tuple[str, str]]:
    """The fenced blocks in their order, each as (language, text)."""
    return _FENCED.findall(path.read_text(encoding="utf-8"))


def prose(path: Path) -> str:
    """The text without its fenced blocks."""
    return _FENCED.sub("", path.read_text(encoding="utf-8"))


def links(path: Path) -> list[str]:
    """Targets of links and pictures: addresses, files and headings."""
    return _LINK.findall(prose(path))


def anchors(path: Path) -> set[str]:
    """What a link may name after `#`, as GitHub makes it of headings."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def file_names(path: Path) -> Iterator[str]:
    """Names of source files and of folders, the latter with a slash at their end, that its prose shows as code."""
    for code in _CODE.findall(prose(path)):
        yield from _FILE.findall(code)
        yield from _FOLDER.findall(code)
