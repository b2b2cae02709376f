"""A search for verdicts that a later score turns: what somebody has to look at after an outage."""

from gateway.domain import RiskLevel
from gateway.features.transactions.store import Filters, search
from gateway.ledger.service import Ledger
from tests.review_records import a_verdict


async def test_flips_are_found_by_the_newest_later_score(ledger: Ledger) -> None:
    """One that a first later score turned and a second one turned back is none; one without any is none either."""
    turned, same = {"old": "approve", "new": "block"}, {"old": "approve", "new": "approve"}
    later = {"never": [], "once": [turned], "back": [turned, same], "again": [same, turned]}
    for name, amendments in later.items():
        await ledger.record(*a_verdict(name, level=RiskLevel.LOW))
        await ledger.database["transactions"].update_one({"transaction_id": name}, {"$set": {"amendments": amendments}})

    async def found(*, flipped: bool) -> set[str]:
        page = await search(ledger.database, Filters(flipped=flipped), cursor=None, limit=10)
        return {document["transaction_id"] for document in page.documents}

    assert await found(flipped=True) == {"once", "again"}
    assert await found(flipped=False) == {"never", "back"}
