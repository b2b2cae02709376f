"""Finding a mongod, and the one line that helps when there is none that runs."""

from pathlib import Path

import pytest

from local import mongod


def fake_mongod(directory: Path, script: str) -> Path:
    """An executable called mongod that behaves as the script says."""
    binary = directory / "mongod"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    return binary


def test_a_mongod_on_path_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who installed one wants that one, not ours."""
    binary = fake_mongod(tmp_path, "echo db version v7.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert mongod.ensure(pytest.fail) == binary


@pytest.mark.parametrize(
    ("script", "advice"),
    [
        ("kill -ILL $$", "AVX"),
        ("echo 'libfoo.so.1: cannot open shared object file' >&2; exit 127", "libfoo.so.1"),
        ("exit 3", "exit status 3"),
    ],
)
def test_a_mongod_that_does_not_run_is_one_line_with_a_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, advice: str
) -> None:
    """What is wrong, and what to do instead, without a stack trace."""
    fake_mongod(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(mongod.MongodError, match=advice) as complaint:
        mongod.ensure(pytest.fail)

    assert "MONGODB_URL" in str(complaint.value)
    assert len(str(complaint.value).splitlines()) == 1


def test_a_missing_libcurl_is_named_to_who_may_not_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only root can let apt install it; everybody else is told the command. No apt-get is on this PATH."""
    fake_mongod(tmp_path, "echo 'libcurl.so.4: cannot open shared object file' >&2; exit 127")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(mongod.MongodError, match="apt-get install libcurl4"):
        mongod.ensure(pytest.fail)
