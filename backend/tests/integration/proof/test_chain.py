"""Whatever is changed in the chain by hand is found and named: in it, at its beginning, and at an end that was seen."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pymongo.database import Database

from gateway.features.audit.service import Chainer
from gateway.ledger.audit_chain import Head, digest_of
from gateway.ledger.service import Ledger
from gateway.settings import Settings
from tests.proof_ledger import all_is_chained, found, look, record


def links(database: Database[Any]) -> list[dict[str, Any]]:
    """The chains."""
    return list(database["chain"].find().sort("_id", 1))


async def chains_of_three(ledger: Ledger, database: Database[Any]) -> list[dict[str, Any]]:
    """Three documents of one chain, with a record each."""
    for n in range(3):
        await record(ledger, f"t{n}")
        async with asyncio.timeout(30):
            while database["chain"].count_documents({}) <= n:
                await asyncio.sleep(0.02)
    await all_is_chained(database)
    assert found(database) == []
    return links(database)


def mended(link: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A chain document with other content and the digest that fits it."""
    content = {**link, **changes}
    return content | {"digest": digest_of(content, seq=link["_id"]["seq"], prev=content["prev"])}


async def test_a_chain_document_that_is_gone_is_named(ledger: Ledger, database: Database[Any]) -> None:
    """And its records are in no chain."""
    _, second, _ = await chains_of_three(ledger, database)
    database["chain"].delete_one({"_id": second["_id"]})

    report = look(database)

    first = report.findings.first
    assert first is not None
    assert first.link is not None
    assert (first.what, first.link.writer, first.link.seq) == (
        "this chain document is gone", second["_id"]["writer"], 2
    )  # fmt: skip
    assert found(database)[-1] == "t1 is in no chain: nobody committed it"


async def test_a_changed_chain_document_is_named(ledger: Ledger, database: Database[Any]) -> None:
    """By its own digest, or, when that was mended, by the document that was built on it."""
    _, second, _ = await chains_of_three(ledger, database)
    leaf = {"entries": [second["entries"][0] | {"leaf": b"\x00" * 32}]}

    database["chain"].update_one({"_id": second["_id"]}, {"$set": leaf})
    changed = look(database).findings.kept[:1]
    database["chain"].replace_one({"_id": second["_id"]}, mended(second, **leaf))
    after = look(database).findings.kept

    assert [finding.what for finding in changed] == ["this chain document is not what was committed"]
    assert [finding.what for finding in after] == [
        "t1 is not what was committed",
        "the chain document before it is not the one that it was built on",
    ]
    assert [finding.link and finding.link.seq for finding in after] == [2, 3]


async def test_a_first_document_that_is_not_the_first_is_named(ledger: Ledger, database: Database[Any]) -> None:
    """Cutting the beginning off needs more than a new number."""
    first, _, _ = await chains_of_three(ledger, database)
    database["chain"].replace_one({"_id": first["_id"]}, mended(first, prev=b"\x00" * 32))

    assert "the chain document before it is not the one that it was built on" in found(database)


async def test_a_chain_document_that_cannot_be_read_is_named(ledger: Ledger, database: Database[Any]) -> None:
    """It stops nothing else from being looked at."""
    await chains_of_three(ledger, database)
    database.command("insert", "chain", documents=[{"_id": 7}], bypassDocumentValidation=True)

    assert found(database) == ["a chain document cannot be read (_id 7)"]


async def test_the_end_of_a_chain_cannot_be_cut_once_somebody_has_seen_it(
    ledger: Ledger, settings: Settings, database: Database[Any], tmp_path: Path
) -> None:
    """Seen by a heartbeat, by a file outside, or by the first document of a gateway that started later."""
    *_, last = await chains_of_three(ledger, database)
    head = Head(last["_id"]["writer"], 3, last["digest"])
    heartbeat = {"_id": "one", "circuit_state": "closed", "seen_at": datetime.now(UTC), "chains": [head.to_document()]}

    database["chain"].delete_one({"_id": last["_id"]})
    database["transactions"].delete_one({"transaction_id": "t2"})
    assert found(database) == []  # nobody has: nothing in MongoDB can tell
    assert found(database, [head]) == ["this chain document is gone, but the file of heads has seen"]
    database["instances"].insert_one(heartbeat)
    assert found(database) == ["this chain document is gone, but a living gateway has seen"]
    database["instances"].delete_one({"_id": "one"})
    database["chain"].insert_one(last)

    later = Ledger(settings.model_copy(update={"journal_dir": tmp_path / "later"}), instance="two", chainer=Chainer)
    await later.start()
    await later.is_ready.wait()
    await record(later, "t3")
    await later.close()
    seen = [one for link in links(database) for one in link["heads"]]
    database["chain"].delete_one({"_id": last["_id"]})

    assert seen == [head.to_document()]
    assert found(database)[0].startswith("this chain document is gone, but chain document")
