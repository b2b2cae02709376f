"""Rows are kept a batch at a time and found one by one; what is dropped leaves no trace, and what is damaged no row."""

import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from gateway.kit.sqlite import Damaged
from gateway.kit.sqlite_batches import ALL, BatchFile, BatchIndex

SECRET = b"who it was" * 50


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of the file."""
    return tmp_path / "batches.db"


@pytest.fixture
async def index() -> AsyncIterator[BatchIndex]:
    """Knows the last two keys for sure."""
    index = BatchIndex("test", keys_max=2)
    yield index
    await index.close()


def put(file: BatchFile, seq: int, *keys: str, content: bytes = b"content", wins: bool = False) -> None:
    """Keep a batch."""
    file.begin()
    file.put(seq, [(key, (content, key.encode())) for key in keys], wins=wins)
    file.commit()


def test_a_row_is_found_with_its_own_mark(path: Path) -> None:
    """One of a batch, or all of it; of another batch, and of a key that is not in it, there is none."""
    file = BatchFile(path)
    put(file, 1, "a", "b")
    put(file, 2, "c", "d")
    file.mark([(1, 1), (2, ALL)])

    found = {key: file.find(seq, key) for seq, key in ((1, "a"), (1, "b"), (2, "c"), (2, "d"), (2, "a"), (3, "a"))}
    file.close()

    assert {key: row[1] for key, row in found.items() if row is not None} == {"b": True, "c": True, "d": True}
    assert found["a"] is None
    assert found["c"] == ((b"content", b"c"), True)


def test_the_oldest_batches_make_room(path: Path) -> None:
    """As many rows as may be stay, and the newest batch is never cut."""
    file = BatchFile(path)
    for seq in range(10):
        put(file, seq, f"a{seq}", f"b{seq}")
    file.mark([(seq, ALL) for seq in range(10)])

    file.trim(5, bytes_max=2**30)
    by_rows = [batch.seq for batch in file.batches()]
    file.trim(100, bytes_max=1)
    by_bytes = [batch.seq for batch in file.batches()]
    (marks,) = file._db.execute("SELECT COUNT(*) FROM marks").fetchone()
    file.close()

    assert (by_rows, by_bytes, marks) == ([8, 9], [], 0)


def test_what_is_dropped_leaves_no_trace_and_its_neighbours_stay(path: Path) -> None:
    """Neither in the file nor in its log; marks are still those of the same rows."""
    file = BatchFile(path)
    put(file, 1, "a", "gone", content=SECRET)
    put(file, 2, "b", content=b"kept")
    file.mark([(1, 0)])

    other = BatchFile(path)
    other.drop(["gone", "a", "never there"])
    other.close()
    after = [file.find(1, "gone"), file.find(1, "a"), file.find(2, "b")]
    file.close()

    assert after == [None, None, ((b"kept", b"b"), False)]
    assert all(SECRET not in part.read_bytes() for part in path.parent.iterdir())


def test_a_batch_that_is_not_what_was_written_has_no_rows(path: Path) -> None:
    """Rather than to repeat a verdict that nobody gave; keys that cannot be read are said."""
    file = BatchFile(path)
    put(file, 1, "a")
    file._db.execute("UPDATE batches SET rows = ?", (b"\x91\x92\xc4\x01x\xc4\x01y",))

    assert file.find(1, "a") is None
    file._db.execute("UPDATE batches SET keys = ?", (b"\xff",))
    with pytest.raises(Damaged):
        list(file.batches())
    file.close()


async def test_a_key_is_looked_for_where_it_is(path: Path, index: BatchIndex) -> None:
    """The first batch that has it, also after a start; a batch that wins takes its place, and newer ones do not."""
    file = BatchFile(path)
    put(file, 1, "a", content=b"first")
    put(file, 2, "a", "b", content=b"second")
    put(file, 3, "b", content=b"wins", wins=True)
    await index.open(partial(BatchFile, path))
    put(file, 4, "a", "b", "c", content=b"late")
    index.add(4, ["a", "b", "c"])

    found = {key: await index.find(key) for key in ("a", "b", "c", "new")}
    file.close()

    assert {key: row and row[0][0] for key, row in found.items()} == {
        "a": b"first", "b": b"wins", "c": b"late", "new": None,
    }  # fmt: skip


async def test_the_newest_keys_are_never_forgotten(path: Path, index: BatchIndex) -> None:
    """And the memory of them does not grow for ever. What is new is no question for the file."""
    file = BatchFile(path)
    await index.open(partial(BatchFile, path))
    names = [f"t{n}" for n in range(7)]
    for seq, name in enumerate(names):
        put(file, seq, name)
        index.add(seq, [name])

    known = [name for name in names if await index.find(name) is not None]

    file.begin()
    file._db.execute("DROP TABLE batches")
    file.commit()
    file.close()
    assert known[-2:] == names[-2:]
    assert len(known) <= 4
    assert await index.find("new") is None
    with pytest.raises(sqlite3.Error):
        await index.find(names[-1])
