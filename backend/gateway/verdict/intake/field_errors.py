"""Makes field errors of validation errors: what would be right, and where. Never what was sent: it may be anything."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.errors import FieldError
from gateway.values.card_numbers import holds_card_number

_ERRORS_MAX = 20
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
_NO_FIELD = {"[key]"}


def to_field_errors(
    errors: Iterable[Mapping[str, Any]], *, at: str = "", query: bool = False
) -> tuple[FieldError, ...]:
    """
    From pydantic's errors, without input.

    Args:
        errors: As ValidationError.errors gives them.
        at: JSON pointer that all pointers start with.
        query: True when the fields are query parameters.
    """
    field_errors = []
    for error in errors:
        steps = [step for step in error["loc"] if step not in _NO_FIELD]
        if "place" in error.get("ctx", {}):
            steps = [error["ctx"]["place"]]
        pointer = f"?{_escape(steps[-1])}" if query and steps else at + "".join(f"/{_escape(s)}" for s in steps)
        field_errors.append(FieldError(pointer, _ADVICE.get(error["type"], error["msg"])))
    return tuple(field_errors[:_ERRORS_MAX])


def _escape(step: object) -> str:
    if holds_card_number(str(step)) or "@" in str(step):
        return "{key}"  # somebody's card number, or email address
    text = str(step)[:_STEP_CHARS_MAX].encode("ascii", "backslashreplace").decode()
    return text.replace("~", "~0").replace("/", "~1")
