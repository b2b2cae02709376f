"""Requests as merchants may send them: every optional field, in any order."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

_DOTS = {".", ".."}  # no ids: they are steps in an address
_ids = st.text("ABCXYZabcxyz._:-#/'é", min_size=1, max_size=255).filter(lambda text: text not in _DOTS)
_texts = st.text(
    st.characters(exclude_categories=["C", "Nd", "Nl", "No"]), min_size=1, max_size=40
)  # letters of all scripts; no digits: a card number is refused
_words = st.text("abcXYZ_.-", min_size=1, max_size=64).filter(lambda text: text not in _DOTS)
_countries = st.sampled_from(["DE", "US", "JP"])
_addresses = st.fixed_dictionaries(
    {}, optional={"country": _countries, "postal_code": st.text("ABCXYZ -", min_size=1, max_size=16)}
)
_amounts = st.integers(0, 10**9).map(lambda cents: Decimal(cents).scaleb(-2))
_metadata = st.dictionaries(
    st.text("abcxyz_", min_size=1, max_size=20),
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1).filter(lambda n: len(str(abs(n))) not in range(12, 20))
    | _texts.filter(str.isprintable),
    max_size=5,
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Valid ones."""
    needed = {
        "transaction_id": draw(_ids),
        "amount": draw(_amounts),
        "currency": draw(st.sampled_from(["USD", "EUR"])),
        "user_id": draw(_ids),
    }
    optional = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "timestamp": st.sampled_from(["2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678901-03:30"]),
                "merchant_id": _ids,
                "merchant": st.fixed_dictionaries(
                    {}, optional={"name": _texts, "category": _texts, "country": _countries}
                ),
                "card": st.fixed_dictionaries({}, optional={"token": _words, "country": _countries, "funding": _words}),
                "device": st.fixed_dictionaries({}, optional={"ip": st.ip_addresses().map(str), "user_agent": _texts}),
                "customer": st.fixed_dictionaries(
                    {}, optional={"email": st.emails(), "created_at": st.just("2020-01-02T03:04:05+09:00")}
                ),
                "billing": _addresses,
                "shipping": _addresses,
                "location": st.fixed_dictionaries({}, optional={"country": _countries}),
                "metadata": _metadata,
            },
        )
    )
    return dict(draw(st.permutations([*(needed | optional).items()])))
