"""
The ends of the chains, kept outside MongoDB, in a file: who can rewrite all of MongoDB cannot rewrite that.

    {"kept_at": "...", "heads": [{"writer": "...", "seq": 7, "digest": "hex"}]}
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from gateway.kit.files import replace_file
from gateway.ledger.audit_chain import Head


def read_heads(path: Path) -> list[Head]:
    """
    What was kept; nothing where there is no file yet.

    Raises:
        ValueError: it is no such file.
        OSError: it cannot be read.
    """
    try:
        text = path.read_text()
    except FileNotFoundError:
        return []
    try:
        return [Head(h["writer"], int(h["seq"]), bytes.fromhex(h["digest"])) for h in json.loads(text)["heads"]]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path} is no file of heads: it is left as it is") from None


def keep_heads(path: Path, heads: Sequence[Head]) -> None:
    """Write them so that a crash leaves the old file or the new one. Raises OSError."""
    content = {"kept_at": datetime.now(UTC).isoformat(timespec="seconds"), "heads": [to_json(head) for head in heads]}
    replace_file(path, json.dumps(content, indent=1).encode(), mode=0o666)


def to_json(head: Head) -> dict[str, str | int]:
    """One head, as text."""
    return {"writer": head.writer, "seq": head.seq, "digest": head.digest.hex()}
