"""Following log files while they are written, rotated and not there yet."""

from pathlib import Path

from local.logs import follow, last_lines, size_bytes


def append(log: Path, text: str) -> None:
    """Write more to a log, as its service would."""
    with log.open("a") as file:
        file.write(text)


def test_the_last_lines_of_a_file_come_in_order(tmp_path: Path) -> None:
    """Only the end of a long log is shown."""
    log = tmp_path / "brain.log"
    log.write_text("".join(f"line {number}\n" for number in range(100)))

    assert last_lines(log, 3) == ["line 97", "line 98", "line 99"]


def test_lines_of_an_earlier_start_can_be_left_out(tmp_path: Path) -> None:
    """Why a service failed now is not explained by why it failed yesterday."""
    log = tmp_path / "brain.log"
    log.write_text("yesterday\n")
    size_at_start_bytes = size_bytes(log)
    append(log, "today\n")

    assert last_lines(log, 3, from_byte=size_at_start_bytes) == ["today"]


def test_a_log_rotated_since_its_start_is_shown_from_its_beginning(tmp_path: Path) -> None:
    """The new file is shorter than where the old one stood."""
    log = tmp_path / "brain.log"
    log.write_text("today\n")

    assert last_lines(log, 3, from_byte=10_000_000) == ["today"]


def test_a_log_that_is_not_there_yet_has_no_lines(tmp_path: Path) -> None:
    """A service that has never run is no error."""
    assert last_lines(tmp_path / "brain.log", 3) == []


def test_following_shows_only_what_is_added(tmp_path: Path) -> None:
    """What was there has been shown already; a line begun is held back until it is complete."""
    log = tmp_path / "brain.log"
    log.write_text("old\n")
    lines = follow({"brain": log})
    append(log, "new\nbeg")

    first = next(lines)
    append(log, "un\n")
    second = next(lines)

    assert [first, second] == [("brain", "new"), ("brain", "begun")]


def test_following_goes_on_after_a_rotation(tmp_path: Path) -> None:
    """supervisor renames a full log and begins a new one under the old name."""
    log = tmp_path / "brain.log"
    log.write_text("a long first log\n")
    lines = follow({"brain": log})
    append(log, "before\n")
    seen = [next(lines)]

    log.rename(tmp_path / "brain.log.1")
    log.write_text("after\n")
    seen.append(next(lines))

    assert seen == [("brain", "before"), ("brain", "after")]
