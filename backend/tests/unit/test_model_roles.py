"""Which model decides, which runs along, and how it came to that."""

from datetime import UTC, datetime

import pytest

from records.models import CHANGES_MAX, EARLIER_MAX, Artifact, ChangeNote, Roles, to_artifact

AT = datetime(2026, 12, 1, tzinfo=UTC)
NOTE = ChangeNote(AT, by="ann", why="better", facts={"ap": 0.8})


def test_a_model_runs_along_and_then_decides() -> None:
    """What ran along ends with it, and the way back leads to what brains ship with."""
    roles = Roles().with_shadow("a", NOTE).with_live("a", NOTE)

    assert (roles.live, roles.shadow, roles.earlier, roles.revision) == ("a", None, (None,), 2)
    assert [(change.action, change.live, change.shadow) for change in roles.changes] == [
        ("shadow", None, "a"),
        ("promote", "a", None),
    ]
    assert roles.changes[1].facts == {"ap": 0.8}


def test_each_way_back_leads_one_further() -> None:
    """Twice back is not forth again, and what runs along stays."""
    roles = Roles().with_live("a", NOTE).with_live("b", NOTE).with_shadow("c", NOTE)

    once = roles.rolled_back(NOTE)
    twice = once.rolled_back(NOTE)

    assert (once.live, once.shadow, twice.live, twice.shadow) == ("a", "c", None, "c")
    assert twice.earlier == ()


def test_a_document_says_all_of_it() -> None:
    """What is read is what was written; without a document nothing was promoted."""
    roles = Roles().with_shadow("b", NOTE).with_live("a", NOTE)

    assert Roles.of(roles.document()) == roles
    assert Roles.of(None) == Roles()


def test_what_a_later_version_says_besides_is_left_out() -> None:
    """Brains and gateways of this version follow the roles beside it."""
    roles = Roles().with_live("a", NOTE)
    document = roles.document()
    document["changes"][0]["ticket"] = document["region"] = "new"

    assert Roles.of(document) == roles


def test_the_document_is_bounded() -> None:
    """Somebody may promote each day for years."""
    roles = Roles()
    for n in range(CHANGES_MAX + 10):
        roles = roles.with_live(str(n), NOTE)

    assert (len(roles.changes), len(roles.earlier), roles.revision) == (CHANGES_MAX, EARLIER_MAX, CHANGES_MAX + 10)
    assert roles.earlier[-1] == str(CHANGES_MAX + 8)


@pytest.mark.parametrize("changed", [{"model": b"tree."}, {"metadata": b'{"may_block": true}'}, {"_id": "0" * 64}])
def test_an_artifact_that_is_not_what_its_id_says_is_refused(changed: dict[str, object]) -> None:
    """A permission in the metadata is as much a part of it as the trees."""
    artifact = Artifact(b"tree", b"{}")
    document = {"_id": artifact.id, "model": artifact.model, "metadata": artifact.metadata}

    assert to_artifact(document) == artifact
    with pytest.raises(ValueError, match="hash"):
        to_artifact(document | changed)


def test_figures_of_a_test_make_no_other_artifact() -> None:
    """A model is judged again before it decides; all else that its metadata say is a part of it."""
    one = Artifact(b"tree", b'{"version": "1", "may_block": false}')
    judged = Artifact(b"tree", b'{"backtest": {"ap": 0.8}, "version": "1", "compared": null, "may_block": false}')
    other = Artifact(b"tree", b'{"version": "1", "may_block": true}')

    assert one.id == judged.id
    assert one.id != other.id
