"""Housekeeping of the journal shares its transaction with whatever else waits, and takes none of it for damage."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.ledger.journal.file import JournalFile
from gateway.ledger.journal.rows import Counts
from gateway.ledger.journal.salvage import open_journal

MANY = 200  # lines of the tally: more than it keeps when nothing is owed


@pytest.fixture
def file(tmp_path: Path) -> Iterator[JournalFile]:
    """With many verdicts that the ledger does not have."""
    file = open_journal(tmp_path, None, bytes_max=2**30)
    file.begin()
    file.put_all([(f"t{n}", b"digest", b"verdict") for n in range(MANY)])
    file.commit()
    yield file
    file.close()


def keep_house(file: JournalFile) -> Counts:
    """As each second."""
    return file.keep_house(memory_s=3600.0, remembered_max=10_000, bytes_max=2**30, limit=1000)[0]


@pytest.mark.parametrize("count", [1, MANY])
def test_what_is_marked_in_the_same_transaction_is_not_missing(file: JournalFile, count: int) -> None:
    """The tally hears of it at the commit; until then fewer rows are owed than it knows of."""
    file.begin()
    file.mark_sent(file.pending(count))
    counts = keep_house(file)
    file.commit()

    assert counts.pending == MANY - count
    assert file.tally.count == MANY - count


def test_what_is_added_in_the_same_transaction_hides_nothing(file: JournalFile) -> None:
    """It is owed already, and not acknowledged yet."""
    file.begin()
    file.mark_sent(file.pending(MANY))
    file.put_all([("new", b"digest", b"verdict")])
    keep_house(file)
    file.commit()

    assert file.tally.count == 1
    assert file.tally.unsettled()[0] == {row.pair for row in file.pending(10)}


def test_what_comes_twice_in_one_write_is_acknowledged_once(file: JournalFile) -> None:
    """An id that is kept already, one that is new, and that again: the first verdict of each stands."""
    file.begin()
    rows = file.put_all([(name, b"digest", b"another") for name in ("t3", "new", "new", "last")])
    file.commit()

    assert [(row.transaction_id, row.document, row.is_new) for row in rows] == [
        ("t3", b"verdict", False),
        ("new", b"another", True),
        ("new", b"another", False),
        ("last", b"another", True),
    ]
    assert file.tally.count == MANY + 2
    assert {row.pair for row in file.pending(MANY + 2)} == file.tally.unsettled()[0]
