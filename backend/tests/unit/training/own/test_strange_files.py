"""What a few strange rows must not do to the others: change their amounts, their labels, or which days are judged."""

from pathlib import Path

import pytest

from brain.features.windows import NEVER_MS
from training.errors import UnusableDataError
from training.own.names import parse_map
from training.own.payments import OwnPayments
from training.own.reading import Forms, read_file
from training.payments import NO_CODE, NO_OFFSET_MIN

HEADER = "timestamp,amount,user_id,is_fraud"
FRAUD = "2026-01-01,10.00,anna,1"
GOOD = [f"2026-01-{day:02},12.50,anna,0" for day in range(2, 32)]


def read(folder: Path, *rows: str, header: str = HEADER, forms: Forms | None = None) -> OwnPayments:
    """Read a file of these rows."""
    path = folder / "shop.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return read_file(path, {}, forms)


@pytest.mark.parametrize("strange", ['"12,50"', "1.2.3", '"1,2,3"'])
def test_one_strange_amount_does_not_change_the_others(tmp_path: Path, strange: str) -> None:
    """12,50 among amounts such as 12.50 is left out by its line; the others are not a hundred times as much."""
    own = read(tmp_path, FRAUD, f"2026-01-02,{strange},bob,0", *GOOD)

    assert set(own.payments.amount_minor.tolist()) == {1_000, 1_250}
    assert len(own.wrong) == 1
    assert own.wrong[0].startswith("shop.csv, line 3: amount ")


def test_points_between_thousands_are_asked_about_as_commas_are(tmp_path: Path) -> None:
    """1.234 may be a thousand where no amount shows decimals."""
    rows = ["2026-01-01,1.234,anna,1", "2026-01-02,2.500,anna,0", "2026-01-03,999,anna,0"]
    with pytest.raises(UnusableDataError, match="--decimal comma"):
        read(tmp_path, *rows)

    amounts = {mark: read(tmp_path, *rows, forms=Forms(decimal=mark)).payments.amount_minor for mark in ".,"}

    assert amounts["."].tolist() == [123, 250, 99_900]
    assert amounts[","].tolist() == [123_400, 250_000, 99_900]


def test_what_is_called_unknown_or_is_young_is_not_genuine(tmp_path: Path) -> None:
    """Where only chargebacks are marked, an empty label is genuine once a fraud would be known; pending never is."""
    own = read(
        tmp_path, "2026-01-01,1.00,a,chargeback", "2026-01-02,1.00,b,", "2026-01-03,1.00,c,pending",
        "2026-01-04,1.00,d,perhaps", "2026-01-05,1.00,e,none", "2026-03-20,1.00,f,",
    )  # fmt: skip

    assert own.is_labelled.tolist() == [True, True, False, False, True, False]
    assert own.payments.known_at_ms[5] == NEVER_MS
    with pytest.raises(UnusableDataError, match="--label-delay-days"):
        read(tmp_path, "2026-01-01,1.00,a,chargeback", "2026-01-02,1.00,b,")


def test_labels_in_other_words_are_shown(tmp_path: Path) -> None:
    """Who calls fraud Betrug is told which words were not understood."""
    with pytest.raises(UnusableDataError, match=r"line 2: is_fraud 'Betrug': is neither(.|\n)*none of these"):
        read(tmp_path, "2026-01-01,10.00,anna,Betrug", "2026-01-02,10.00,anna,0")


@pytest.mark.parametrize("stray", ["2036-01-02", "2000-01-01", "1999-12-31"])
def test_a_time_that_is_years_from_all_others_is_left_out(tmp_path: Path, stray: str) -> None:
    """A wrong year would be the end of the time by which payments are split, so nothing else would be judged."""
    own = read(tmp_path, FRAUD, *GOOD, f"{stray},1.00,bob,0")

    assert len(own.payments) == 31
    assert own.wrong == [f"shop.csv, line 33: timestamp '{stray}': is more than a year from all others; left out"]


def test_a_quiet_year_between_two_busy_ones_is_no_stray(tmp_path: Path) -> None:
    """Only few payments at an end are."""
    own = read(tmp_path, FRAUD, *GOOD, *(row.replace("2026", "2023") for row in GOOD))

    assert len(own.payments) == 61


def test_lines_that_cannot_be_cut_count_as_left_out(tmp_path: Path) -> None:
    """A tenth of the lines with a comma too many is a wrong export, not a few wrong values."""
    with pytest.raises(UnusableDataError, match="are wrong; is the map right"):
        read(tmp_path, FRAUD, *GOOD, *["2026-01-02,1,5,bob,0"] * 4)


def test_values_are_those_that_the_brain_is_sent(tmp_path: Path) -> None:
    """An offset of +00:00 counts as none, and a domain is in lower case, as the gateway has it."""
    header = f"{HEADER},customer.email_domain"
    rows = ["2026-01-01T10:00:00+00:00,1.00,a,1,GMail.com", "2026-01-02T10:00:00+01:00,1.00,a,0,gmail.com"]
    own = read(tmp_path, *rows, header=header)

    assert own.payments.utc_offset_min.tolist() == [NO_OFFSET_MIN, 60]
    assert own.payments.categories["email_domain"] == ["gmail.com"]


def test_amounts_of_which_none_is_known_are_no_amounts(tmp_path: Path) -> None:
    """As with a column of symbols or of countries that is mapped to currency."""
    with pytest.raises(UnusableDataError, match="no amount is in a currency that is known"):
        read(tmp_path, f"{FRAUD},Euro", *(f"{row},Euro" for row in GOOD), header=f"{HEADER},currency")


def test_a_map_may_leave_a_column_out_and_name_one_with_a_comma(tmp_path: Path) -> None:
    """A column of our name that is not to be used, and a name in quotes."""
    path = tmp_path / "shop.csv"
    path.write_text('timestamp,"price, net",user_id,is_fraud\n' + "\n".join([FRAUD, *GOOD]) + "\n")
    own = read_file(path, parse_map('"amount=price, net",\nuser_id='))

    assert own.payments.amount_minor[0] == 1_000
    assert (own.payments.user == NO_CODE).all()
    with pytest.raises(UnusableDataError, match="is no pair"):
        parse_map("amount=")


def test_a_file_that_is_no_text_is_no_traceback(tmp_path: Path) -> None:
    """One line says what it is not."""
    (tmp_path / "shop.csv").write_bytes(bytes(range(256)) * 9)
    with pytest.raises(UnusableDataError, match="no text in UTF-8"):
        read_file(tmp_path / "shop.csv", {})


@pytest.mark.parametrize(
    "written",
    [
        "20260131T221500Z", "20260131221500", "31 Jan 2026 22:15:00", "31-JAN-2026 22:15", "Jan 31, 2026 10:15 PM",
        "Sat, 31 Jan 2026 22:15:00 +0000", "January 31 2026 22:15", "2026-01-31T23:15:00+01:00[Europe/Berlin]",
    ],
)  # fmt: skip
def test_a_time_is_read_however_it_is_written(tmp_path: Path, written: str) -> None:
    """Without separators, with the month's name, or with the name of a zone behind its offset."""
    own = read(tmp_path, FRAUD, *GOOD, f'"{written}",1.00,bob,0')

    assert not own.wrong
    assert own.payments.time_ms[-1] == 1_769_897_700_000


@pytest.mark.parametrize("written", ["20261331", "31 Feb 2026", "Mayday 3, 2026", "1769897700123", "20260205"])
def test_what_only_looks_like_it_is_none_of_these(tmp_path: Path, written: str) -> None:
    """A month of thirteen, a day that is none; and milliseconds are no date."""
    own = read(tmp_path, FRAUD, *GOOD, f'"{written}",1.00,bob,0')

    usable = {"1769897700123": 1_769_897_700_123, "20260205": 1_770_249_600_000}
    assert len(own.wrong) == (written not in usable)
    assert (own.payments.time_ms == usable.get(written, -1)).sum() == (written in usable)
