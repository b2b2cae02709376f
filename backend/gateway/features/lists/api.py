"""GET /lists, and GET, PUT, DELETE /lists/{list}/{kind}/{value}: what is blocked or approved whatever its score."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.api.acting import recorder_of
from gateway.api.guard import GuardedRoute
from gateway.api.reply import Reply, json_body, json_reply, problems, to_json_response
from gateway.api.requests import read_as
from gateway.api.services import service
from gateway.domain import ListKind, ListName
from gateway.errors import ListEntryNotFound
from gateway.features.lists.service import Lists
from gateway.kit import clock
from gateway.kit.clock import to_rfc3339
from gateway.kit.cursors import read_cursor, write_cursor
from gateway.verdict.intake.schemas import ListEntryIn
from gateway.verdict.lists import to_key, to_parts
from gateway.verdict.rendering import to_list_entry_out

router = APIRouter(prefix="/lists", tags=["lists"], route_class=GuardedRoute)
ListsDep = Annotated[Lists, service(Lists)]
_ONE = "/{list}/{kind}/{value:path}"  # networks and ids may hold a slash
_Name = Annotated[str, Path(alias="list", description="deny or allow")]
_Kind = Annotated[str, Path(description="user, merchant, card, device, ip or country")]
_Value = Annotated[str, Path(description="An id, a card's token, an address or network, or a country's alpha-2 code")]


class ListEntryOut(Reply):
    """One entry of a list; `by` is the person or key that put it there."""

    list: ListName
    kind: ListKind
    value: str
    reason: str
    expires_at: AwareDatetime | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    by: str | None


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


class ListQuery(BaseModel):
    """Which entries."""

    model_config = ConfigDict(extra="forbid")

    list: ListName | None = None
    kind: ListKind | None = None
    cursor: Annotated[str | None, Field(max_length=2048)] = None  # holds a key, and a key an id
    limit: int = Field(50, ge=1, le=500)


@router.get("", response_class=Response, responses=json_reply("ListPageOut") | problems(422))
@needs(Scope.LISTS_READ)
async def read_lists(lists: ListsDep, wanted: Annotated[ListQuery, Query()]) -> Response:
    """
    What is in force on this gateway, by list, kind and value; also while the ledger is away.

    Pass `next_cursor` back as `cursor` for the next page. An entry that was just put through another gateway takes a
    second to appear here.
    """
    after = None if wanted.cursor is None else read_cursor(wanted.cursor, tuple[str])[0]
    entries, following = lists.page(name=wanted.list, kind=wanted.kind, after=after, limit=wanted.limit)
    as_of = lists.as_of
    return to_json_response(
        {
            "entries": [to_list_entry_out(entry) for entry in entries],
            "next_cursor": None if following is None else write_cursor(following),
            "as_of": None if as_of is None else to_rfc3339(as_of),
        }
    )


@router.get(_ONE, response_class=Response, responses=json_reply("ListEntryOut") | problems(404, 422))
@needs(Scope.LISTS_READ)
async def read_list_entry(name: _Name, kind: _Kind, value: _Value, lists: ListsDep) -> Response:
    """One entry, as it is in force on this gateway."""
    entry = lists.get(to_key(*to_parts(name, kind, value)))
    if entry is None:
        raise ListEntryNotFound("It is not on this list, or its entry has expired.")
    return to_json_response(to_list_entry_out(entry))


@router.put(
    _ONE,
    response_class=Response,
    responses=json_reply("ListEntryOut") | problems(400, 403, 404, 409, 413, 415, 422, 503),
    openapi_extra=LIST_ENTRY_REQUEST,
)
@needs(Scope.LISTS_WRITE)
async def put_list_entry(
    name: _Name, kind: _Kind, value: _Value, request: Request, lists: ListsDep
) -> Response:  # fmt: skip
    """
    Put a value on the deny or the allow list, with a reason, for good or until `expires_at`.

    Transactions that it names are then blocked, or approved, whatever their score, and also without one; deny wins
    over allow. It holds on every gateway within 2 s, and goes on to hold while the ledger is away. The same body
    again changes nothing, another one replaces it.
    """
    parts = to_parts(name, kind, value, is_new=True)
    said = await read_as(ListEntryIn, request)
    expires_at = None if said.expires_at is None else clock.whole_ms(said.expires_at)
    entry = await lists.put(*parts, reason=said.reason, expires_at=expires_at, by=recorder_of(request))
    return to_json_response(to_list_entry_out(entry))


@router.delete(_ONE, response_class=Response, responses=json_reply("ListRemovedOut") | problems(403, 404, 422, 503))
@needs(Scope.LISTS_WRITE)
async def delete_list_entry(name: _Name, kind: _Kind, value: _Value, request: Request, lists: ListsDep) -> Response:
    """Take a value off a list. To say it again is no error: `removed` is then false."""
    parts = to_parts(name, kind, value)
    removed = await lists.remove(to_key(*parts), by=recorder_of(request))
    return to_json_response({"list": parts[0], "kind": parts[1], "value": parts[2], "removed": removed})
