"""What /lists and its entries answer, for the document only: rendering.py builds it."""

from collections.abc import Sequence

from pydantic import AwareDatetime

from gateway.api.reply import Reply, json_body
from gateway.domain import ListKind, ListName
from gateway.verdict.intake.schemas import ListEntryIn


class ListEntryOut(Reply):
    """One entry of a list."""

    list: ListName
    kind: ListKind
    value: str
    reason: str
    expires_at: AwareDatetime | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ListPageOut(Reply):
    """As this gateway has it in force; `as_of` is when the ledger last confirmed that, null if it never did yet."""

    entries: Sequence[ListEntryOut]
    next_cursor: str | None
    as_of: AwareDatetime | None


class ListRemovedOut(Reply):
    """`removed` is false when it was not on the list."""

    list: ListName
    kind: ListKind
    value: str
    removed: bool


LIST_ENTRY_REQUEST = json_body({"$ref": "#/components/schemas/ListEntryIn"})
DOCUMENTED = (ListEntryIn, ListEntryOut, ListPageOut, ListRemovedOut)
