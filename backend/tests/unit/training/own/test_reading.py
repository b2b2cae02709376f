"""A file is read as a shop exports it; what is wrong in it is named by line, with what to do."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from brain.domain import DAY_MS
from brain.features.windows import NEVER_MS
from training.errors import UnusableDataError
from training.own.names import parse_map
from training.own.payments import OwnPayments
from training.own.reading import LABEL_DELAY_DAYS, Forms, read_file
from training.payments import NO_CODE, NO_OFFSET_MIN

MAP = "timestamp=when,amount=price,user_id=who,is_fraud=bad"
HEADER = "when,price,who,bad"


def a_file(folder: Path, text: str, *, name: str = "shop.csv", encoding: str = "utf-8") -> Path:
    """A file of this text."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def rows(*values: str, header: str = HEADER) -> str:
    """A header, these rows, and twenty good ones, so that a wrong one is no reason to doubt the whole."""
    good = [f"2026-01-{day:02},10.00,anna,0" + "," * (header.count(",") - 3) for day in range(1, 21)]
    return "\n".join([header, *values, *good]) + "\n"


def read(path: Path, more: str = "", forms: Forms | None = None) -> OwnPayments:
    """Read it by the map of this file."""
    return read_file(path, parse_map(f"{MAP},{more}"), forms)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_spreadsheet_of_another_country_is_understood(tmp_path: Path, encoding: str) -> None:
    """Semicolons, decimal commas, points between thousands, days first, quotes and umlauts, in any encoding."""
    text = 'Datum;Betrag;Kunde;Betrug\n31.12.2025 23:59;"1.234,50";"Müller; Jörg";ja?\n01.12.2025;12,5;Zoë;yes\n'
    path = a_file(tmp_path, text.replace("ja?", "no"), encoding=encoding)

    own = read_file(path, parse_map("timestamp=Datum,amount=Betrag,user_id=Kunde,is_fraud=Betrug"))

    assert own.payments.amount_minor.tolist() == [1_250, 123_450]
    assert own.is_fraud.tolist() == [True, False]
    assert own.payments.time_ms.tolist() == [
        int(datetime.fromisoformat(f"2025-12-{at}:00Z").timestamp() * 1000) for at in ("01T00:00", "31T23:59")
    ]
    assert own.names["user"][own.payments.user[1]] == hashlib.sha256("Müller; Jörg".encode()).hexdigest()


def test_wrong_values_are_named_by_line_with_what_to_do(tmp_path: Path) -> None:
    """Rows without a time or an amount are left out; another wrong value is unknown; the rest is read."""
    path = a_file(
        tmp_path,
        rows(
            "2026-01-01,1.00,anna,1,FR", "2026-02-30,1.00,anna,0,FR", "2026-01-02,-3.00,anna,0,FR",
            "2026-01-03,2.00,anna,maybe,UK1", header=f"{HEADER},country",
        ),
    )  # fmt: skip

    with pytest.raises(UnusableDataError, match="8% of the rows are wrong; is the map right"):
        read(path, "billing.country=country")
    path.write_text(path.read_text() + "".join(f"2026-03-{day:02},5,bob,0,\n" for day in range(1, 29)))
    own = read(path, "billing.country=country")

    assert len(own.payments) == 22 + 28
    assert [said.rpartition(": ")[0].removeprefix("shop.csv, ") for said in own.wrong] == [
        "line 3: when '2026-02-30'", "line 4: price '-3.00'", "line 5: bad 'maybe'", "line 5: country 'UK1'",
    ]  # fmt: skip
    assert "is no amount of 0 or more (leave refunds out); left out" in own.wrong[1]
    assert own.payments.billing_country[own.payments.amount_minor == 200] == NO_CODE


def test_only_the_first_twenty_are_named_and_the_others_counted(tmp_path: Path) -> None:
    """A thousand lines of the same help nobody."""
    broken = ["2026-01-01,1.00,anna,what"] * 300
    own = read(a_file(tmp_path, rows("2026-01-01,1.00,anna,1", *broken)))

    assert len(own.wrong) == 21
    assert own.wrong[-1].startswith("shop.csv: 300 x bad: is neither fraud nor genuine")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-01-01,1,anna,1", "1,234"),
        ("03/04/2026,5.00,anna,1", "--dates day-first"),
    ],
)
def test_what_may_mean_two_things_is_asked(tmp_path: Path, text: str, said: str) -> None:
    """A thousand or a little more than one; April or March: the option settles it."""
    doubtful = '2026-01-01,"1,234",anna,1' if said == "1,234" else text
    lines = [HEADER, doubtful] if said == "1,234" else [HEADER, doubtful, doubtful.replace(",1", ",0")]
    path = a_file(tmp_path, "\n".join([*lines, '2026-01-01,"2,000",bob,0' if said == "1,234" else ""]) + "\n")

    with pytest.raises(UnusableDataError, match=said):
        read(path)
    own = read(path, forms=Forms(decimal=".", day_first=True))

    assert own.payments.amount_minor.max() == (200_000 if said == "1,234" else 500)
    assert datetime.fromtimestamp(own.payments.time_ms[0] / 1000, UTC).month in {1, 4}


def test_times_come_in_many_forms(tmp_path: Path) -> None:
    """Seconds, milliseconds, zones, half past in the afternoon: the same instant; a zone's offset is kept."""
    at = datetime(2026, 1, 13, 15, 30, tzinfo=UTC)
    forms = [
        str(int(at.timestamp())), str(int(at.timestamp() * 1000)), "2026-01-13T15:30:00Z", "2026-01-13 15:30",
        "2026-01-13T21:00:00+05:30", "01/13/2026 03:30 PM", "2026/1/13 15:30:00.000",
    ]  # fmt: skip
    own = read(
        a_file(tmp_path, "\n".join([HEADER, *(f"{form},1,anna,{n % 2}" for n, form in enumerate(forms))]) + "\n")
    )

    assert set(own.payments.time_ms.tolist()) == {int(at.timestamp() * 1000)}
    assert own.payments.utc_offset_min.tolist() == [330 if "+05:30" in form else NO_OFFSET_MIN for form in forms]


def test_persons_are_hashed_and_everything_else_is_masked(tmp_path: Path) -> None:
    """An email gives a hash and a domain; a whole card number is refused as a BIN; absent columns are unknown."""
    header = f"{HEADER},mail,bin,net"
    path = a_file(
        tmp_path,
        rows(
            "2026-01-01,1,anna,1, Anna@Example.com ,411111,::ffff:10.0.0.1",
            "2026-01-02,1,anna,0,anna@example.com,4111111111111111,10.0.0.1", header=header,
        ),
    )  # fmt: skip
    own = read(path, "customer.email=mail,card.bin=bin,device.ip=net")

    one, other = np.flatnonzero(own.payments.email != NO_CODE).tolist()
    assert own.names["email"] == [hashlib.sha256(b"anna@example.com").hexdigest()]
    assert own.payments.categories["email_domain"] == ["example.com"]
    assert own.payments.address[one] == own.payments.address[other] != NO_CODE
    assert (own.payments.categories["card_bin"], own.payments.card_bin[other]) == (["411111"], NO_CODE)
    assert "never give the whole number" in own.wrong[0]
    assert set(own.payments.device.tolist()) == set(own.payments.category.tolist()) == {NO_CODE}


def test_blocked_and_empty_is_unknown_and_never_genuine(tmp_path: Path) -> None:
    """A payment that was refused cannot have a chargeback, whatever its label says."""
    header = f"{HEADER},decision,told"
    path = a_file(
        tmp_path,
        "\n".join(
            [
                header, "2026-01-01,1,a,1,approve,2026-02-10", "2026-01-02,1,b,0,blocked,", "2026-01-03,1,c,,approve,",
                "2026-01-04,1,d,0,approve,", "2026-01-05,1,e,fraud,declined,2026-01-25",
            ]
        )
        + "\n",
    )  # fmt: skip
    own = read(path, "label_at=told")

    assert own.is_labelled.tolist() == [True, False, False, True, True]
    assert own.is_fraud.tolist() == [True, False, False, False, True]
    assert own.payments.is_blocked.tolist() == [False, True, False, False, True]
    assert (own.label_delay_days, own.delay_from) == (39, "measured")  # of 20 and 40 days, the 95th percentile
    late_days = (own.payments.known_at_ms - own.payments.time_ms) / DAY_MS
    assert late_days[own.is_labelled].tolist() == [40, 39, 20]
    assert own.payments.known_at_ms[1] == NEVER_MS


def test_a_list_of_frauds_alone_makes_the_rest_genuine(tmp_path: Path) -> None:
    """Shops mark chargebacks and nothing else. It is said, and the delay is assumed."""
    path = a_file(tmp_path, f"{HEADER}\n2026-01-01,1,a,chargeback\n2026-01-02,1,b,\n2026-03-09,1,c,chargeback\n")
    own = read(path)

    assert own.is_labelled.all()
    assert (own.label_delay_days, own.delay_from) == (LABEL_DELAY_DAYS, "assumed")
    assert "no payment is called genuine" in own.wrong[0]
    assert own.is_fraud.tolist() == [True, False, True]
    assert read(path, forms=Forms(label_delay_days=30)).payments.known_at_ms[0] == own.payments.time_ms[0] + 30 * DAY_MS


def test_currencies_are_converted_and_repeated_ids_left_out(tmp_path: Path) -> None:
    """Amounts of all currencies are compared in one; of two rows of one payment the first counts."""
    header = f"{HEADER},money,id"
    lines = [header, "2026-01-01,1000,a,1,JPY,t1", "2026-01-02,1000,a,0,USD,t2", "2026-01-03,5,a,0,XXX,t3"]
    lines += [f"2026-02-01,1,a,0,USD,u{n}" for n in range(30)] + ["2026-03-01,9,a,0,USD,t1"]
    own = read(a_file(tmp_path, "\n".join(lines) + "\n"), "currency=money,transaction_id=id")

    yen, dollars, unknown = own.payments.amount_minor[:3].tolist()
    assert (dollars, unknown) == (100_000, -1)
    assert 0 < yen < 5_000
    assert len(own.payments) == 33
    assert "is there more than once" in own.wrong[-1]
    assert own.ids[:2].tolist() == ["t1", "t2"]


def test_parquet_is_read_with_its_own_types(tmp_path: Path) -> None:
    """Timestamps, decimals, dictionaries, and ids that a table kept as floats."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    columns = {
        "timestamp": pa.array([start + timedelta(hours=n) for n in range(3)], pa.timestamp("us", tz="Europe/Paris")),
        "amount": pa.array([1, 2, 3]).cast(pa.decimal128(21, 2)),
        "user_id": pa.array([7.0, None, 7.0]),
        "merchant_category": pa.array(["toys", "toys", None]).dictionary_encode(),
        "is_fraud": pa.array([True, False, None]),
    }
    parquet.write_table(pa.table(columns), tmp_path / "shop.parquet")

    own = read_file(tmp_path / "shop.parquet", {})

    assert own.payments.amount_minor.tolist() == [100, 200, 300]
    assert own.payments.user.tolist() == [0, NO_CODE, 0]
    assert own.names["user"] == [hashlib.sha256(b"7").hexdigest()]
    assert own.payments.category.tolist() == [0, 0, NO_CODE]
    assert own.is_labelled.tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("amount=cost", "there is no column 'cost'; it has when, price, who, bad"),
        ("betrag=price", "there is no name 'betrag'; the names are transaction_id, amount"),
        ("amount", "is no pair such as amount=order_price"),
        ("amount=price,amount=who", "amount is given twice"),
        ("amount=price,is_fraud=bad", "nothing says which column is timestamp"),
    ],
)
def test_a_map_that_does_not_fit_is_refused(tmp_path: Path, columns: str, said: str) -> None:
    """In words that say what there is."""
    with pytest.raises(UnusableDataError, match=said):
        read_file(a_file(tmp_path, rows("2026-01-01,1,a,1")), parse_map(columns))
