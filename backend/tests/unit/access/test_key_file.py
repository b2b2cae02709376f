"""Keys that hold without a ledger: what the file may say, and that it is followed."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.access.key_file import KeyFile, KeyFileMistake, check_key_file, read_key_file
from gateway.access.keys import KeyDirectory, new_key
from gateway.access.scopes import Scope
from gateway.settings import Settings
from tests.access import NOW, found_in


def test_a_line_is_a_key_and_its_scopes() -> None:
    """Without any it is one of an admin; comments and empty lines are nothing."""
    (first, key), (second, other) = new_key(), new_key()
    content = f"# ours\n{key}\n\n{other}  score:write, ops:read # of the shop\n".encode()

    keys = read_key_file(content, NOW)

    assert [key.id for key in keys] == [first, second]
    assert [key.scopes for key in keys] == [(Scope.ADMIN,), (Scope.SCORE_WRITE, Scope.OPS_READ)]


@pytest.mark.parametrize(
    ("line", "says"),
    [("hunter2", "line 2 does not begin"), ("{key} score:all", "line 2 names"), ("{first}", "line 2 repeats")],
)
def test_a_mistake_is_named_by_its_line_and_never_repeated(line: str, says: str, tmp_path: Path) -> None:
    """It may be a secret that somebody pasted there. The start ends with one line."""
    first, key = new_key()[1], new_key()[1]
    path = tmp_path / "keys"
    path.write_text(f"{first}\n{line.format(key=key, first=first)}\n", encoding="utf-8")

    with pytest.raises(KeyFileMistake, match=says):
        read_key_file(path.read_bytes(), NOW)
    with pytest.raises(SystemExit) as stopped:
        check_key_file(Settings(key_file=path))

    assert not any(secret in str(stopped.value) for secret in ("hunter2", key, first))


async def test_the_file_is_followed_and_a_mistake_leaves_in_force_what_was(tmp_path: Path) -> None:
    """A key that is taken out stops; a file that is gone, or wrong, takes nobody's key away."""
    (_, key), (_, other) = new_key(), new_key()
    path, directory = tmp_path / "keys", KeyDirectory()
    path.write_text(f"{key}\n{other}\n", encoding="utf-8")
    file = KeyFile(path, directory)

    path.write_text(f"{other}\n", encoding="utf-8")
    await file.start()
    for _ in range(200):
        if found_in(directory, key) is None:
            break
        await asyncio.sleep(0.01)
    await file.close()
    assert (found_in(directory, key), found_in(directory, other) is None) == (None, False)

    path.write_text("oops\n", encoding="utf-8")
    with capture_logs() as logs:
        await file.look()
        path.unlink()
        await file.look()
        await file.look()

    assert [entry["event"] for entry in logs] == ["key_file.refused"] * 2
    assert found_in(directory, other) is not None


def test_a_file_that_others_can_read_is_reported(tmp_path: Path) -> None:
    """At the start, with what to do."""
    path = tmp_path / "keys"
    path.write_text(new_key()[1], encoding="utf-8")

    for mode, reported in ((0o600, []), (0o644, ["key_file.readable_by_others"])):
        path.chmod(mode)
        with capture_logs() as logs:
            KeyFile(path, KeyDirectory())
        assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == reported
