"""
Opens the journal so that nothing goes unnoticed: what was acknowledged and is neither there nor in the ledger is looked
for in memory, in the notes of what was sent, and in the bytes of the damaged file. What is not found is recorded as
lost.

    verdicts.db, verdicts-2.db, ...    the last one is the journal; those before it are damaged, and stay for people

A damaged file is never mended: another takes over what can be read of it, and only then has it a name. Its name is a
new one, because SQLite, closing a file that was renamed, deletes the log of whatever has its name now.
"""

import contextlib
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from gateway.kit.files import move_file
from gateway.kit.sqlite import is_damage, parts, remove
from gateway.ledger.journal.file import JournalFile
from gateway.ledger.journal.memory import recall
from gateway.ledger.journal.pages import scan
from gateway.ledger.journal.rows import Row, stored
from gateway.ledger.journal.store import FILE, Store
from gateway.ledger.journal.tally import Losses, Pair, Tally

_log = structlog.get_logger()
_NAME = re.compile(r"verdicts(?:-([1-9]\d{0,8}))?\.db(?:-wal)?")
_UNFINISHED = "verdicts.new"


def open_journal(
    directory: Path, old: JournalFile | None = None, *, in_hand: Sequence[Row] = (), bytes_max: int
) -> JournalFile:
    """
    The journal of this directory, made when it is not there.

    Args:
        old: Was found damaged while it was open. It is closed when another is there in its place.
        in_hand: Rows that were read from it and are on their way to the ledger, which may have them: not lost, then.
        bytes_max: What all its files may take on the disk.

    Raises:
        OSError, sqlite3.Error: the directory cannot be written, the disk is full, or somebody has locked the file.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as opened:
        if old is not None:
            tally, stores = old.tally, [old.store]
        else:
            tally, stores = Tally(directory), []
            opened.callback(tally.close)
        number = max(_numbers(directory) | {old.number if old is not None else 1})
        if old is None or number > old.number:
            store = _open(directory, number)
            if store is not None:
                opened.callback(_let_go, store)
                if store.is_sound() and not _missing(store, tally):
                    _agree(store, tally)
                    opened.pop_all()
                    _close(stores)
                    return JournalFile(store, number, tally, Losses(directory))
                stores.append(store)
        fresh = _salvage(directory, number, tally, stores, in_hand=in_hand, bytes_max=bytes_max)
        opened.pop_all()
        _close(stores)
        return fresh


def journals(directory: Path) -> list[Path]:
    """All that are here, the one in use first. Raises OSError where there is no such directory."""
    return [directory / file_name(n) for n in sorted(_numbers(directory), reverse=True)]


def file_name(number: int) -> str:
    """Of the journal's files."""
    return FILE if number == 1 else f"verdicts-{number}.db"


def _salvage(
    directory: Path, number: int, tally: Tally, stores: Sequence[Store], *, in_hand: Sequence[Row], bytes_max: int
) -> JournalFile:
    damaged = journals(directory)
    unfinished = directory / _UNFINISHED
    unsettled, unreadable = tally.unsettled()
    with _from_nothing(unfinished) as fresh:
        fresh.begin()
        has_room = sum(map(_bytes, damaged)) * 2 < bytes_max
        for store in stores:
            for seq, row in store.rows():
                if has_room or row[5] is None:  # what the ledger has is a memory, and may go
                    fresh.adopt(seq, row)
        missing = {pair for pair in unsettled if fresh.get(pair) is None}
        # what was sent, or is on its way, may reach the ledger yet: it must not be called lost before
        known = recall(directory, {transaction_id for transaction_id, _ in missing}) if missing else {}
        known |= {row.transaction_id: row.verdict for row in in_hand}
        missing -= {pair for pair in missing if pair[0] in known and fresh.adopt(None, stored(known[pair[0]], pair[1]))}
        missing -= _adopt_from_pages(fresh, damaged, missing, all_of_them=bool(tally.is_new or unreadable))
        ids = Counter(transaction_id for transaction_id, _ in unsettled)
        missing -= {pair for pair in missing if ids[pair[0]] == 1 and fresh.date(pair)}
        for pair in unsettled - missing:
            fresh.send_again(pair)
        saved = len(fresh.owed())
        fresh.commit()
    remove(directory / file_name(number + 1))
    move_file(unfinished, directory / file_name(number + 1))
    store = Store(directory, file_name(number + 1))
    losses = Losses(directory)
    losses.add(missing, found_ms=time.time_ns() // 1_000_000)
    tally.settle(missing)
    _agree(store, tally)
    kept = [file.name for file in damaged[:1] if file.exists()]
    _log.error("journal.damaged", kept_as=kept, saved=saved, lost=len(missing), tally_unreadable=unreadable)
    for file in damaged if sum(map(_bytes, damaged)) + _bytes(store.path) > bytes_max else damaged[1:]:
        remove(file)
    return JournalFile(store, number + 1, tally, losses)


def _adopt_from_pages(fresh: Store, files: Sequence[Path], missing: set[Pair], *, all_of_them: bool) -> set[Pair]:
    """Rows that SQLite does not find. Without a tally, whatever is whole: what the ledger has it takes for the same."""
    found: set[Pair] = set()
    for file in files if missing or all_of_them else ():
        for row in scan(file):
            pair = (row.id, row.written_ms)
            if pair not in found and (all_of_them or pair in missing) and fresh.adopt(None, row):
                found.add(pair)
    return found


@contextlib.contextmanager
def _from_nothing(file: Path) -> Iterator[Store]:
    """A new journal. A disk that is full gets back what an attempt has taken of it."""
    remove(file)
    try:
        with contextlib.closing(Store(file.parent, file.name)) as store:
            yield store
    except BaseException:
        remove(file)
        raise


def _open(directory: Path, number: int) -> Store | None:
    """None for a file that is none any more."""
    file, log, _ = parts(directory / file_name(number))
    if _bytes(log) and not _bytes(file):
        return None  # SQLite would take it for a new one, and delete the log
    try:
        return Store(directory, file.name)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return None
        raise


def _missing(store: Store, tally: Tally) -> bool:
    unsettled, _ = tally.unsettled()
    try:
        return any(store.get(pair) is None for pair in unsettled)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return True
        raise


def _agree(store: Store, tally: Tally) -> None:
    """Make both say the same: one was not told of something, by a kill in between or by an older version."""
    unsettled, unreadable = tally.unsettled()
    owed = store.owed()
    if sent := unsettled - owed:
        store.begin()
        for pair in sent:
            store.send_again(pair)
        store.commit()
    tally.acknowledge(owed - unsettled)
    tally.tidy(force=bool(unreadable) or tally.count != len(owed | unsettled))


def _numbers(directory: Path) -> set[int]:
    return {int(found[1] or 1) for path in directory.iterdir() if (found := _NAME.fullmatch(path.name))}


def _let_go(store: Store) -> None:
    """Close one that could not be replaced now. SQLite deletes the log then, and with it rows that only we can read."""
    _, log, _ = parts(store.path)
    kept = log.with_name(f"{log.name}.kept")
    kept.unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):
        kept.hardlink_to(log)
    _close([store])
    if kept.exists():
        move_file(kept, log)


def _close(stores: Sequence[Store]) -> None:
    for store in stores:
        with contextlib.suppress(sqlite3.Error):
            store.close()


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
