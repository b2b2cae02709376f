"""Features of payments that passed offline are those of the same payments in a memory, to the last bit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from brain.columns import TEXTS
from brain.domain import DAY_MS, HOUR_MS, Query
from brain.features.windows import NEVER_MS
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.scoring.features import read_features
from training.examples.histories import features
from training.payments import NO_CODE, NO_OFFSET_MIN, NO_TIME_MS, Payments

NOW_MS = 1_700_000_000_000
LABEL_DELAY_MS = 9 * DAY_MS
COUNTRIES = [None, "US", "de", "ZZ"]

# Few values of each, so that entities meet again, and times around the edges of windows.
TIMES_MS = st.sampled_from([0, 1, HOUR_MS, 5 * HOUR_MS, DAY_MS, 8 * DAY_MS, 9 * DAY_MS, 30 * DAY_MS, 37 * DAY_MS])
IDS = {
    name: st.sampled_from([None, f"{name} 1", f"{name} 2"])
    for name in ("merchant_id", "card", "device", "address", "email")
}
TOLD = {
    "card_bin": st.sampled_from([None, "411111", "522222"]),
    "category": st.sampled_from([None, "5411", "Books"]),
    "channel": st.sampled_from([None, "web"]),
    "payment_method": st.sampled_from([None, "card"]),
    "card_funding": st.sampled_from([None, "prepaid"]),
    "email_domain": st.sampled_from([None, "mail.example"]),
    "account_created_ms": st.sampled_from([None, NOW_MS - DAY_MS]),
    "utc_offset_min": st.sampled_from([None, -300]),
    "is_blocked": st.booleans(),
} | {name: st.sampled_from(COUNTRIES) for name in TEXTS if name.endswith("_country")}
LABELS = st.sampled_from([None, (True, 0), (True, 10 * DAY_MS), (False, DAY_MS)])
PAYMENT = st.tuples(
    TIMES_MS,
    st.sampled_from([0, 99, 4_00, 25_00, 10**9]),
    st.sampled_from(["u1", "u2"]),
    st.fixed_dictionaries({**IDS, **TOLD}),
    LABELS,
)
Drawn = tuple[int, int, str, dict[str, Any], tuple[bool, int] | None]


@settings(max_examples=60, deadline=None)
@given(st.lists(PAYMENT, min_size=1, max_size=40), st.randoms())
def test_what_passed_offline_is_what_the_memory_tells(drawn: Sequence[Drawn], random: Any) -> None:
    """Every kind of entity, late payments, labels early and late, blocks: served and trained on alike."""
    queries = [
        Query(f"t{n}", NOW_MS + time_ms, amount, user, **told)
        for n, (time_ms, amount, user, told, _) in enumerate(drawn)
    ]
    labels = [label and (label[0], query.time_ms + label[1]) for query, (*_, label) in zip(queries, drawn, strict=True)]
    order = sorted(range(len(queries)), key=lambda n: queries[n].time_ms)

    served = served_features(queries, labels, random)

    offline = features(columns_of(queries, labels), label_delay_ms=LABEL_DELAY_MS)
    assert np.array_equal(served[order], offline, equal_nan=True)


def served_features(queries: Sequence[Query], labels: Sequence[Any], random: Any) -> np.ndarray[Any, Any]:
    """Let payments come in any order, first as scored and then from the ledger, and look each of them up."""
    memory = Memory(0.1)
    memory.coverage.read_all()
    arrivals = list(range(len(queries)))
    random.shuffle(arrivals)
    for n in arrivals:
        asked = replace(queries[n], is_blocked=False)
        if n % 3:
            memory.add_scored([asked], rows_of([asked]))
        if (label := labels[n]) is not None:
            memory.label(f"t{n}", is_fraud=label[0], known_at_ms=label[1], revision=1)
        memory.add([queries[n]])
    return read_features(memory, rows_of(queries), LABEL_DELAY_MS)[0]


def columns_of(queries: Sequence[Query], labels: Sequence[Any]) -> Payments:
    """The same payments as columns."""
    columns: dict[str, Any] = {}
    categories: dict[str, list[str]] = {}
    names = {"user": "user_id", "merchant": "merchant_id"} | {
        name: name for name in ("card", "device", "address", "email", *TEXTS)
    }
    for name, attribute in names.items():
        values = [getattr(query, attribute) for query in queries]
        categories[name] = sorted({value for value in values if value is not None})
        columns[name] = np.array([NO_CODE if one is None else categories[name].index(one) for one in values])
    told = {"account_created_ms": NO_TIME_MS, "utc_offset_min": NO_OFFSET_MIN}
    for name, unknown in told.items():
        values = [getattr(query, name) for query in queries]
        columns[name] = np.array([unknown if one is None else one for one in values])
    return Payments.of(
        time_ms=np.array([query.time_ms for query in queries]),
        amount_minor=np.array([query.amount_minor for query in queries]),
        fraud=np.array([label is not None and label[0] for label in labels]),
        known_at_ms=np.array([NEVER_MS if label is None else label[1] for label in labels]),
        is_blocked=np.array([query.is_blocked for query in queries]),
        categories={name: categories[name] for name in TEXTS},
        **columns,
    )
