"""Whom a process knows, in memory and on disk."""

from pathlib import Path

from gateway.access.keys import ApiKey, KeyDirectory
from gateway.access.records import Record, RecordIndex, RecordKind
from gateway.access.scopes import Scope
from gateway.kit.follower import read_snapshot, write_snapshot
from tests.access import NOW, found_in, made_key


class Robot(Record, frozen=True, kw_only=True):
    """A kind of another version."""

    kind = "robot"

    name: str = "R2"


def test_a_snapshot_holds_all_that_is_known_and_no_key(tmp_path: Path) -> None:
    """For this user's eyes only; what a kind of another version says is left out."""
    sent, key = made_key(Scope.ADMIN, changed_at=NOW, networks=("10.0.0.0/8",), expires_at=NOW)
    file = tmp_path / "new" / "access.json"

    write_snapshot(file, RecordKind({}), NOW, [key, Robot(id="r", changed_at=NOW)])

    assert read_snapshot(file, RecordKind({ApiKey.kind: ApiKey})) == (NOW, [key])
    assert file.stat().st_mode & 0o777 == 0o600
    assert sent.encode()[-43:] not in file.read_bytes()


def test_an_index_knows_what_it_is_told_and_forgets_the_rest() -> None:
    """And so does the directory of each kind; it ignores those of others."""
    keys = KeyDirectory()
    index = RecordIndex([keys])
    (sent, first), (other, second) = made_key(Scope.ADMIN), made_key(Scope.ADMIN)
    index.put(first)
    index.put(Robot(id="r"))

    index.take_over([second, Robot(id="r")])

    assert {record.key for record in index.entries()} == {second.key, "robot:r"}
    assert found_in(keys, sent) is None
    assert found_in(keys, other) is not None
    index.remove(second.key)
    assert found_in(keys, other) is None
