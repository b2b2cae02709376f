"""Names the columns of a merchant's file by the names of the API, and finds which column of the file is which."""

import csv
from collections.abc import Mapping, Sequence

from training.errors import UnusableDataError

NEEDED = ("amount", "timestamp", "is_fraud")

# Our name, and what a file may give under it.
NAMES: Mapping[str, str] = {
    "transaction_id": "the payment's own id: a repeated one is left out",
    "amount": "in units of the currency, such as 12.50",
    "currency": "ISO 4217 code; without this column amounts are in the reference currency",
    "user_id": "who pays",
    "timestamp": "when it was paid: ISO 8601, seconds or milliseconds since 1970, or a common form of dates",
    "merchant_id": "who is paid",
    "merchant.category": "what kind of shop or goods it is, in any words",
    "merchant.mcc": "the four digits of the kind of shop, where there is no merchant.category",
    "merchant.country": "two letters, as all countries",
    "card.token": "an id of the card, never its number",
    "card.bin": "the card's first six digits",
    "card.country": "of the bank that issued the card",
    "card.funding": "credit, debit, prepaid …",
    "device.id": "an id of the buyer's device",
    "device.ip": "the buyer's network address",
    "location.country": "where the buyer is",
    "customer.email": "an address, which is hashed when it is read, or its hash",
    "customer.email_domain": "what follows the @, where there is no customer.email",
    "customer.created_at": "when the user's account was made",
    "billing.country": "of the bill",
    "shipping.country": "of the delivery",
    "channel": "web, app, in_store …",
    "payment_method": "card, wallet, transfer …",
    "is_fraud": "1, true, yes, fraud; 0, false, no, legit; empty where nobody knows",
    "label_at": "when is_fraud became known",
    "decision": "what was decided then: approve, review, block; blocked without a label is unknown, never genuine",
}


def parse_map(text: str | None) -> dict[str, str]:
    """
    Parse `amount=order_price,user_id=ENTITY_ID` into the file's column by our name, "" where none is to be used.

    A pair with a comma in the column's name stands in double quotes.

    Raises:
        UnusableDataError: a part is no pair, or names no column of ours, or one twice.
    """
    found: dict[str, str] = {}
    for part in next(csv.reader([(text or "").replace("\n", " ")], skipinitialspace=True), []):
        ours, equals, theirs = (word.strip() for word in part.partition("="))
        if not part.strip():
            continue
        if not equals or (not theirs and ours in NEEDED):
            raise UnusableDataError(f"--map: {part.strip()!r} is no pair such as amount=order_price")
        if ours not in NAMES:
            raise UnusableDataError(f"--map: there is no name {ours!r}; the names are {', '.join(NAMES)}")
        if ours in found:
            raise UnusableDataError(f"--map: {ours} is given twice")
        found[ours] = theirs
    return found


def find_columns(
    given: Mapping[str, str], there: Sequence[str], *, usual: Mapping[str, str], file: str
) -> dict[str, str]:
    """
    Find the file's column for each of our names.

    As mapped, else one of our name in any case, with . or _, else the one that it had before (`usual`).

    Raises:
        UnusableDataError: a mapped column is not there, or is there twice, or a needed one is missing.
    """
    found = {}
    for ours in NAMES:
        wanted = given.get(ours)
        if wanted == "":
            continue
        same = [name for name in there if name == wanted or (wanted is None and _plain(name) == _plain(ours))]
        if not same and wanted is None and usual.get(ours) in there:
            same = [usual[ours]]
        if len(same) > 1:
            raise UnusableDataError(f"{file}: {len(same)} columns are called {same[0]}")
        if same:
            found[ours] = same[0]
        elif wanted is not None:
            raise UnusableDataError(f"{file}: there is no column {wanted!r}; it has {', '.join(there)}")
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise UnusableDataError(
            f"{file}: nothing says which column is {', '.join(missing)}; it has {', '.join(there)}. "
            f"Say it with --map {missing[0]}=COLUMN"
        )
    return found


def _plain(name: str) -> str:
    return name.strip().lower().replace(".", "_")
