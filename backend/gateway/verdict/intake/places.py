"""Validation errors as places: where, and what would be right. Never what was sent: it may be anything."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.errors import Place
from gateway.values.card_numbers import holds_card_number

_PLACES_MAX = 20
_STEP_CHARS_MAX = 64
_ADVICE = {
    "extra_forbidden": "is not a field of this request: check its spelling, or put it into `metadata`",
    "missing": "is required",
    "string_type": "must be text",
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "list_type": "must be a JSON array",
}
# pydantic adds the branch of a union or of a validated key to the path: that is no place in the body
_NO_PLACE = {"[key]"}


def to_places(errors: Iterable[Mapping[str, Any]], *, at: str = "", query: bool = False) -> tuple[Place, ...]:
    """
    From pydantic's errors, without input.

    Args:
        errors: As ValidationError.errors gives them.
        at: JSON pointer that all places start with.
        query: True when the places are query parameters.
    """
    places = []
    for error in errors:
        steps = [step for step in error["loc"] if step not in _NO_PLACE]
        if "place" in error.get("ctx", {}):
            steps = [error["ctx"]["place"]]
        pointer = f"?{_escape(steps[-1])}" if query and steps else at + "".join(f"/{_escape(s)}" for s in steps)
        places.append(Place(pointer, _ADVICE.get(error["type"], error["msg"])))
    return tuple(places[:_PLACES_MAX])


def _escape(step: object) -> str:
    if holds_card_number(str(step)):
        return "{key}"  # somebody's card number
    text = str(step)[:_STEP_CHARS_MAX].encode("ascii", "backslashreplace").decode()
    return text.replace("~", "~0").replace("/", "~1")
