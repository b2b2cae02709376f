"""The copy of the promoted model on disk is whole, or it is not used."""

from pathlib import Path

import pytest

from brain.rollout.copy import LastLive, ModelCopy
from records.models import Artifact

ARTIFACT = Artifact(b"tree", b"{}")


def test_what_is_read_is_what_was_kept_last(tmp_path: Path) -> None:
    """Also that none was promoted any more; nothing else is left in the directory."""
    copy = ModelCopy(tmp_path / "state")
    assert copy.read() is None

    copy.write(LastLive(ARTIFACT))
    first = copy.read()
    copy.write(LastLive(None))

    assert (first, copy.read()) == (LastLive(ARTIFACT), LastLive(None))
    assert len(list((tmp_path / "state").iterdir())) == 1


def test_what_a_kill_leaves_behind_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may have 8 MB, and a pod's disk has 32."""
    copy = ModelCopy(tmp_path)

    def killed(_file: int) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", killed)
        for _ in range(3):
            with pytest.raises(SystemExit):
                copy.write(LastLive(ARTIFACT))
    copy.write(LastLive(ARTIFACT))

    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("where", [0, 20, -10], ids=["start", "middle", "end"])
def test_a_damaged_copy_is_not_used(tmp_path: Path, where: int) -> None:
    """A changed byte anywhere, also in the trees."""
    copy = ModelCopy(tmp_path)
    copy.write(LastLive(ARTIFACT))
    (path,) = tmp_path.iterdir()
    content = bytearray(path.read_bytes())
    content[where] ^= 0xFF
    path.write_bytes(content)

    with pytest.raises(ValueError, match=r"."):
        copy.read()


def test_a_half_written_copy_is_not_used(tmp_path: Path) -> None:
    """As a crash of the machine may leave it."""
    copy = ModelCopy(tmp_path)
    copy.write(LastLive(ARTIFACT))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:30])

    with pytest.raises(ValueError, match="damaged"):
        copy.read()
