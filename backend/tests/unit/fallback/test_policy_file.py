"""The policy file: what it may say, what it is told when it says something else, and how a change comes into force."""

import os
from pathlib import Path

import pytest
import structlog

from gateway.domain import Decision
from gateway.fallback.policy import Caps, PolicyMistake, Stance, read_rules
from gateway.fallback.service import PolicyFile, check_policy
from gateway.settings import DEFAULT_POLICY_FILE, Settings

SHIPPED = DEFAULT_POLICY_FILE.read_text()
LEAST = '[blind]\nstance = "open"\nabove_cap = "review"\ngateways = 1\nlease_s = 3600\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A policy file that a test may spoil."""
    path = tmp_path / "policy.toml"
    path.write_text(LEAST)
    return path


def test_the_shipped_policy_approves_and_has_every_cap() -> None:
    """As the README says."""
    rules = read_rules(SHIPPED.encode())

    assert (rules.stance, rules.above_cap, rules.gateways) == (Stance.OPEN, Decision.REVIEW, 1)
    assert rules.caps == Caps(per_transaction=200_000, per_user_hour=2_000_000, per_outage=100_000_000)


def test_the_examples_in_the_shipped_file_are_right() -> None:
    """Whoever takes the # away gets what stands there."""
    lines = SHIPPED.splitlines()
    begin = lines.index('# [blind.merchants."merchant_007"]')

    rules = read_rules("\n".join(lines[:begin] + [line.removeprefix("# ") for line in lines[begin:]]).encode())

    assert rules.merchants.keys() == {"merchant_007"}
    assert (rules.merchants["merchant_007"].per_transaction, rules.merchants["merchant_007"].per_outage) == (
        10_000,
        500_000,
    )
    assert rules.channels == {"kiosk": Stance.CLOSED}


def test_caps_may_be_left_out() -> None:
    """No cap is not a cap of 0."""
    assert read_rules(LEAST.encode()).caps == Caps(None, None, None)
    assert read_rules(f"{LEAST}[blind.caps]\nper_outage = 0\n".encode()).caps == Caps(None, None, 0)


def test_a_merchants_line_comes_before_its_channels_and_that_before_the_default() -> None:
    """The most particular one."""
    rules = read_rules(
        f'{LEAST}[blind.merchants.m1]\nstance = "open"\n[blind.merchants.m2]\nper_transaction = 5.5\n'
        '[blind.channels.web]\nstance = "closed"\n'.encode()
    )

    assert rules.stance_of("m1", "web") is Stance.OPEN
    assert rules.stance_of("m2", "web") is Stance.CLOSED
    assert rules.stance_of("m2", None) is rules.stance_of(None, "app") is Stance.OPEN
    assert (rules.per_transaction_of("m2"), rules.per_transaction_of("m1")) == (550, None)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("", "blind: is required"),
        ("[blind\n", "line 1"),
        ('[blind]\nstance = "open\n', "line 2"),
        (LEAST.replace("open", "opne"), "blind.stance: must be 'open', 'review' or 'closed'"),
        (LEAST.replace("review", "approve"), "blind.above_cap: must be 'review' or 'block'"),
        (LEAST.replace("= 1\n", "= true\n"), "blind.gateways"),
        (LEAST.replace("= 1\n", "= 0\n"), "blind.gateways: must be greater than or equal to 1"),
        (LEAST.replace("3600", "5"), "blind.lease_s"),
        (LEAST + "per_outage = 5\n", "blind.per_outage: is no name of this file"),
        (LEAST + "[caps]\n", "caps: is no name of this file"),
        (LEAST + "[blind.caps]\nper_transacton = 5\n", "blind.caps.per_transacton: is no name"),
        (LEAST + "[blind.caps]\nper_transaction = -1\n", "blind.caps.per_transaction: must be a number from 0"),
        (LEAST + "[blind.caps]\nper_transaction = nan\n", "blind.caps.per_transaction: must be a number from 0"),
        (LEAST + "[blind.caps]\nper_transaction = 1.005\n", "blind.caps.per_transaction: must have at most two"),
        (LEAST + '[blind.caps]\nper_transaction = "5"\n', "blind.caps.per_transaction: must be a number, in units"),
        (LEAST + "[blind.caps]\nper_transaction = true\n", "blind.caps.per_transaction: must be a number, in units"),
        (LEAST + '[blind.merchants."m 1"]\n', "blind.merchants.m 1"),
        (LEAST + "[blind.channels.web]\n", "blind.channels.web.stance: is required"),
        (LEAST + f"[blind.caps]\nper_outage = {'9' * 5000}\n", "not TOML"),
    ],
)
def test_a_mistake_stops_the_start_with_its_place(path: Path, content: str, place: str) -> None:
    """In one line, that names the variable, the file and what would be right."""
    path.write_text(content)

    with pytest.raises(SystemExit) as stopped:
        check_policy(Settings(policy_file=path))

    line = str(stopped.value)
    assert line.startswith(f"GATEWAY_POLICY_FILE: {path}: ")
    assert place in line
    assert "\n" not in line


def test_a_file_that_is_not_there_or_not_text_is_one_line_too(path: Path) -> None:
    """Never a traceback."""
    path.write_bytes(b"\xff")
    with pytest.raises(PolicyMistake, match="not UTF-8"):
        PolicyFile(path)
    path.unlink()

    with pytest.raises(PolicyMistake, match="cannot be read: No such file"):
        PolicyFile(path)


def write(path: Path, content: str) -> None:
    """As an operator does it, with a tool that keeps the file's time."""
    stat = path.stat() if path.exists() else None
    path.write_text(content)
    if stat is not None:
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def remove(path: Path) -> None:
    """As an operator does it."""
    path.unlink()


async def test_a_change_comes_into_force_also_when_the_file_keeps_its_time(path: Path) -> None:
    """The content counts: a copied or swapped file may keep the time of the old one."""
    file = PolicyFile(path)
    before = file.current
    write(path, LEAST.replace('"open"', '"closed"'))

    await file.look()

    assert (file.rules.stance, file.error) == (Stance.CLOSED, None)
    assert file.current.version != before.version


async def test_a_mistake_changes_nothing_and_is_said_once(path: Path) -> None:
    """The policy before it goes on; the log has it once however often the file is looked at."""
    file = PolicyFile(path)
    before = file.current
    write(path, LEAST.replace("open", "opne"))

    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            await file.look()

    assert file.current == before
    assert file.error == "blind.stance: must be 'open', 'review' or 'closed'"
    assert [log["event"] for log in logs] == ["policy.refused"]


@pytest.mark.parametrize("content", [LEAST, LEAST.replace("open", "closed")])
async def test_a_file_that_is_mended_or_back_is_in_force_and_no_error_is_left(path: Path, content: str) -> None:
    """Also when it is the very file of before."""
    file = PolicyFile(path)
    remove(path)
    await file.look()
    assert file.error == "cannot be read: No such file or directory"
    write(path, "[blind")
    await file.look()
    assert str(file.error).startswith("not TOML")
    write(path, content)

    await file.look()

    assert file.error is None
    assert file.rules == read_rules(content.encode())


def test_the_number_of_gateways_may_come_from_outside(path: Path) -> None:
    """From whoever knows how many it starts."""
    assert PolicyFile(path, gateways=11).rules.gateways == 11
